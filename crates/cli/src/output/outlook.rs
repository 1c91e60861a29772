//! What the learned prior mean expects of a study, as text.

use super::table;
use experiment::SpaceFile;
use experiment::preview::{expected_best, expected_importance};

/// The most parameters named.
const N_NAMED: usize = 5;

/// States which hyperparameters are expected to matter, in three lines; `None` without a learned
/// prior mean.
pub fn in_words(file: &SpaceFile) -> Option<String> {
    let named: Vec<String> = expected_importance(file)
        .iter()
        .take(N_NAMED)
        .map(|(name, share)| format!("{name} {:.0} %", 100.0 * share.min(1.0)))
        .collect();

    (!named.is_empty()).then(|| {
        format!(
            "largest effects expected by the prior mean learned on other data sets:\n{}\n\
             (total effects); `knowledge = false` searches without it",
            named.join(", ")
        )
    })
}

/// The configuration that is expected to be best, as a study's first trial.
pub fn best(file: &SpaceFile) -> Option<String> {
    let values = expected_best(file)?;
    let shown: Vec<String> =
        values.iter().map(|(name, value)| format!("{name}={}", table::short(value))).collect();
    Some(shown.join(" "))
}
