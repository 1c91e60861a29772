//! A study as it would begin, and its first trials as `run` will propose them, without running one.

use crate::bridge::data::Data;
use crate::file::{Evaluator, StudyFile};
use crate::report::{Failure, Fault};
use crate::subject::Subject;
use std::path::Path;
use tuner::Error;
use tuner::space::Config;
use tuner::store::{MemoryStore, StudyText};
use tuner::study::{Asked, Method, Study};
use tuner::trial::Origin;

/// Reads a space file with what experience expects of it, and the data that the built-in trainer would train on.
///
/// # Errors
/// What is wrong with the file, its data or its experience.
pub fn read(path: &Path) -> Result<(StudyFile, Option<Box<Data>>), Failure> {
    let file = StudyFile::read(path)?;
    if file.evaluator() != Evaluator::Trainer {
        return Ok((file, None));
    }
    let subject = Subject::of(&file)?;
    let file = subject.expecting(file)?;
    Ok((file, subject.into_table()))
}

/// Proposes at most `n` trials, those alone that depend on no result: a model's first proposal ends the list.
///
/// # Errors
/// What the method says of the space, shown where the file says it.
pub fn first_trials(file: &StudyFile, n: usize) -> Result<Vec<(Origin, Config)>, Fault> {
    let located = |error: Error| file.locate(&error);
    let text = StudyText { text: file.text().to_owned(), folder: String::new(), facts: Vec::new() };
    let mut study =
        Study::create(Box::new(MemoryStore::new()), text, file.spec()).map_err(located)?;
    for _ in 0..n.min(n_before_model(file)) {
        match study.ask(0.0).map_err(located)? {
            Asked::Trial(_) => {}
            Asked::Done(_) => break,
        }
    }
    Ok(study.slots().iter().map(|slot| (slot.origin, (*slot.config).clone())).collect())
}

/// Trials that no result enters: for a model, those enqueued, the default one and those of its start.
fn n_before_model(file: &StudyFile) -> usize {
    match file.search.method {
        Method::Grid | Method::Random | Method::Sobol => usize::MAX,
        Method::Bayes | Method::Tpe => {
            let n_preset = file.enqueue.len() + usize::from(file.space.default_config().is_some());
            // What experience alone expects depends on no result either.
            let n_expected = usize::from(file.space.experience().is_some());
            n_preset.max(n_expected).max(usize::try_from(file.startup()).unwrap_or(usize::MAX))
        }
    }
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
        let file = StudyFile::parse("space.toml", text, PathBuf::new()).unwrap();
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
