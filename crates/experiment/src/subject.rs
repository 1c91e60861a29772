//! What evaluates a study's trials: the built-in trainer on a table, or a foreign program.

use crate::bridge::data::{self, Data};
use crate::bridge::training::{Training, TrainingLimits};
use crate::digest::hex;
use crate::external::{self, Commands};
use crate::facts::{PROGRAM, StudyFacts};
use crate::file::{Evaluator, SpaceFile};
use crate::folder::StudyFolder;
use crate::report::{Failure, Fault};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use trainer::data::Task;
use trainer::experience::baseline;
use trainer::split::{Scheme, Splits};
use trainer::{Metric, NamedChoice, metrics};
use tuner::study::{Evaluation, Job, Objective, Study};

/// What trials are evaluated on.
pub enum Subject {
    /// The built-in trainer trains on a table.
    Table(Box<Data>),
    /// A foreign program.
    Program {
        /// SHA-256 of the table that `[data]` names, if it names one.
        data: Option<String>,
        /// The folds that `[cv] file` lists, if any; the program uses them too.
        folds: Option<Splits>,
    },
}

/// The evaluator of a fold.
pub enum Evaluating<'a> {
    /// The built-in trainer.
    Training(Box<Training<'a>>),
    /// A program.
    Commands(Box<Commands<'a>>),
}

impl Subject {
    /// Reads what the trials of a file are evaluated on.
    ///
    /// # Errors
    /// Faults of the data or the file, or no evaluator.
    pub fn of(file: &SpaceFile) -> Result<Self, Failure> {
        match file.plan.evaluator() {
            Evaluator::Trainer => load(file).map(|data| Self::Table(Box::new(data))),
            Evaluator::Command if !external::IS_HERE => {
                let fault = file
                    .document
                    .fault_at("objective.command", "commands as objectives need a Unix system");
                Err(fault.hint("`tune ask` and `tune tell` work everywhere: call the program from a script").into())
            }
            Evaluator::Command => {
                // Before the study begins, instead of as a failure of each trial.
                external::missing(file).map_or(Ok(()), Err)?;
                Ok(Self::Program {
                    data: data_path(file).map(|path| hash(file, &path)).transpose()?,
                    folds: data::listed(file, Scheme::Plain)?,
                })
            }
            Evaluator::Asker => Err(nothing_to_run(file).into()),
        }
    }

    /// Returns the table, for the built-in trainer.
    pub fn table(&self) -> Option<&Data> {
        match self {
            Self::Table(data) => Some(data),
            Self::Program { .. } => None,
        }
    }

    /// Returns the table by value, for the built-in trainer.
    pub(crate) fn into_table(self) -> Option<Box<Data>> {
        match self {
            Self::Table(data) => Some(data),
            Self::Program { .. } => None,
        }
    }

    /// Returns the file with its learned prior mean, for a study that begins now.
    ///
    /// # Errors
    /// If the experience file cannot be read.
    pub fn expecting(&self, file: SpaceFile) -> Result<SpaceFile, Failure> {
        let experience = file.experience_digest()?;
        let facts = StudyFacts { experience, ..self.facts(&file) };
        Ok(file.expecting(&facts)?)
    }

    /// Returns the facts that a new study records.
    pub fn facts(&self, file: &SpaceFile) -> StudyFacts {
        match self {
            Self::Table(data) => {
                let task = match data.dataset.facts().task {
                    Task::Classification => "classification",
                    Task::Regression => "regression",
                };
                let known = metric(file, data).ok();
                let baseline =
                    known.map(|metric| baseline(data.dataset.target(), data.splits.rows(), metric));
                StudyFacts {
                    metric: Some(metric_name(file, data)),
                    task: Some(task.to_owned()),
                    baseline,
                    ..data.facts()
                }
            }
            Self::Program { data, folds } => StudyFacts {
                metric: Some(file.plan.study.metric.clone().unwrap_or_else(|| "loss".to_owned())),
                data: data.clone(),
                rows: folds.as_ref().map(|folds| folds.rows().len()),
                split: folds.as_ref().map(data::hash_of),
                test_train_ratio: folds.as_ref().map(Splits::mean_test_train_ratio),
                others: external::fingerprint(file)
                    .map(|hash| (PROGRAM.to_owned(), hash))
                    .into_iter()
                    .collect(),
                ..StudyFacts::default()
            },
        }
    }

    /// Refuses data other than those of the study's beginning.
    ///
    /// # Errors
    /// If the file or its splits have changed.
    pub fn check_same(&self, study: &Study, file: &SpaceFile) -> Result<(), Failure> {
        match self {
            Self::Table(data) => data.check_same(study, file),
            Self::Program { data, folds } => {
                let facts = StudyFacts::of(study);
                if *data != facts.data {
                    return Err(data::changed(file).into());
                }
                // The splits also depend on the seed and the folds, not on the data alone.
                let is_same = folds.as_ref().map(data::hash_of) == facts.split;
                if is_same { Ok(()) } else { Err(data::other_folds(file).into()) }
            }
        }
    }

    /// Describes in a sentence what was read; `None` if nothing was.
    pub fn in_words(&self) -> Option<String> {
        self.table().map(Data::in_words)
    }

    /// Describes what was read and how, in at most 31 lines; `None` if nothing was.
    pub fn in_lines(&self, file: &SpaceFile) -> Vec<String> {
        let target = file.plan.data.as_ref().map_or("", |section| section.target.as_str());
        self.table().map(|data| data.in_lines(target)).unwrap_or_default()
    }

    /// Returns the evaluator for the study in `folder`.
    ///
    /// # Errors
    /// If the metric does not fit the task, or a program has no folder.
    pub fn objective<'a>(
        &'a self,
        file: &'a SpaceFile,
        folder: Option<&StudyFolder>,
    ) -> Result<Evaluating<'a>, Failure> {
        match self {
            Self::Table(data) => Ok(Evaluating::Training(Box::new(training(file, data)?))),
            Self::Program { .. } => {
                let folder = folder.ok_or_else(|| {
                    Failure::input("a program leaves files: its study needs a folder, not memory")
                })?;
                let commands = Commands::new(file, folder.path());
                let commands = commands.ok_or_else(|| nothing_to_run(file))?;
                Ok(Evaluating::Commands(Box::new(commands)))
            }
        }
    }
}

