//! `[trial]`, `[stop]`, `[objective]` and `[run]`: limits, stopping rules, foreign programs, and
//! settings of a run.

use super::advice::nearest;
use super::epochs::EpochsKey;
use super::keys::{OBJECTIVE, RUN, STOP, TRIAL};
use super::placeholder::{Argument, Piece, Unknown};
use super::reader::{Bounds, Notes, Reader};
use super::spans::Spot;
use super::tree::{Item, Node};
use crate::report::quoted;
use tuner::space::{Domain, Space, Value};
use tuner::study::StopRules;

const MOST: u64 = i64::MAX as u64;
/// The limit at which the bytes can still be counted.
const MOST_MEGABYTES: u64 = MOST >> 20;

/// `[trial]`: limits of one trial.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct TrialLimits {
    /// Seconds of each fold, from its own start.
    pub max_seconds: Option<f64>,
    /// Megabytes (2^20 bytes) of a command's process group.
    pub max_memory_mb: Option<u64>,
    /// Megabytes (2^20 bytes) that a command may print in a fold; `None` means 100.
    pub max_output_mb: Option<u64>,
    /// Planned multiply-adds of the whole trial.
    pub max_multiply_adds: Option<u64>,
    /// Seconds between TERM and KILL for a program that is stopped or late; `None` means 2.
    pub grace_seconds: Option<f64>,
}

/// `[run]`: settings that do not affect results.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunSection {
    /// Number of threads; `None` means one per slot, or without slots one per core.
    pub workers: Option<usize>,
    /// Whether progress is shown; default true.
    pub progress: bool,
    /// Environment variables of programs by slot; if there are more workers than slots, some share
    /// one.
    pub slots: Vec<Variables>,
}

/// Environment variables with their values.
pub type Variables = Vec<(String, String)>;

impl RunSection {
    /// Returns the number of threads from the file or its slots; `None` leaves it to the machine.
    pub fn workers(&self) -> Option<usize> {
        self.workers.or((!self.slots.is_empty()).then_some(self.slots.len()))
    }
}

/// `[objective]`: the program to run.
#[derive(Default)]
pub(super) struct Objective {
    /// The program and its arguments.
    pub(super) command: Option<Vec<String>>,
    /// The number of epochs of a trial.
    pub(super) epochs: Option<EpochsKey>,
    /// Number of threads for its libraries.
    pub(super) threads: Option<u64>,
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
        grace_seconds: reader.number("grace_seconds", Bounds::Positive),
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
        gain: reader.number("gain", Bounds::Positive),
        max_seconds: reader.number("max_seconds", Bounds::Positive),
        multiply_adds: reader.count("multiply_adds", 1..=MOST),
    }
}

/// `[objective]`; without a command, `epochs` concerns told results.
pub(super) fn objective(node: &Node, notes: &mut Notes) -> Objective {
    let mut reader = Reader::open(&OBJECTIVE, &["objective"], node, notes);
    let command = reader.texts("command");
    let epochs = reader.epochs("epochs");

    let is_empty = command.as_ref().is_some_and(Vec::is_empty);
    if is_empty || reader.lacks("command") && reader.lacks("epochs") {
        let example = "command = [\"python3\", \"train.py\"]".to_owned();
        reader.fault("[objective] has no `command`").hints.push(example);
    }

    // Each argument has its own place, since a placeholder in it may be wrong.
    if let Some(Item::List(items)) = reader.node("command").map(|node| &node.item) {
        for (index, item) in items.iter().enumerate() {
            let spot = Spot { key: item.span.clone(), value: item.span.clone() };
            reader.notes().spans.insert_at(&["objective", "command"], &index.to_string(), spot);
        }
    }

    Objective { command, epochs, threads: reader.count("threads", 1..=1024) }
}

/// Refuses an `epochs` parameter that does not exist.
pub(super) fn check_epochs(epochs: Option<&EpochsKey>, space: &Space, notes: &mut Notes) {
    let Some(EpochsKey::Parameter(name)) = epochs else { return };
    if space.position(name).is_none() {
        let message = format!("no parameter {} in [space]", quoted(name));
        let names: Vec<&str> = space.parameters().iter().map(|p| p.name.as_str()).collect();
        let fault = notes.error_at(&["objective", "epochs"], message);
        let meant = nearest(name, &names).map(|near| format!("did you mean \"{near}\"?"));
        notes.push(match meant {
            Some(hint) => fault.hint(hint),
            None => fault,
        });
    }
}

