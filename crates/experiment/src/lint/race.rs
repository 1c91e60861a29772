//! Racing without effect, or with little.

use crate::file::{EpochsKey, Evaluator, SpaceFile};
use crate::report::Fault;

/// With fewer epochs, racing saves hardly anything.
const FEW_EPOCHS: f64 = 8.0;

pub(super) fn warnings(file: &SpaceFile) -> Vec<Fault> {
    let Some(race) = &file.plan.race else { return Vec::new() };
    let mut warnings = Vec::new();
    let folds_act = race.folds && file.plan.n_splits() > 1;
    let knows_epochs = file.plan.evaluator() == Evaluator::Trainer || file.plan.epochs.is_some();
    let epochs_act = knows_epochs && !race.at.is_empty();
    if !folds_act && !epochs_act {
        let message = "[race] has no effect: there is nothing to judge a trial by before its end";
        let hint = if knows_epochs {
            "`folds` above 1 in [cv], or `at` in [race]: shares of the epochs, such as [0.25, 0.5]"
        } else {
            "`epochs` in [objective] says how many a trial has, as a number or by a parameter's name"
        };
        warnings.push(file.document.warning_at(&["race"], message).hint(hint));
    }
    if let Some(few) = most_epochs(file).filter(|n| epochs_act && *n < FEW_EPOCHS) {
        let message =
            format!("with {few} epochs, little is saved by judging a trial inside a fold");
        warnings.push(
            file.document.warning_at(&["race"], message).hint("at = [] judges by folds alone"),
        );
    }
    let trials = file.plan.search.trials.unwrap_or(u64::MAX);
    // A trial is judged only by those that ended before it: with many in parallel, few have.
    if file.plan.search.parallel.saturating_mul(4) >= trials {
        let message = format!(
            "a trial sees too little to be judged: {} trials at once, of {trials}",
            file.plan.search.parallel
        );
        warnings.push(
            file.document.warning_at(&["race"], message).hint("a smaller `parallel` in [search]"),
        );
    }
    if race.after >= trials {
        let message =
            format!("[race] has no effect: `after` is {}, of {trials} trials", race.after);
        warnings.push(file.document.warning_at(&["race", "after"], message));
    }
    warnings
}

/// The most epochs that a trial can have, if it is known.
fn most_epochs(file: &SpaceFile) -> Option<f64> {
    let name = match (&file.plan.epochs, file.plan.evaluator()) {
        (_, Evaluator::Trainer) => "epochs",
        (Some(EpochsKey::Parameter(name)), _) => name,
        (Some(EpochsKey::Number(n)), _) => return Some(f64::from(*n)),
        (None, _) => return None,
    };
    let parameter = &file.plan.space.parameters()[file.plan.space.position(name)?];
    crate::file::fields::edges(parameter)
        .iter()
        .filter_map(|edge| edge.value.as_number())
        .reduce(f64::max)
}
