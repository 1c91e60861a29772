//! What a space file means: a study, checked as far as it can be without its data.

use super::canonical::{Canonical, Difference};
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
    /// `[space]` and `[[constraints]]`, with the trainer's first guesses where they are asked for.
    pub space: Space,
    /// What experience expects of the loss over the space, once the data are known.
    pub prior_mean: Option<Arc<PriorMean>>,
    /// The same as the file has it.
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
    /// `[objective]`: threads that the program's libraries are told to take.
    pub threads: Option<u64>,
    /// `[objective]`: how many epochs a trial has.
    pub epochs: Option<EpochsKey>,
    /// `[run]`.
    pub run: RunSection,
    /// Everything above that can change a result, in one form.
    pub(super) canonical: Canonical,
}

impl StudyPlan {
    /// Tells what evaluates the trials.
    pub fn evaluator(&self) -> Evaluator {
        relations::evaluator(self.data.is_some(), self.command.is_some())
    }

    /// Splits of a trial.
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

    /// What stops hopeless trials by a section, in the engine's terms.
    pub fn racing(&self, section: RaceSection) -> Race {
        let RaceSection { risk, after, folds, at } = section;
        let recipe = trainer::recipe::Recipe::default();
        let named = |name: &str, otherwise: u32| (Some(name.to_owned()), Some(otherwise));
        let epochs = match (self.evaluator(), &self.epochs) {
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

    /// Trials before the model: as written, else none where experience takes their place.
    pub fn startup(&self) -> u64 {
        let usual = match self.search.method.model() {
            Some(model) if model.takes_prior_mean && self.prior_mean.is_some() => 0,
            Some(model) => model.startup,
            None => 0,
        };
        self.search.startup.unwrap_or(usual)
    }

    /// Tells whether the file itself gives a searched parameter a default.
    pub fn gives_defaults(&self) -> bool {
        let mut searched = self.written.parameters().iter().filter(|p| p.is_searched());
        searched.any(|parameter| parameter.default.is_some())
    }

    /// What `[space]` and `[[constraints]]` say, in one form for hashing: JSON with sorted keys.
    pub fn canonical_space(&self) -> String {
        self.canonical.to_json(&["[space]", "[[constraints]]"])
    }

    /// Lists what this plan says otherwise than `written`, among what can change a result.
    pub fn difference_from(&self, written: &Self) -> Vec<String> {
        let differences = written.canonical.differences(&self.canonical);
        differences.iter().filter(|d| !d.is_of_reading()).map(ToString::to_string).collect()
    }

    /// Lists, of what this plan says otherwise than `written`, what is not the space: trials of both are not one study's.
    pub fn difference_beyond_space(&self, written: &Self) -> Vec<String> {
        let differences = written.canonical.differences(&self.canonical);
        differences
            .iter()
            .filter(|d| !d.is_of_space() && !d.is_of_reading())
            .map(ToString::to_string)
            .collect()
    }

    /// Tells whether this plan has trials evaluated by another command than `written`.
    pub fn changes_command(&self, written: &Self) -> bool {
        written.canonical.differences(&self.canonical).iter().any(Difference::is_of_command)
    }
}
