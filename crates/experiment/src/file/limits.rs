//! `[trial]`, `[stop]`, `[objective]` and `[run]`: limits, the end of a study, someone else's program, and how a run behaves.

use super::advice::nearest;
use super::keys::{OBJECTIVE, RUN, STOP, TRIAL};
use super::placeholder::{Argument, Unknown};
use super::reader::{Bounds, Notes, Reader};
use super::spans::Spot;
use super::tree::{Item, Node};
use crate::report::quoted;
use tuner::space::Space;
use tuner::study::StopRules;

const MOST: u64 = i64::MAX as u64;
/// So that the bytes can be counted.
const MOST_MEGABYTES: u64 = MOST >> 20;

/// `[trial]`: limits of one trial.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct TrialLimits {
    /// Seconds of each fold, from its own start.
    pub max_seconds: Option<f64>,
    /// Megabytes (2^20 bytes) of a command's process group.
    pub max_memory_mb: Option<u64>,
    /// Megabytes (2^20 bytes) that a command may print in a fold; none: 100.
    pub max_output_mb: Option<u64>,
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
    let Some(node) = node else {
        return TrialLimits::default();
    };
    let mut reader = Reader::open(&TRIAL, &["trial"], node, notes);
    TrialLimits {
        max_seconds: reader.number("max_seconds", Bounds::Positive),
        max_memory_mb: reader.count("max_memory_mb", 1..=MOST_MEGABYTES),
        max_output_mb: reader.count("max_output_mb", 1..=MOST_MEGABYTES),
        max_multiply_adds: reader.count("max_multiply_adds", 1..=MOST),
    }
}

pub(super) fn stop(node: Option<&Node>, notes: &mut Notes) -> StopRules {
    let Some(node) = node else {
        return StopRules::default();
    };
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
    if let Some(Item::List(items)) = reader.node("command").map(|node| &node.item) {
        for (index, item) in items.iter().enumerate() {
            let spot = Spot { key: item.span.clone(), value: item.span.clone() };
            reader.notes().spans.insert_at(&["objective", "command"], &index.to_string(), spot);
        }
    }
    command
}

/// Cuts the arguments of a command at their placeholders; those that name no parameter are noted.
pub(super) fn arguments(command: &[String], space: &Space, notes: &mut Notes) -> Vec<Argument> {
    let mut arguments = Vec::with_capacity(command.len());
    for (index, text) in command.iter().enumerate() {
        match Argument::parse(text, |name| space.position(name)) {
            Ok(argument) => arguments.push(argument),
            Err(Unknown { offset, name }) => {
                let message = format!("no parameter {} in [space]", quoted(&name));
                let position = index.to_string();
                let spot = notes
                    .spans
                    .find(&["objective", "command", &position])
                    .map(|spot| spot.value.clone());
                let span = spot
                    .map_or(0..0, |literal| super::space::inside(&notes.source, &literal, offset));
                let names: Vec<&str> = space.parameters().iter().map(|p| p.name.as_str()).collect();
                let meant = nearest(&name, &names).map(|near| format!("did you mean {{{near}}}?"));
                let hint = meant.unwrap_or_else(|| format!("{{{{{name}}}}} passes the braces on"));
                notes.fault(&span, message).hints.push(hint);
            }
        }
    }
    arguments
}

pub(super) fn run(node: Option<&Node>, notes: &mut Notes) -> RunSection {
    let mut section = RunSection { workers: None, progress: true };
    let Some(node) = node else { return section };
    let mut reader = Reader::open(&RUN, &["run"], node, notes);
    section.workers = reader.count("workers", 1..=1024).map(|n| n as usize);
    section.progress = reader.flag("progress").unwrap_or(true);
    section
}
