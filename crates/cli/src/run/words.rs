//! The lines around a run: what is about to be evaluated, and how it ended.

use crate::report::count;
use experiment::Experiment;
use experiment::tuner::study::{Ending, FAILURES_FROM_START, Finish, Study};

/// What is about to be evaluated, and what of it is on record.
pub fn opening(held: &Experiment) -> String {
    let (study, spec) = (&held.study, held.study.spec());
    let total = study.total_with_manual();
    let trials = total.map_or_else(|| "trials without end".to_owned(), |t| count(t, "trial"));
    let splits = count(spec.n_splits as u64, "fold");
    let mut text = format!(
        "study `{}`: {} search, {trials} of {splits}",
        held.file.plan.name,
        spec.method.name()
    );
    let found = study.trials_ended() as u64;
    let n_folds = study.n_results();
    if n_folds == 0 {
        if spec.prior_mean.is_some() {
            text.push_str(
                "\nexperience of other data sets leads it; `knowledge = false` switches that off",
            );
        }
    } else if total == Some(found) {
        text.push_str("\nall of them are on record");
        if held.file.plan.search.trials.is_some() {
            text.push_str("; a larger `trials` goes on");
        }
    } else {
        let (trials, folds) = (count(found, "trial"), count(n_folds, "fold"));
        text.push_str(&format!("\ngoing on after {trials} and {folds} on record"));
    }
    text.extend(held.change.as_ref().map(|change| format!("\n{change}")));
    text
}

/// How the run ended, and what goes on from there.
pub fn closing(finish: Finish, study: &Study) -> String {
    let ending = match finish {
        Finish::Interrupted => return "interrupted; the same command goes on".to_owned(),
        Finish::Done(ending) => ending,
    };
    match ending {
        Ending::Total => "done".to_owned(),
        Ending::Exhausted => "done: every configuration of the space was tried".to_owned(),
        Ending::Target => "done: the target is reached".to_owned(),
        Ending::MultiplyAdds => {
            "done: the trials have taken the multiply-adds that [stop] multiply_adds allows"
                .to_owned()
        }
        Ending::Patience => "done: no gain for as many trials as [stop] patience allows".to_owned(),
        Ending::Gain => {
            "done: the model expects less of the next trial than [stop] gain asks for".to_owned()
        }
        Ending::OutOfTime(seconds) => format!("done: out of time after {seconds:.0} s"),
        Ending::Failing => {
            let first = study.trial(0).map(|t| t.reason().to_owned()).unwrap_or_default();
            format!(
                "stopped: the first {FAILURES_FROM_START} trials all failed; the first with: {first}\nonce that is mended, \
                 `tune run --fresh` begins anew; or `tune try` one: after a success the study goes on"
            )
        }
    }
}
