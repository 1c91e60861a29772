//! A study in memory or in a folder, asked and told.

use crate::failure::{raised, raised_by_engine};
use experiment::platform::unix_seconds;
use experiment::storage::LockPurpose;
use experiment::tuner::error::Error;
use experiment::tuner::space::{Assignment, Domain, Scale, Value};
use experiment::tuner::store::{Curves, Record};
use experiment::tuner::study::{Asked, Study as Engine};
use experiment::tuner::trial::{Direction, FoldResult, State, Trial};
use experiment::view::view_of;
use experiment::winner::{Rule, winner};
use experiment::{Experiment, Failure, Ranking, SharedStudy, SpaceFile, StudyFolder};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use serde_json::{Map, Value as Json, json};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A study whose methods may be called from any thread.
#[pyclass(frozen, module = "tune_engine._native")]
pub struct Study {
    file: SpaceFile,
    place: Place,
}

/// Where the records are.
enum Place {
    /// In memory, for as long as the object lives.
    Memory(Box<Mutex<Engine>>),
    /// On disk: opened and locked for each call, so that others may ask and tell between them.
    Folder(Box<Mutex<SharedStudy>>),
}

#[pymethods]
impl Study {
    /// Begins the study of a space file's text, or goes on with the one in `folder`.
    #[new]
    fn new(
        python: Python<'_>,
        text: String,
        path: Option<PathBuf>,
        folder: Option<PathBuf>,
    ) -> PyResult<Self> {
        python.detach(|| Self::begin(text, path.as_deref(), folder.as_deref()))
    }

    /// The study in a folder, by the file that it was created from.
    #[staticmethod]
    fn open(python: Python<'_>, folder: PathBuf) -> PyResult<Self> {
        python.detach(|| {
            let folder = std::path::absolute(folder).map_err(|e| raised(Failure::store(e)))?;
            let folder = StudyFolder::at(folder);
            let (file, _) = experiment::look(&folder, &|_| ()).map_err(raised)?;
            Ok(Self {
                file,
                place: Place::Folder(Box::new(Mutex::new(SharedStudy::found(folder)))),
            })
        })
    }

    /// The parameters by name, as JSON: what their domains are in the words of the file.
    fn space(&self) -> String {
        described(&self.file).to_string()
    }

    /// The next trial, as `{"trial": 0, "params": {…}}`; `None` at the end.
    fn ask(&self, python: Python<'_>) -> PyResult<Option<String>> {
        python.detach(|| {
            let asked = self.change(LockPurpose::Ask, |study| {
                let number = match study.ask_at(study.seconds(), unix_seconds())? {
                    Asked::Trial(number) => number,
                    Asked::Done(_) => return Ok(None),
                };
                Ok(study.slot(number).map(|slot| (number, slot.assignment())))
            })?;
            let line = |(number, params): (u64, Assignment)| {
                json!({"trial": number, "params": told(&self.file, &params)}).to_string()
            };
            Ok(asked.map(line))
        })
    }

    /// Reports a loss; tells whether the trial goes on.
    fn tell(
        &self,
        python: Python<'_>,
        number: u64,
        fold: Option<usize>,
        loss: f64,
    ) -> PyResult<bool> {
        python.detach(|| self.take(number, fold, &FoldResult::from_loss(loss)))
    }

    /// Reports the loss after an epoch, from 1; tells whether the trial goes on.
    fn tell_epoch(
        &self,
        python: Python<'_>,
        number: u64,
        fold: Option<usize>,
        epoch: u32,
        loss: f64,
    ) -> PyResult<bool> {
        python.detach(|| {
            self.change(LockPurpose::Tell, |study| {
                study.tell_epoch(number, fold, (epoch, loss), study.seconds())
            })
        })
    }

    /// Reports a failure.
    fn tell_failed(
        &self,
        python: Python<'_>,
        number: u64,
        fold: Option<usize>,
        reason: String,
    ) -> PyResult<bool> {
        python.detach(|| self.take(number, fold, &FoldResult::not_ok(State::Failed, reason)))
    }

    /// Puts a trial back.
    fn abandon(&self, python: Python<'_>, number: u64) -> PyResult<()> {
        python.detach(|| self.change(LockPurpose::Tell, |study| study.abandon(number)))
    }

    /// Puts back what was handed out at least `older_than` seconds ago; the numbers, as JSON.
    fn release(&self, python: Python<'_>, older_than: f64) -> PyResult<String> {
        // Whole seconds are on record: what was handed out in this one is 0 seconds old.
        let before = (unix_seconds() + 1).saturating_sub(older_than.max(0.0) as u64);
        python.detach(|| {
            let released = self.change(LockPurpose::Tell, |study| study.release(before))?;
            Ok(json!(released).to_string())
        })
    }

