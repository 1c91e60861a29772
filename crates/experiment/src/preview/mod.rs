//! A study as it would begin, and its first trials as `run` will propose them, without running one.

mod size;
mod timing;

pub use size::Size;
pub use timing::Timing;

use crate::bridge::cost::{self, Costs};
use crate::bridge::data::Data;
use crate::external::Invocation;
use crate::file::{Evaluator, SpaceFile};
use crate::report::{Failure, Fault};
use crate::subject::Subject;
use std::path::Path;
use tuner::Error;
use tuner::analysis::prior_importance::prior_importance;
use tuner::space::{Assignment, Config};
use tuner::store::{MemoryStore, StudyText};
use tuner::study::{Asked, Study, StudySpec};
use tuner::trial::Origin;

/// What a study will be, before it is begun.
pub struct Preview {
    /// Its file, with what experience expects of it.
    pub file: SpaceFile,
    /// The data that the built-in trainer would train on.
    pub data: Option<Box<Data>>,
    /// The first trials, as `run` will propose them: those alone that depend on no result.
    pub trials: Vec<(Origin, Config)>,
    /// The points of the space, or of the grid.
    pub size: Size,
    /// Trials in total; `None` if it is every point of a grid that has no size.
    pub total: Option<u64>,
    /// The least and the most that a trial costs the built-in trainer.
    pub costs: Option<Costs>,
    /// What the program of the study is called with first.
    pub command: Option<Vec<String>>,
}

impl Preview {
    /// Plans the study of the file at `path` with at most `n_first` of its first trials.
    ///
    /// # Errors
    /// What is wrong with the file, its data or its experience, and what the method says of the space.
    pub fn read(path: &Path, n_first: usize) -> Result<Self, Failure> {
        let (file, data) = read(path)?;
        let trials = first_trials(&file, n_first)?;
        let located = |error: Error| file.document.locate(&error);
        let size = Size::of(&file.plan).map_err(located)?;
        let total = size::total(&file.plan).map_err(located)?;
        let costs = data.as_ref().and_then(|data| cost::range(&file.plan.space, data));
        let command = Invocation::of(&file)
            .zip(trials.first())
            .map(|(invocation, (_, config))| invocation.words(&file.plan.space, config));
        Ok(Self { file, data, trials, size, total, costs, command })
    }

    /// Which hyperparameters experience expects to matter, with the share of the variance of losses that each takes
    /// part in, the largest first; empty without experience.
    pub fn expected_importance(&self) -> Vec<(String, f64)> {
        expected_importance(&self.file)
    }
}

/// As [`Preview::expected_importance`], of a file.
pub fn expected_importance(file: &SpaceFile) -> Vec<(String, f64)> {
    let prior_mean = file.plan.prior_mean.as_deref();
    prior_mean.map_or_else(Vec::new, |mean| prior_importance(&file.plan.space, mean))
}

/// The configuration that experience expects to be best, as the first of a study's trials; `None` without experience.
pub fn expected_best(file: &SpaceFile) -> Option<Assignment> {
    let space = &file.plan.space;
    file.plan.prior_mean.as_ref()?;
    let trials = first_trials(file, 1 + file.plan.enqueue.len()).ok()?;
    let (_, config) = trials.last()?;
    let searched = space.parameters().iter().zip(config.values());
    let searched = searched.filter(|(parameter, _)| parameter.is_searched());
    Some(searched.filter_map(|(p, value)| Some((p.name.clone(), value.clone()?))).collect())
}

/// Reads a space file with what experience expects of it, and the data that the built-in trainer would train on.
///
/// # Errors
/// What is wrong with the file, its data or its experience.
pub fn read(path: &Path) -> Result<(SpaceFile, Option<Box<Data>>), Failure> {
    let file = SpaceFile::read(path)?;
    if file.plan.evaluator() != Evaluator::Trainer {
        return Ok((file, None));
    }
    let subject = Subject::of(&file)?;
    let file = subject.expecting(file)?;
    Ok((file, subject.into_table()))
}

/// Proposes at most `n` trials, those alone that depend on no result: a model's first proposal ends the list.
///
/// # Errors
/// What the method says of the space, shown where the file says it.
pub fn first_trials(file: &SpaceFile, n: usize) -> Result<Vec<(Origin, Config)>, Fault> {
    first_trials_of(file, file.plan.spec(), n.min(n_before_model(file)))
}

/// The same of another study in the space of a file.
fn first_trials_of(
    file: &SpaceFile,
    spec: StudySpec,
    n: usize,
) -> Result<Vec<(Origin, Config)>, Fault> {
    let located = |error: Error| file.document.locate(&error);
    let text = StudyText {
        text: file.document.text().to_owned(),
        folder: String::new(),
        facts: Vec::new(),
    };
    let mut study = Study::create(Box::new(MemoryStore::new()), text, spec).map_err(located)?;
    for _ in 0..n {
        match study.ask(0.0).map_err(located)? {
            Asked::Trial(_) => {}
            Asked::Done(_) => break,
        }
    }
    Ok(study.slots().iter().map(|slot| (slot.origin, (*slot.config).clone())).collect())
}

/// Trials that no result enters: for a model, those enqueued, the default one and those of its start.
fn n_before_model(file: &SpaceFile) -> usize {
    if file.plan.search.method.model().is_none() {
        return usize::MAX;
    }
    let n_preset =
        file.plan.enqueue.len() + usize::from(file.plan.space.default_config().is_some());
    // What experience alone expects depends on no result either.
    let n_expected = usize::from(file.plan.prior_mean.is_some());
    n_preset.max(n_expected).max(usize::try_from(file.plan.startup()).unwrap_or(usize::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    fn origins(search: &str, n: usize) -> Vec<&'static str> {
        let text = format!(
            "[search]\n{search}\n[space]\nx = {{ type = \"int\", low = 1, high = 9, default = 2, points = 3 }}\n\
             [[enqueue]]\nx = 5\n"
        );
        let file = SpaceFile::parse("space.toml", text, PathBuf::new()).unwrap();
        first_trials(&file, n).unwrap().iter().map(|(origin, _)| origin.name()).collect()
    }

    #[test]
    fn a_grid_is_shown_to_its_end() {
        assert_eq!(origins("method = \"grid\"", 99), ["enqueued", "default", "grid", "grid"]);
    }

    #[test]
    fn a_model_is_shown_up_to_its_first_proposal() {
        assert_eq!(origins("trials = 9\nstartup = 3", 99), ["enqueued", "default", "startup"]);
        assert_eq!(origins("trials = 9\nstartup = 0", 99), ["enqueued", "default"]);
    }
}
