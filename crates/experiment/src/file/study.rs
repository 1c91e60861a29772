//! `[study]` and `[search]`: the study's name and metric, and how it proposes trials.

use super::keys::{SEARCH, STUDY};
use super::reader::{Notes, Reader};
use super::tree::Node;
use crate::report::{Source, is_invisible, printable, quoted};
use std::path::Path;
use tuner::study::Method;
use tuner::trial::Direction;

/// The largest integer of TOML.
const MOST: u64 = i64::MAX as u64;

/// `[study]`.
#[derive(Clone, Debug)]
pub struct StudySection {
    /// Seed of the proposals; default 0.
    pub seed: u64,
    /// The metric that ranks trials; `None` means the task's default.
    pub metric: Option<String>,
    /// The direction of optimisation; default: minimize.
    pub direction: Direction,
}

/// Prior knowledge about hyperparameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Knowledge {
    /// No warm start.
    None,
    /// First guesses and experience shipped with the trainer.
    Trainer,
    /// First guesses of the trainer, and experience from this file.
    File(String),
}

impl Knowledge {
    fn of(given: Result<bool, String>) -> Self {
        match given {
            Ok(false) => Self::None,
            Ok(true) => Self::Trainer,
            Err(path) => Self::File(path),
        }
    }
}

/// `[search]`.
#[derive(Clone, Debug)]
pub struct SearchSection {
    /// The search method; default: bayes.
    pub method: Method,
    /// Total number of trials; `None` means the size of the grid.
    pub trials: Option<u64>,
    /// Number of trials under way at once; default 4.
    pub parallel: u64,
    /// Size of the initial design; `None` means the method's default.
    pub startup: Option<u64>,
    /// Prior knowledge about hyperparameters; default: the trainer's.
    pub knowledge: Knowledge,
}

/// Reads the study's name and `[study]`.
pub(super) fn study(node: Option<&Node>, notes: &mut Notes) -> (String, StudySection) {
    let mut section = StudySection { seed: 0, metric: None, direction: Direction::Minimize };
    let mut given = None;
    if let Some(node) = node {
        let mut reader = Reader::open(&STUDY, &["study"], node, notes);
        given = reader.text("name");
        section.seed = reader.count("seed", 0..=MOST).unwrap_or(0);
        section.metric = reader.text("metric");
        let directions = [("minimize", Direction::Minimize), ("maximize", Direction::Maximize)];
        section.direction = reader.choice("direction", &directions).unwrap_or(section.direction);
    }

    // The name becomes a folder, so it is checked even if it comes from the file's name.
    let name = given.unwrap_or_else(|| stem(&notes.source));
    if let Some(reason) = unsafe_as_folder(&name) {
        let message = format!("the study's name {} cannot name a folder: {reason}", quoted(&name));
        let fault = notes.error_at(&["study", "name"], message);
        notes.push(fault.hint("give it another: [study] name = \"…\""));
    }

    (name, section)
}

pub(super) fn search(node: Option<&Node>, notes: &mut Notes) -> SearchSection {
    let mut section = SearchSection {
        method: Method::BAYES,
        trials: None,
        parallel: 4,
        startup: None,
        knowledge: Knowledge::Trainer,
    };

    let Some(node) = node else { return section };
    let mut reader = Reader::open(&SEARCH, &["search"], node, notes);
    let methods = Method::ALL.map(|method| (method.name(), method));
    section.method = reader.choice("method", &methods).unwrap_or(section.method);
    section.trials = reader.count("trials", 1..=MOST);
    section.parallel = reader.count("parallel", 1..=1024).unwrap_or(section.parallel);
    section.startup = reader.count("startup", 0..=MOST);
    section.knowledge = reader.flag_or_text("knowledge").map_or(section.knowledge, Knowledge::of);

    section
}

fn stem(source: &Source) -> String {
    Path::new(&source.name)
        .file_stem()
        .map(|stem| stem.to_string_lossy().into_owned())
        .unwrap_or_default()
}

/// Returns why a name is not safe as a folder name on every system; `None` if it is.
fn unsafe_as_folder(name: &str) -> Option<String> {
    const DEVICES: [&str; 4] = ["CON", "PRN", "AUX", "NUL"];
    const FORBIDDEN: &str = "/\\:*?\"<>|";

    // Windows takes `con.2024` for the device as well, in upper or lower case and with blanks
    // before the dot.
    let device = name.split('.').next().unwrap_or_default().trim_end().to_uppercase();
    let is_port = ["COM", "LPT"].iter().any(|port| {
        device
            .strip_prefix(port)
            .is_some_and(|n| n.len() == 1 && n.bytes().all(|b| b.is_ascii_digit() && b != b'0'))
    });

    if name.trim().is_empty() {
        Some("it is empty".to_owned())
    } else if name.len() > 100 {
        Some(format!("it has {} bytes, at most 100 are allowed", name.len()))
    } else if let Some(c) = name.chars().find(|c| FORBIDDEN.contains(*c) || is_invisible(*c)) {
        Some(format!("it holds '{}'", printable(&c.to_string())))
    } else if name.starts_with('-')
        || name.starts_with(' ')
        || name.ends_with(' ')
        || name.ends_with('.')
    {
        Some("it begins with a hyphen or a space, or ends with a dot or a space".to_owned())
    } else if std::path::Path::new(name)
        .extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case("toml"))
    {
        // Commands take a study by name or a file by path, and tell them apart by the ending.
        Some("what ends in .toml is taken for a file".to_owned())
    } else if DEVICES.contains(&device.as_str()) || is_port {
        Some(format!("{device} is a device on Windows"))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::unsafe_as_folder;

    #[test]
    fn names_that_no_folder_can_have_are_refused() {
        for name in [
            "",
            " ",
            ".",
            "..",
            "a/b",
            "a\\b",
            "nul",
            "NUL.txt",
            "com1",
            "a\0b",
            "x.toml",
            "-x",
            "a.",
            "a\nb",
            "a\u{202e}b",
        ] {
            assert!(unsafe_as_folder(name).is_some(), "{name:?}");
        }
        assert!(unsafe_as_folder(&"x".repeat(101)).is_some());
        for name in ["digits", "digits 2", "ünï", "a.b", "com", "com10", "console", ".hidden"] {
            assert_eq!(unsafe_as_folder(name), None, "{name:?}");
        }
    }
}