    /// The parameters of a trial, as JSON.
    fn params(&self, python: Python<'_>, number: u64) -> PyResult<String> {
        python.detach(|| {
            self.look(|study| {
                let slot = study.slots().get(number)?;
                Some(told(&self.file, &slot.assignment()).to_string())
            })?
            .ok_or_else(|| PyValueError::new_err(format!("there is no trial {number}")))
        })
    }

    /// All trials that have ended, as JSON.
    fn trials(&self, python: Python<'_>) -> PyResult<String> {
        python.detach(|| {
            self.look(|study| {
                let trials: Vec<Json> = study
                    .trials()
                    .map(|trial| Json::Object(row(&self.file, study, &trial)))
                    .collect();
                Json::Array(trials).to_string()
            })
        })
    }

    /// The trials that have ended, ranked, as JSON.
    fn leaderboard(&self, python: Python<'_>) -> PyResult<String> {
        python.detach(|| {
            self.look(|study| {
                let ranking = Ranking::new(study, self.file.plan.cv.folds);
                let rows = ranking.board.rows.iter().map(|place| {
                    let mut object = Map::new();
                    object.insert("rank".to_owned(), json!(place.rank));
                    object.extend(row(&self.file, study, &ranking.trial(place)));
                    object.insert("se".to_owned(), json!(place.se));
                    object.insert("in_best_set".to_owned(), json!(place.in_best_set));
                    Json::Object(object)
                });
                Json::Array(rows.collect()).to_string()
            })
        })
    }

    /// The number of the winner.
    fn best(&self, python: Python<'_>, rule: &str) -> PyResult<u64> {
        let rule = match rule {
            "best" => Rule::Best,
            "one-se" => Rule::OneSe,
            other => {
                let message = format!("rule is \"best\" or \"one-se\", not {other:?}");
                return Err(PyValueError::new_err(message));
            }
        };
        python.detach(|| {
            self.look(|study| {
                let ranking = Ranking::new(study, self.file.plan.cv.folds);
                winner(&ranking, rule).map(|(_, trial)| trial.number).map_err(raised)
            })?
        })
    }

    /// The importance of the parameters, as JSON.
    fn importance(&self, python: Python<'_>) -> PyResult<String> {
        python.detach(|| {
            self.look(|study| {
                study.importance().map(|found| json!(found).to_string()).map_err(raised_by_engine)
            })?
        })
    }

    /// Why a trial was proposed, as JSON.
    fn explain(&self, python: Python<'_>, number: u64) -> PyResult<String> {
        python.detach(|| {
            self.look(|study| study.explain(number).map(|found| json!(found).to_string()))?
                .ok_or_else(|| PyValueError::new_err(format!("there is no trial {number}")))
        })
    }

    /// The study as one page of HTML.
    fn report(&self, python: Python<'_>) -> PyResult<String> {
        python.detach(|| {
            self.look(|study| {
                let view = view_of(&self.file, study).map_err(raised)?;
                Ok(report::page(&view, report::Logs::LeftOut))
            })?
        })
    }

    /// The losses after epochs that were told, as JSON: `[[trial, split, epoch, loss], …]`.
    fn epochs(&self, python: Python<'_>) -> PyResult<String> {
        python.detach(|| {
            self.look(|study| {
                let mut epochs = Vec::new();
                let mut take = |record| {
                    if let Record::Epoch { trial, split, epoch, loss } = record {
                        epochs.push(json!([trial, split, epoch, loss]));
                    }
                };
                study
                    .store()
                    .replay(Curves::Skip, &mut take)
                    .map_err(|error| raised_by_engine(error.into()))?;
                Ok(Json::Array(epochs).to_string())
            })?
        })
    }

    /// `minimize` or `maximize`.
    fn direction(&self) -> &'static str {
        match self.file.plan.spec().direction {
            Direction::Minimize => "minimize",
            Direction::Maximize => "maximize",
        }
    }

    /// The window: how many results a proposal does without.
    fn parallel(&self) -> u64 {
        self.file.plan.spec().parallel
    }

    /// The number of losses of a trial.
    fn n_folds(&self) -> usize {
        self.file.plan.spec().n_splits
    }

    /// The number of trials proposed.
    fn n_trials(&self, python: Python<'_>) -> PyResult<usize> {
        python.detach(|| self.look(|study| study.slots().len()))
    }
}