/// Splits the arguments of a command at their placeholders, and records those that name no
/// parameter.
pub(super) fn arguments(command: &[String], space: &Space, notes: &mut Notes) -> Vec<Argument> {
    let mut arguments = Vec::with_capacity(command.len());
    for (index, text) in command.iter().enumerate() {
        match Argument::parse(text, |name| space.position(name)) {
            Ok(argument) => {
                if let Some(name) = no_flag(&argument, space) {
                    let position = index.to_string();
                    let path = ["objective", "command", &position];
                    let message = format!("{} is not true or false", quoted(name));
                    let fault = notes.error_at(&path, message).hint(format!(
                        "{{{name}?…}} needs {} = {{ type = \"categorical\", values = [true, false] }}",
                        super::tree::key(name)
                    ));
                    notes.push(fault);
                }
                arguments.push(argument);
            }
            Err(Unknown { offset, name }) => {
                let message = format!("no parameter {} in [space]", quoted(&name));
                let position = index.to_string();
                let spot = notes
                    .spans
                    .find(&["objective", "command", &position])
                    .map(|spot| spot.value.clone());
                let span = spot
                    .map_or(0..0, |literal| super::space::inside(&notes.source, &literal, offset));
                // Braces may also be meant as such: the hint says how they are written.
                let names: Vec<&str> = space.parameters().iter().map(|p| p.name.as_str()).collect();
                let meant = nearest(&name, &names).map(|near| format!("did you mean {{{near}}}?"));
                let hint = meant.unwrap_or_else(|| format!("{{{{{name}}}}} passes the braces on"));
                notes.fault(&span, message).hints.push(hint);
            }
        }
    }

    arguments
}

/// The first parameter that an argument takes for a flag and that has other values than true and
/// false.
fn no_flag<'a>(argument: &Argument, space: &'a Space) -> Option<&'a str> {
    let is_flag = |domain: &Domain| match domain {
        Domain::Categorical(values) | Domain::Ordinal(values) => {
            values.iter().all(|value| matches!(value, Value::Bool(_)))
        }
        Domain::Fixed(value) => matches!(value, Value::Bool(_)),
        Domain::Float { .. } | Domain::Int { .. } => false,
    };
    argument.pieces.iter().find_map(|piece| {
        let Piece::Flag(index, _) = piece else { return None };
        let parameter = &space.parameters()[*index];
        (!is_flag(&parameter.domain)).then_some(parameter.name.as_str())
    })
}

pub(super) fn run(node: Option<&Node>, notes: &mut Notes) -> RunSection {
    let mut section = RunSection { workers: None, progress: true, slots: Vec::new() };
    let Some(node) = node else { return section };
    let mut reader = Reader::open(&RUN, &["run"], node, notes);
    section.workers = reader.count("workers", 1..=1024).map(|n| n as usize);
    section.progress = reader.flag("progress").unwrap_or(true);
    section.slots = slots(&mut reader);
    section
}

/// `slots = [{ CUDA_VISIBLE_DEVICES = "0" }, …]`.
fn slots(reader: &mut Reader<'_, '_>) -> Vec<Variables> {
    const EXPECTED: &str = "a list such as [{ CUDA_VISIBLE_DEVICES = \"0\" }]";
    let Some(node) = reader.node("slots") else {
        return Vec::new();
    };

    let Item::List(items) = &node.item else {
        reader.notes().mismatch("slots", node, EXPECTED);
        return Vec::new();
    };

    let mut slots = Vec::with_capacity(items.len());
    for item in items {
        let Item::Table(entries) = &item.item else {
            reader.notes().mismatch("slots", item, EXPECTED);
            continue;
        };
        let mut variables = Variables::new();
        for entry in entries {
            if entry.key.to_uppercase().starts_with("TUNE_") {
                // They are the trial's: a slot is no input of the outcome.
                let expected = "another name, since `tune` sets those that begin with TUNE_ itself";
                reader.notes().mismatch(&entry.key, &entry.node, expected);
                continue;
            }
            let is_name = |name: &str| !name.is_empty() && !name.contains(['=', '\0']);
            match &entry.node.item {
                Item::Text(value) if is_name(&entry.key) && !value.contains('\0') => {
                    variables.push((entry.key.clone(), value.clone()));
                }
                Item::Int(value) if is_name(&entry.key) => {
                    variables.push((entry.key.clone(), value.to_string()));
                }
                _ => {
                    let expected = "a text, the value of an environment variable";
                    reader.notes().mismatch(&entry.key, &entry.node, expected);
                }
            }
        }
        slots.push(variables);
    }

    slots
}
