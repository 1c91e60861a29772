//! The parts of a new space file, and how they are written.

use crate::file::{key, literal};
use crate::report::printable;

/// A space file made from another tuner's.
#[derive(Clone, Debug)]
pub struct Imported {
    /// The text of the space file, with the notes at its head.
    pub text: String,
    /// What has no equivalent, or was guessed.
    pub notes: Vec<String>,
    /// The losses of the trials that the file enqueues, in their order.
    pub losses: Vec<f64>,
}

/// The parts of a space file.
#[derive(Default)]
pub(super) struct Draft {
    /// The origin of the space, for the first line of the file.
    pub(super) source: String,
    pub(super) name: Option<String>,
    pub(super) metric: Option<String>,
    pub(super) is_maximised: bool,
    pub(super) command: Vec<String>,
    /// As in `[search] method`; the default is bayes.
    pub(super) method: Option<&'static str>,
    pub(super) trials: Option<u64>,
    /// Names with their definitions as TOML.
    pub(super) space: Vec<(String, String)>,
    /// Configurations and, if known, their losses in the same order.
    pub(super) enqueue: Vec<Vec<(String, String)>>,
    pub(super) losses: Vec<f64>,
    pub(super) notes: Vec<String>,
}

impl Draft {
    /// Adds a note, once.
    pub(super) fn note(&mut self, note: impl Into<String>) {
        let note = printable(&note.into());
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    /// Names the study, if the name can be that of a folder.
    pub(super) fn call(&mut self, name: &str) {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        if !name.is_empty() && name.len() <= 64 && name.chars().all(is_plain) {
            self.name = Some(name.to_owned());
        } else if !name.is_empty() {
            self.note(format!(
                "{name:?} cannot be the name of a folder: the study is named after its file"
            ));
        }
    }

    pub(super) fn finish(self) -> Imported {
        let mut text = format!("# From {}, by `tune import`.\n", printable(&self.source));
        for note in &self.notes {
            text.push_str(&format!("# note: {note}\n"));
        }

        let study: Vec<String> = [
            self.name.as_ref().map(|name| format!("name = {}", literal(name))),
            self.metric.as_ref().map(|metric| format!("metric = {}", literal(metric))),
            self.is_maximised.then(|| "direction = \"maximize\"".to_owned()),
        ]
        .into_iter()
        .flatten()
        .collect();
        if !study.is_empty() {
            text.push_str(&format!("\n[study]\n{}\n", study.join("\n")));
        }

        if !self.command.is_empty() {
            let words: Vec<String> = self.command.iter().map(|word| literal(word)).collect();
            text.push_str(&format!("\n[objective]\ncommand = [{}]\n", words.join(", ")));
        }

        text.push_str(&format!("\n[search]\nmethod = \"{}\"\n", self.method.unwrap_or("bayes")));
        if let Some(trials) = self.trials {
            text.push_str(&format!("trials = {trials}\n"));
        }

        text.push_str("\n[space]\n");
        let lines = |pairs: &[(String, String)]| -> String {
            pairs.iter().map(|(name, value)| format!("{} = {value}\n", key(name))).collect()
        };
        text.push_str(&lines(&self.space));
        for config in &self.enqueue {
            text.push_str(&format!("\n[[enqueue]]\n{}", lines(config)));
        }

        Imported { text, notes: self.notes, losses: self.losses }
    }
}

/// A float as TOML.
pub(super) fn float(value: f64) -> String {
    format!("{value:?}")
}

/// A float or int parameter from `low` to `high`.
pub(super) fn range(kind: &str, low: &str, high: &str, further: &[String]) -> String {
    let further: String = further.iter().map(|part| format!(", {part}")).collect();
    format!("{{ type = \"{kind}\", low = {low}, high = {high}{further} }}")
}

/// A parameter of listed values, written as TOML.
pub(super) fn listed(kind: &str, values: &[String], further: &[String]) -> String {
    let further: String = further.iter().map(|part| format!(", {part}")).collect();
    format!("{{ type = \"{kind}\", values = [{}]{further} }}", values.join(", "))
}
