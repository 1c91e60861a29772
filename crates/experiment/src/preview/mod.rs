//! A study before it starts, and the first trials that `run` will propose.

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

/// A planned study.
pub struct Preview {
    /// The space file, with the learned prior mean.
    pub file: SpaceFile,
    /// The data that the built-in trainer would train on.
    pub data: Option<Box<Data>>,
    /// The first trials that `run` will propose, as far as they depend on no result.
    pub trials: Vec<(Origin, Config)>,
    /// The points of the space, or of the grid.
    pub size: Size,
    /// Total number of trials; `None` if it is every point of a grid of unknown size.
    pub total: Option<u64>,
    /// The least and the greatest cost of a trial for the built-in trainer.
    pub costs: Option<Costs>,
    /// The first call of the study's program.
    pub command: Option<Vec<String>>,
}

impl Preview {
    /// Plans the study of the file at `path` with at most `n_first` of its first trials.
    ///
    /// # Errors
    /// Faults of the file, its data or its experience, and of the space for the method.
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

    /// Returns the hyperparameters that the learned prior mean expects to matter, with their total
    /// effects, the largest first; empty without experience.
    pub fn expected_importance(&self) -> Vec<(String, f64)> {
        expected_importance(&self.file)
    }
}

/// As [`Preview::expected_importance`], for a file.
pub fn expected_importance(file: &SpaceFile) -> Vec<(String, f64)> {
    let prior_mean = file.plan.prior_mean.as_deref();
    prior_mean.map_or_else(Vec::new, |mean| prior_importance(&file.plan.space, mean))
}

/// Returns the configuration with the lowest prior mean, as the first of a study's trials; `None`
/// without experience.
pub fn expected_best(file: &SpaceFile) -> Option<Assignment> {
    let space = &file.plan.space;
    file.plan.prior_mean.as_ref()?;
    let trials = first_trials(file, 1 + file.plan.enqueue.len()).ok()?;
    let (_, config) = trials.last()?;
    let searched = space.parameters().iter().zip(config.values());
    let searched = searched.filter(|(parameter, _)| parameter.is_searched());
    Some(searched.filter_map(|(p, value)| Some((p.name.clone(), value.clone()?))).collect())
}

/// Reads a space file with its learned prior mean, and the data for the built-in trainer.
///
/// # Errors
/// Faults of the file, its data or its experience.
pub fn read(path: &Path) -> Result<(SpaceFile, Option<Box<Data>>), Failure> {
    let file = SpaceFile::read(path)?;
    if file.plan.evaluator() != Evaluator::Trainer {
        return Ok((file, None));
    }
    let subject = Subject::of(&file)?;
    let file = subject.expecting(file)?;
    Ok((file, subject.into_table()))
}

/// Proposes at most `n` trials, as far as they depend on no result; the surrogate's first proposal
/// ends the list.
///
/// # Errors
/// Faults of the space for the method, shown in the file.
pub fn first_trials(file: &SpaceFile, n: usize) -> Result<Vec<(Origin, Config)>, Fault> {
    first_trials_of(file, file.plan.spec(), n.min(n_before_model(file)))
}

/// The first `n` trials that a study of `spec` would propose in the space of `file`.
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
    // Asked as a study would, so that the preview is what the study will do.
    for _ in 0..n {
        match study.ask(0.0).map_err(located)? {
            Asked::Trial(_) => {}
            Asked::Done(_) => break,
        }
    }

    Ok(study.slots().iter().map(|slot| (slot.origin, (*slot.config).clone())).collect())
}

/// Number of trials that depend on no result: for a surrogate, the enqueued ones, the default one
/// and the rest of the initial design.
fn n_before_model(file: &SpaceFile) -> usize {
    if file.plan.search.method.model().is_none() {
        return usize::MAX;
    }
    let n_preset =
        file.plan.enqueue.len() + usize::from(file.plan.space.default_config().is_some());
    // Proposals from the prior mean alone depend on no result either.
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
