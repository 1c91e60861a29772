//! What a person believes before the first trial: priors, defaults and enqueued trials.

use super::{BAYES, RANDOM, Run, bowl, bowl_space, outcome};
use crate::space::{Confidence, Config, Prior, Space, Value};
use crate::trial::Outcome;

fn losses(config: &Config) -> Outcome {
    outcome(Some(bowl(config)))
}

#[test]
fn beliefs_help_when_right_and_are_outgrown_when_wrong() {
    let believed = |rate: f64, b: f64| {
        let mut parameters = bowl_space();
        for (parameter, value) in parameters.iter_mut().zip([rate, b]) {
            parameter.prior = Some(Prior { value: Value::Float(value), confidence: Confidence::Medium });
        }
        Space::new(parameters, &[]).unwrap()
    };
    let after = |space: &Space, n_trials| Run { startup: Some(0), n_trials, ..BAYES }.race(space, &losses, &bowl);
    let none = Space::new(bowl_space(), &[]).unwrap();
    let (right, wrong) = (believed(0.012, 0.68), believed(0.5, 0.05));
    let (with, without) = (after(&right, 4), after(&none, 4));
    assert!(with * 2.0 <= without, "{with} {without}");
    let (outgrown, random) = (after(&wrong, 25), RANDOM.race(&none, &losses, &bowl));
    assert!(outgrown * 5.0 <= random, "{outgrown} {random}");
}

#[test]
fn a_good_default_is_built_upon_and_a_bad_one_does_no_harm() {
    let with_defaults = |values: [f64; 2]| {
        let mut parameters = bowl_space();
        for (parameter, value) in parameters.iter_mut().zip(values) {
            parameter.default = Some(Value::Float(value));
        }
        Space::new(parameters, &[]).unwrap()
    };
    let after = |space: &Space, n_trials| Run { n_trials, ..BAYES }.race(space, &losses, &bowl);
    let none = Space::new(bowl_space(), &[]).unwrap();
    let (good, bad) = (with_defaults([0.015, 0.65]), with_defaults([0.9, 0.0]));
    let (with, without) = (after(&good, 5), after(&none, 5));
    assert!(with * 1.5 <= without, "{with} {without}");
    let (built_upon, misled) = (after(&good, 30), after(&bad, 30));
    let random = RANDOM.race(&none, &losses, &bowl);
    assert!(built_upon.max(misled) * 20.0 <= random, "{built_upon} {misled} {random}");
}

#[test]
fn a_good_trial_enqueued_is_built_upon_and_a_bad_one_does_no_harm() {
    let space = Space::new(bowl_space(), &[]).unwrap();
    let trial =
        |rate, b| space.complete(&[("rate".into(), Value::Float(rate)), ("b".into(), Value::Float(b))]).unwrap();
    let after = |enqueued: &[Config], n_trials| Run { n_trials, enqueued, ..BAYES }.race(&space, &losses, &bowl);
    let (good, bad) = (trial(0.015, 0.65), trial(0.9, 0.0));
    let (with, without) = (after(std::slice::from_ref(&good), 5), after(&[], 5));
    assert!(with * 1.5 <= without, "{with} {without}");
    let later = after(std::slice::from_ref(&good), 12);
    assert!(later * 3.0 <= bowl(&good), "{later} {}", bowl(&good));
    let (misled, random) = (after(&[bad], 30), RANDOM.race(&space, &losses, &bowl));
    assert!(misled * 20.0 <= random, "{misled} {random}");
}
