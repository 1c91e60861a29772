//! What experience expects of a study, in words.

use super::table;
use experiment::SpaceFile;
use experiment::preview::{expected_best, expected_importance};

/// Parameters named at most.
const N_NAMED: usize = 5;

/// Says which hyperparameters are expected to matter, in three lines; `None` without experience.
pub fn in_words(file: &SpaceFile) -> Option<String> {
    let named: Vec<String> = expected_importance(file)
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
pub fn best(file: &SpaceFile) -> Option<String> {
    let values = expected_best(file)?;
    let shown: Vec<String> =
        values.iter().map(|(name, value)| format!("{name}={}", table::short(value))).collect();
    Some(shown.join(" "))
}
