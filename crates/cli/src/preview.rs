//! The first trials of a study as `run` will propose them, without running one.

use crate::file::StudyFile;
use crate::report::Fault;
use tuner::Error;
use tuner::space::Config;
use tuner::store::{MemoryStore, StudyText};
use tuner::study::{Asked, Method, Study};
use tuner::trial::Origin;

/// Proposes at most `n` trials, those alone that depend on no result: a model's first proposal ends the list.
///
/// # Errors
/// What the method says of the space, shown where the file says it.
pub fn first_trials(file: &StudyFile, n: usize) -> Result<Vec<(Origin, Config)>, Fault> {
    let located = |error: Error| file.locate(&error);
    let text = StudyText { text: file.text().to_owned(), folder: String::new(), facts: Vec::new() };
    let mut study = Study::create(Box::new(MemoryStore::new()), text, file.spec()).map_err(located)?;
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
            n_preset.max(usize::try_from(file.search.startup).unwrap_or(usize::MAX))
        }
    }
}
