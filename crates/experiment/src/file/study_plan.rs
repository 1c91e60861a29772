//! The meaning of a space file: a study, checked as far as possible without its data.

use super::canonical::{self, Canonical, LineDifference};
use super::data::{CvSection, DataSection};
use super::epochs::EpochsKey;
use super::limits::{RunSection, TrialLimits};
use super::placeholder::Argument;
use super::race::RaceSection;
use super::relations::{self, Evaluator};
use super::study::{SearchSection, StudySection};
use std::collections::BTreeSet;
use std::sync::Arc;
use tuner::prior::PriorMean;
use tuner::race::{Epochs, Race};
use tuner::space::{Config, Space};
use tuner::study::{StopRules, StudySpec};

/// A study as its file describes it, with defaults filled in.
#[derive(Clone, Debug)]
pub struct StudyPlan {
    /// The study's name, safe as the name of a folder; default: the file's stem.
    pub name: String,
    /// `[study]`.
    pub study: StudySection,
    /// `[data]`; with it and without a command, the built-in trainer is trained.
    pub data: Option<DataSection>,
    /// `[cv]`.
    pub cv: CvSection,
    /// `[search]`.
    pub search: SearchSection,
    /// `[space]` and `[[constraints]]`, with the trainer's first guesses if requested.
    pub space: Space,
    /// The learned prior mean over the space, once the data are known.
    pub prior_mean: Option<Arc<PriorMean>>,
    /// The space as written in the file.
    pub(super) written: Space,
    /// `[[enqueue]]`, completed.
    pub enqueue: Vec<Config>,
    /// `[trial]`.
    pub trial: TrialLimits,
    /// `[stop]`.
    pub stop: StopRules,
    /// `[race]`.
    pub race: Option<RaceSection>,
    /// Parameters whose values are lists: texts inside, and JSON to a program.
    pub lists: BTreeSet<String>,
    /// `[data] id`: by which studies of own programs know that their losses belong together.
    pub data_id: Option<String>,
    /// `[objective]`: a program and its arguments.
    pub command: Option<Vec<Argument>>,
    /// `[objective]`: number of threads for the program's libraries.
    pub threads: Option<u64>,
    /// `[objective]`: number of epochs of a trial.
    pub epochs: Option<EpochsKey>,
    /// `[run]`.
    pub run: RunSection,
    /// Everything above that can change a result, in one form.
    pub(super) canonical: Canonical,
}

impl StudyPlan {
    /// Returns the evaluator of the trials.
    pub fn evaluator(&self) -> Evaluator {
        relations::evaluator(self.data.is_some(), self.command.is_some())
    }

    /// Returns the number of splits of a trial.
    pub fn n_splits(&self) -> usize {
        (self.cv.folds * self.cv.repeats) as usize
    }

    /// The study in the engine's own terms.
    pub fn spec(&self) -> StudySpec {
        StudySpec {
            seed: self.study.seed,
            method: self.search.method,
            trials: self.search.trials,
            parallel: self.search.parallel,
            startup: self.startup(),
            space: self.space.clone(),
            prior_mean: self.prior_mean.clone(),
            enqueue: self.enqueue.clone(),
            n_splits: self.n_splits(),
            direction: self.study.direction,
            stop: self.stop,
            race: self.race.clone().map(|section| self.racing(section)),
        }
    }

    /// Returns the racing rule of a section, in the engine's terms.
    pub fn racing(&self, section: RaceSection) -> Race {
        let RaceSection { risk, after, folds, at } = section;
        let recipe = trainer::recipe::Recipe::default();
        let named = |name: &str, otherwise: u32| (Some(name.to_owned()), Some(otherwise));

        let epochs = match (self.evaluator(), &self.epochs) {
            // The trainer knows its epochs; warm-up epochs say nothing about the end.
            (Evaluator::Trainer, _) => Some(Epochs {
                total: named("epochs", recipe.epochs),
                warmup: named("warmup_epochs", 0),
            }),
            (_, Some(EpochsKey::Number(n))) => {
                Some(Epochs { total: (None, Some(*n)), ..Epochs::default() })
            }
            (_, Some(EpochsKey::Parameter(name))) => {
                Some(Epochs { total: (Some(name.clone()), None), ..Epochs::default() })
            }
            (_, None) => None,
        };

        Race { risk, after, folds, at, epochs }
    }

    /// Returns the size of the initial design: as written, or 0 if experience replaces it.
    pub fn startup(&self) -> u64 {
        let usual = match self.search.method.model() {
            Some(model) if model.takes_prior_mean && self.prior_mean.is_some() => 0,
            Some(model) => model.startup,
            None => 0,
        };
        self.search.startup.unwrap_or(usual)
    }

    /// Whether the file itself gives a searched parameter a default.
    pub(crate) fn gives_defaults(&self) -> bool {
        let mut searched = self.written.parameters().iter().filter(|p| p.is_searched());
        searched.any(|parameter| parameter.default.is_some())
    }

    /// Returns the content of `[space]` and `[[constraints]]` in one form for hashing: JSON with
    /// sorted keys.
    pub(crate) fn canonical_space(&self) -> String {
        self.canonical.to_json(&["[space]", "[[constraints]]"])
    }

    /// Lists differences from `written` that can change a result.
    pub(crate) fn difference_from(&self, written: &Self) -> Vec<String> {
        let differences = written.canonical.differences(&self.canonical);
        let shown: Vec<&LineDifference> =
            differences.iter().filter(|d| !d.is_of_reading()).collect();
        canonical::in_words(&shown)
    }

    /// Returns the old and the new name of a parameter that seems to be renamed: the only one that
    /// is gone, and the only new one, with the same values.
    pub(crate) fn renamed_from<'a>(&'a self, written: &'a Self) -> Option<(&'a str, &'a str)> {
        let only = |of: &'a Self, other: &Self| {
            let is_there = |name: &str| other.space.parameters().iter().any(|p| p.name == name);
            let mut lacking = of.space.parameters().iter().filter(|p| !is_there(&p.name));
            lacking.next().filter(|_| lacking.next().is_none())
        };
        let (old, new) = (only(written, self)?, only(self, written)?);
        (old.domain == new.domain).then_some((old.name.as_str(), new.name.as_str()))
    }

    /// Lists differences from `written` outside the space: trials of both cannot belong to one
    /// study.
    pub(crate) fn difference_beyond_space(&self, written: &Self) -> Vec<String> {
        let differences = written.canonical.differences(&self.canonical);
        differences
            .iter()
            .filter(|d| !d.is_of_space() && !d.is_of_reading())
            .map(ToString::to_string)
            .collect()
    }

    /// Whether this plan evaluates trials by another command than `written`.
    pub(crate) fn changes_command(&self, written: &Self) -> bool {
        written.canonical.differences(&self.canonical).iter().any(LineDifference::is_of_command)
    }
}
