//! What experience expects of a study, in words.

use super::table;
use experiment::file::StudyFile;
use experiment::tuner::analysis::prior_importance::prior_importance;

/// Parameters named at most.
const N_NAMED: usize = 5;

/// Says which hyperparameters are expected to matter, in three lines; none without experience.
pub fn in_words(file: &StudyFile) -> Option<String> {
    let shares = prior_importance(&file.space);
    let named: Vec<String> = shares
        .iter()
        .take(N_NAMED)
        .map(|(name, share)| format!("{name} {:.0} %", 100.0 * share.min(1.0)))
        .collect();
    (!named.is_empty()).then(|| {
        format!(
            "experience of other data sets expects that losses will differ because of\n{},\n\
             alone and with others; `knowledge = false` searches without it",
            named.join(", ")
        )
    })
}

/// The configuration that is expected to be best, as the first of a study's trials.
pub fn best(file: &StudyFile) -> Option<String> {
    file.space.experience()?;
    let trials = experiment::preview::first_trials(file, 1 + file.enqueue.len()).ok()?;
    let (_, config) = trials.last()?;
    let named = file.space.named(config).filter(|(name, _)| {
        file.space
            .parameters()
            .iter()
            .any(|parameter| parameter.name == *name && parameter.is_searched())
    });
    Some(
        named
            .map(|(name, value)| format!("{name}={}", table::short(value)))
            .collect::<Vec<_>>()
            .join(" "),
    )
}
