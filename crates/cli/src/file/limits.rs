//! `[trial]`, `[stop]`, `[objective]` and `[run]`: limits, the end of a study, someone else's program, and how a run behaves.

use super::keys::{OBJECTIVE, RUN, STOP, TRIAL};
use super::reader::{Bounds, Notes, Reader};
use super::tree::Node;
use tuner::study::StopRules;

const MOST: u64 = i64::MAX as u64;

/// `[trial]`: limits of one trial.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[expect(clippy::struct_field_names, reason = "the names of the file")]
pub struct TrialLimits {
    /// Seconds of each fold, from its own start.
    pub max_seconds: Option<f64>,
    /// Megabytes of a command's process group.
    pub max_memory_mb: Option<u64>,
    /// Planned multiply-adds of the whole trial.
    pub max_multiply_adds: Option<u64>,
}

/// `[run]`: nothing here changes a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunSection {
    /// Threads; none: as many as the machine has.
    pub workers: Option<usize>,
    /// Whether progress is shown; default true.
    pub progress: bool,
}

pub(super) fn trial(node: Option<&Node>, notes: &mut Notes) -> TrialLimits {
    let Some(node) = node else { return TrialLimits::default() };
    let mut reader = Reader::open(&TRIAL, &["trial"], node, notes);
    TrialLimits {
        max_seconds: reader.number("max_seconds", Bounds::Positive),
        max_memory_mb: reader.count("max_memory_mb", 1..=MOST),
        max_multiply_adds: reader.count("max_multiply_adds", 1..=MOST),
    }
}

pub(super) fn stop(node: Option<&Node>, notes: &mut Notes) -> StopRules {
    let Some(node) = node else { return StopRules::default() };
    let mut reader = Reader::open(&STOP, &["stop"], node, notes);
    StopRules {
        target: reader.number("target", Bounds::Finite),
        patience: reader.count("patience", 1..=MOST),
        max_seconds: reader.number("max_seconds", Bounds::Positive),
    }
}

pub(super) fn objective(node: &Node, notes: &mut Notes) -> Option<Vec<String>> {
    let mut reader = Reader::open(&OBJECTIVE, &["objective"], node, notes);
    let command = reader.texts("command");
    let is_empty = command.as_ref().is_some_and(Vec::is_empty);
    if is_empty || reader.lacks("command") {
        let example = "command = [\"python3\", \"train.py\"]".to_owned();
        reader.fault("[objective] has no `command`").hints.push(example);
    }
    command
}

pub(super) fn run(node: Option<&Node>, notes: &mut Notes) -> RunSection {
    let mut section = RunSection { workers: None, progress: true };
    let Some(node) = node else { return section };
    let mut reader = Reader::open(&RUN, &["run"], node, notes);
    section.workers = reader.count("workers", 1..=1024).map(|n| n as usize);
    section.progress = reader.flag("progress").unwrap_or(true);
    section
}
