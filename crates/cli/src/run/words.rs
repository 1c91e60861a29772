//! The first and last lines of a run.

use crate::output::layout::{Hang, width, wrapped};
use crate::report::count;
use experiment::Experiment;
use experiment::tuner::study::{Ending, FAILURES_FROM_START, Finish, Study};

/// Describes what will be evaluated, and what is already recorded.
pub fn opening(held: &Experiment) -> String {
    let (study, spec) = (&held.study, held.study.spec());
    let total = study.total_with_manual();
    let trials = total.map_or_else(|| "unlimited trials".to_owned(), |t| count(t, "trial"));

    let splits = count(spec.n_splits as u64, "fold");
    let mut text = format!(
        "study `{}`: {} search, {trials} of {splits}",
        held.file.plan.name,
        spec.method.name()
    );

    let found = study.trials_ended() as u64;
    let n_folds = study.n_results();
    if n_folds == 0 {
        // Only at the beginning of a study: later proposals rest on its own results as well.
        if spec.prior_mean.is_some() {
            text.push_str(
                "\nwarm-started by a prior mean learned on other data sets; `knowledge = false` turns it off",
            );
        }
    } else if total == Some(found) {
        text.push_str("\nall of them are done");
        if held.file.plan.search.trials.is_some() {
            text.push_str("; raise `trials` to continue");
        }
    } else {
        let (trials, folds) = (count(found, "trial"), count(n_folds, "fold"));
        text.push_str(&format!("\ncontinuing after {trials} and {folds}"));
    }

    text.extend(held.change.as_ref().map(|change| format!("\n{change}")));
    wrapped(&text, width(), Hang(2))
}

/// Describes how the run ended, and how to continue.
pub fn closing(finish: Finish, study: &Study) -> String {
    let ending = match finish {
        Finish::Interrupted => return "interrupted; run the same command to continue".to_owned(),
        Finish::Done(ending) => ending,
    };

    match ending {
        Ending::Total => "done".to_owned(),
        Ending::Exhausted => "done: every configuration of the space was tried".to_owned(),
        Ending::Target => "done: the target is reached".to_owned(),
        Ending::MultiplyAdds => {
            "done: the trials have used the multiply-adds of [stop] multiply_adds".to_owned()
        }
        Ending::Patience => "done: no improvement for [stop] patience trials".to_owned(),
        Ending::Gain => "done: the expected gain of the next trial is below [stop] gain".to_owned(),
        Ending::OutOfTime(seconds) => format!("done: out of time after {seconds:.0} s"),
        Ending::Failing => {
            // The first reason is enough: the same mistake usually fails them all.
            let first = study.trial(0).map(|t| t.reason().to_owned()).unwrap_or_default();
            format!(
                "stopped: the first {FAILURES_FROM_START} trials all failed. First reason: {first}\nFix it, then \
                 start again with `tune run FILE --fresh`, or let one `tune try` succeed to continue"
            )
        }
    }
}