impl Study {
    fn begin(text: String, path: Option<&Path>, folder: Option<&Path>) -> PyResult<Self> {
        let name = path.map_or_else(|| "the space".to_owned(), |path| path.display().to_string());
        let beside = path.and_then(Path::parent).map(Path::to_owned).unwrap_or_default();
        let file = SpaceFile::parse(&name, text, beside).map_err(raised)?;
        let Some(folder) = folder else {
            let experiment = Experiment::in_memory(file.clone()).map_err(raised)?;
            return Ok(Self { file, place: Place::Memory(Box::new(Mutex::new(experiment.study))) });
        };

        let folder = std::path::absolute(folder).map_err(|error| raised(Failure::store(error)))?;
        let folder = StudyFolder::at(folder);
        let file = file.called(folder.name());
        let root = folder.path().parent().unwrap_or(Path::new("."));
        let shared = SharedStudy::of(file.clone(), root);
        let study = Self { file, place: Place::Folder(Box::new(Mutex::new(shared))) };
        study.change(LockPurpose::Ask, |_| Ok(()))?;
        Ok(study)
    }

    fn take(&self, number: u64, fold: Option<usize>, result: &FoldResult) -> PyResult<bool> {
        self.change(LockPurpose::Tell, |study| {
            study.tell(number, fold, result, study.seconds())?;
            Ok(study.slot(number).is_some_and(|slot| !slot.is_final()))
        })
    }

    /// Does what changes the study; what it records is durable afterwards.
    fn change<T>(
        &self,
        purpose: LockPurpose,
        act: impl FnOnce(&mut Engine) -> Result<T, Error>,
    ) -> PyResult<T> {
        let done = match &self.place {
            Place::Memory(study) => act(&mut held(study)),
            Place::Folder(study) => held(study).change(purpose, act).map_err(raised)?,
        };
        done.map_err(raised_by_engine)
    }

    /// Looks at the study.
    fn look<T>(&self, see: impl FnOnce(&mut Engine) -> T) -> PyResult<T> {
        match &self.place {
            Place::Memory(study) => Ok(see(&mut held(study))),
            Place::Folder(study) => held(study).look(see).map_err(raised),
        }
    }
}

/// A study that no other thread uses meanwhile.
fn held<T>(study: &Mutex<T>) -> MutexGuard<'_, T> {
    study.lock().unwrap_or_else(PoisonError::into_inner)
}

fn row(file: &SpaceFile, study: &Engine, trial: &Trial) -> Map<String, Json> {
    let losses: Vec<Option<f64>> = trial.folds.iter().map(|fold| fold.loss).collect();
    let object = json!({
        "trial": trial.number,
        "state": trial.state().name(),
        "reason": trial.reason(),
        "origin": trial.origin.name(),
        "loss": trial.loss(),
        "losses": losses,
        "params": study.slot(trial.number).map(|slot| told(file, &slot.assignment())),
    });
    match object {
        Json::Object(object) => object,
        _ => Map::new(),
    }
}

/// The parameters of a trial, as JSON.
pub fn told(file: &SpaceFile, params: &Assignment) -> Json {
    match json!(params) {
        Json::Object(params) => Json::Object(file.with_lists(params)),
        other => other,
    }
}

/// The parameters of a file's space by name, each with its type and its domain.
fn described(file: &SpaceFile) -> Json {
    let space = &file.plan.spec().space;
    let parameters = space.parameters().iter().map(|parameter| {
        let listed = |values: &[Value]| -> Vec<Json> {
            let named =
                |value| file.with_lists(Map::from_iter([(parameter.name.clone(), json!(value))]));
            values
                .iter()
                .flat_map(|value| named(value).into_iter().map(|(_, value)| value))
                .collect()
        };
        let domain = match &parameter.domain {
            Domain::Float { low, high, scale, step } => {
                let is_log = *scale == Scale::Log;
                json!({"type": "float", "low": low, "high": high, "log": is_log, "step": step})
            }
            Domain::Int { low, high, scale, step } => {
                let is_log = *scale == Scale::Log;
                json!({"type": "int", "low": low, "high": high, "log": is_log, "step": step})
            }
            Domain::Ordinal(values) => json!({"type": "ordinal", "values": listed(values)}),
            Domain::Categorical(values) => {
                json!({"type": "categorical", "values": listed(values)})
            }
            Domain::Fixed(value) => json!({"type": "fixed", "value": value}),
        };
        (parameter.name.clone(), domain)
    });
    Json::Object(parameters.collect())
}