impl Evaluating<'_> {
    /// Returns the evaluator without time limits; programs keep theirs, since one that hangs would
    /// never end.
    #[must_use]
    pub fn without_clock(self) -> Self {
        match self {
            Self::Training(training) => Self::Training(Box::new(training.without_clock())),
            commands @ Self::Commands(_) => commands,
        }
    }

    /// Runs some work on `n_threads` threads; those without a training help with the others'
    /// products.
    pub fn helped<T>(&self, n_threads: usize, work: impl FnOnce() -> T) -> T {
        match self {
            Self::Training(training) => training.helped(n_threads, work),
            Self::Commands(_) => work(),
        }
    }

    /// Returns the error on our side that is no trial's fault, if any.
    pub fn fault(&self) -> Option<Failure> {
        match self {
            Self::Training(_) => None,
            Self::Commands(commands) => commands.fault(),
        }
    }
}

impl Objective for Evaluating<'_> {
    fn evaluate(&self, job: &Job<'_>) -> Option<Evaluation> {
        match self {
            Self::Training(training) => training.evaluate(job),
            Self::Commands(commands) => commands.evaluate(job),
        }
    }
}

/// Reads the data of a file for the built-in trainer, and refuses recipes that cannot be trained.
///
/// # Errors
/// Faults of the data or the file, or nothing to train.
pub fn load(file: &SpaceFile) -> Result<Data, Failure> {
    if file.plan.evaluator() == Evaluator::Command {
        let fault = file.document.fault_at(
            "objective.command",
            "this needs the built-in trainer, and the study runs a program",
        );
        return Err(fault
            .hint("`tune best` prints the winner's parameters, for your program")
            .into());
    }

    let Some(section) = &file.plan.data else {
        return Err(nothing_to_run(file).into());
    };
    let data = Data::load(file, section)?;
    // Checked now: a metric of another task would fail in every trial.
    metric(file, &data)?;
    let faults: Vec<Fault> = crate::bridge::recipe::faults(file, &data.dataset.facts());

    if faults.is_empty() { Ok(data) } else { Err(faults.into()) }
}

/// The built-in trainer on a study's data.
///
/// # Errors
/// If the metric does not suit the task.
pub fn training<'a>(file: &SpaceFile, data: &'a Data) -> Result<Training<'a>, Failure> {
    let limits = TrainingLimits {
        max_seconds: file.plan.trial.max_seconds,
        max_multiply_adds: file.plan.trial.max_multiply_adds,
    };
    Ok(Training::new(data, metric(file, data)?, file.plan.cv.seed, limits))
}

/// Refuses a metric that does not fit the task.
///
/// # Errors
/// A fault at the metric's line.
pub fn metric(file: &SpaceFile, data: &Data) -> Result<Metric, Failure> {
    let suiting = metrics(data.dataset.facts().task);
    let name = metric_name(file, data);

    let found = Metric::NAMES.iter().find(|(n, m)| *n == name && suiting.contains(m));
    found.map(|(_, metric)| *metric).ok_or_else(|| {
        let names = crate::report::in_words(suiting.iter().map(|m| m.name()));
        file.document
            .fault_at(
                "study.metric",
                format!("the metric `{name}` does not fit the task: expected {names}"),
            )
            .into()
    })
}

/// Returns the name of the metric on a table: as written, or the task's default.
pub(crate) fn metric_name(file: &SpaceFile, data: &Data) -> String {
    let default = metrics(data.dataset.facts().task)[0].name();
    file.plan.study.metric.clone().unwrap_or_else(|| default.to_owned())
}

/// Describes a study whose trials nothing evaluates here.
pub const ASKED: &str = "an ask/tell study, driven by a script: there is no [data] to train on and no [objective] command to call";

fn nothing_to_run(file: &SpaceFile) -> Fault {
    let fault = Fault::error(format!("`{}` is {ASKED}", file.plan.name));
    fault.hint("drive it from a script with `tune ask` and `tune tell`, or name a program: [objective] command = […]")
}

fn data_path(file: &SpaceFile) -> Option<PathBuf> {
    file.plan.data.as_ref().map(|section| file.document.folder.join(&section.path))
}

/// SHA-256 of a table that is not read otherwise.
fn hash(file: &SpaceFile, path: &Path) -> Result<String, Failure> {
    let cannot = |error| {
        file.document.fault_at("data.path", format!("cannot read {}: {error}", path.display()))
    };
    let mut table = BufReader::new(File::open(path).map_err(cannot)?);
    let mut digest = Sha256::new();

    loop {
        let chunk = table.fill_buf().map_err(cannot)?;
        if chunk.is_empty() {
            return Ok(hex(&digest.finalize()));
        }
        digest.update(chunk);
        let n_bytes = chunk.len();
        table.consume(n_bytes);
    }
}
