//! All sections of a space file, each read by its own reader and not yet checked against the others.

use super::data::{self, CvSection, DataSection};
use super::epochs::EpochsKey;
use super::keys::FILE;
use super::limits::{self, RunSection, TrialLimits};
use super::lists::{self, Given};
use super::parameter;
use super::race::{self, RaceSection};
use super::reader::{Notes, Reader};
use super::relations::{self, Evaluator, Parts};
use super::study::{self, SearchSection, StudySection};
use super::tree::{Entry, Item, Node};
use std::collections::BTreeSet;
use tuner::space::Parameter;
use tuner::study::StopRules;

/// The sections of a file as written.
pub(super) struct Sections {
    /// The study's name.
    pub(super) name: String,
    pub(super) study: StudySection,
    pub(super) data: Option<DataSection>,
    /// `[data] id`, also if `[data]` has nothing else.
    pub(super) data_id: Option<String>,
    pub(super) cv: CvSection,
    pub(super) search: SearchSection,
    /// Whether `[search]` is written under another tool's name.
    is_search_elsewhere: bool,
    /// The parameters of `[space]`, `None` for those that cannot be read; `None` without `[space]`.
    pub(super) parameters: Option<Vec<Option<Parameter>>>,
    /// Names of parameters whose values are lists.
    pub(super) lists: BTreeSet<String>,
    /// Expressions of `[[constraints]]` with their reasons.
    pub(super) constraints: Vec<(String, String)>,
    pub(super) enqueue: Vec<Given>,
    pub(super) trial: TrialLimits,
    pub(super) stop: StopRules,
    pub(super) race: Option<RaceSection>,
    /// The program of `[objective]` and its arguments.
    pub(super) command: Option<Vec<String>>,
    pub(super) epochs: Option<EpochsKey>,
    pub(super) threads: Option<u64>,
    pub(super) run: RunSection,
    /// The evaluator of the trials.
    pub(super) evaluator: Evaluator,
}

impl Sections {
    /// Reads every section; faults go to the notes.
    pub(super) fn read(entries: Vec<Entry>, notes: &mut Notes) -> Self {
        let end = notes.source.text.len();
        let whole = Node { span: end..end, item: Item::Table(entries) };
        let reader = Reader::open(&FILE, &[], &whole, notes);
        let node = |key: &str| reader.node(key).or_else(|| reader.misspelt(&FILE, key));

        let [study, data, cv, search, space] = ["study", "data", "cv", "search", "space"].map(node);
        let [enqueue, constraints, race, trial, stop, objective, run] =
            ["enqueue", "constraints", "race", "trial", "stop", "objective", "run"].map(node);
        let is_search_elsewhere = search.is_none() && notes.spans.holds(&["search"]);
        let (name, study) = study::study(study, notes);

        // A name for the data of a program, which reads them itself.
        let is_named_alone = data.is_some_and(data::is_named_alone);
        let has_data = data.is_some() && !is_named_alone;
        let cv = data::cv(cv, has_data, notes);
        let limits::Objective { command, epochs, threads } =
            objective.map(|node| limits::objective(node, notes)).unwrap_or_default();

        // A command that cannot be read still counts as one.
        let has_command = objective.is_some() && (command.is_some() || epochs.is_none());
        let evaluator = relations::evaluator(has_data, has_command);
        let id_alone = match data {
            Some(node) if is_named_alone => data::id(node, notes),
            _ => None,
        };
        let data = data.filter(|_| !is_named_alone).and_then(|node| data::data(node, notes));
        let data_id = id_alone.or_else(|| data.as_ref()?.id.clone());

        // Faults are listed in the order in which they are found here.
        Self {
            name,
            study,
            data,
            data_id,
            cv,
            search: study::search(search, notes),
            is_search_elsewhere,
            lists: space.map(parameter::lists).unwrap_or_default(),
            parameters: parameter::parameters(space, notes),
            constraints: constraints
                .map(|node| lists::constraints(node, notes))
                .unwrap_or_default(),
            enqueue: enqueue.map(|node| lists::enqueue(node, notes)).unwrap_or_default(),
            trial: limits::trial(trial, notes),
            stop: limits::stop(stop, notes),
            race: race.map(|node| race::race(node, notes)),
            run: limits::run(run, notes),
            command,
            epochs,
            threads,
            evaluator,
        }
    }

    /// What the checks across sections look at.
    pub(super) fn parts(&self) -> Parts<'_> {
        Parts {
            study: &self.study,
            data: self.data.as_ref(),
            cv: &self.cv,
            search: &self.search,
            is_search_elsewhere: self.is_search_elsewhere,
            evaluator: self.evaluator,
        }
    }
}
