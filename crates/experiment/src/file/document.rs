//! A space file as text, with the position of each key.

use super::space;
use super::spans::Spans;
use crate::report::{Fault, Source};
use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tuner::Error;

/// The text of a space file and the positions of its keys, so that later faults are shown at their
/// line.
#[derive(Clone, Debug)]
pub struct Document {
    source: Arc<Source>,
    /// The absolute folder to which the file's paths are relative, and in which its commands run.
    pub folder: PathBuf,
    spans: Spans,
}

impl Document {
    pub(super) fn new(source: Arc<Source>, folder: PathBuf, spans: Spans) -> Self {
        Self { source, folder, spans }
    }

    /// The text as written.
    pub fn text(&self) -> &str {
        &self.source.text
    }

    /// Returns the name by which the user knows the file: its path as given.
    pub fn name(&self) -> &str {
        &self.source.name
    }

    /// Returns the absolute path for a path in the file.
    pub fn resolve(&self, path: impl AsRef<Path>) -> PathBuf {
        self.folder.join(path)
    }

    /// Whether the file contains exactly the key at `path`.
    pub fn holds(&self, path: &[&str]) -> bool {
        self.spans.holds(path)
    }

    /// An error at the value of a key such as `data.path`, or at the nearest table around it.
    pub fn fault_at(&self, dotted: &str, message: impl Display) -> Fault {
        let path: Vec<&str> = dotted.split('.').collect();
        self.error_at(&path, message)
    }

    /// As [`fault_at`](Self::fault_at), by the parts of the path, since names of parameters may
    /// contain dots.
    pub(crate) fn error_at(&self, path: &[&str], message: impl Display) -> Fault {
        self.place(Fault::error(message), path)
    }

    /// Shows a fault at the value at `path`, or at the nearest table around it.
    pub fn place(&self, fault: Fault, path: &[&str]) -> Fault {
        self.spans.place(fault, &self.source, path, |spot| &spot.value)
    }

    /// A warning at the key at `path`.
    pub(crate) fn warning_at(&self, path: &[&str], message: impl Display) -> Fault {
        self.spans.place(Fault::warning(message), &self.source, path, |spot| &spot.key)
    }

    /// A warning at the value at `path`.
    pub(crate) fn warning_at_value(&self, path: &[&str], message: impl Display) -> Fault {
        self.spans.place(Fault::warning(message), &self.source, path, |spot| &spot.value)
    }

    /// Shows an error of the engine at the line that caused it.
    pub(crate) fn locate(&self, error: &Error) -> Fault {
        space::locate(error, &self.source, &self.spans)
    }
}
