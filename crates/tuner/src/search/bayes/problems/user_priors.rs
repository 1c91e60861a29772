//! Knowledge before the first trial: user priors, defaults, enqueued trials and learned prior
//! means.

use super::{BAYES, RANDOM, Run, bowl, bowl_space, outcome};
use crate::prior::{Curve, LossScale, Noise, PriorMean, RampScale, Term, Variable};
use crate::space::{Confidence, Config, Prior, Space, Value};
use crate::trial::Outcome;

fn losses(config: &Config) -> Outcome {
    outcome(Some(bowl(config)))
}

#[test]
fn user_priors_help_when_right_and_are_overridden_when_wrong() {
    let believed = |rate: f64, b: f64| {
        let mut parameters = bowl_space();
        for (parameter, value) in parameters.iter_mut().zip([rate, b]) {
            parameter.prior =
                Some(Prior { value: Value::Float(value), confidence: Confidence::Medium });
        }
        Space::new(parameters, &[]).unwrap()
    };

    let after = |space: &Space, n_trials| {
        Run { startup: Some(0), n_trials, ..BAYES }.race(space, &losses, &bowl)
    };
    let none = Space::new(bowl_space(), &[]).unwrap();
    let (right, wrong) = (believed(0.012, 0.68), believed(0.5, 0.05));
    let (with, without) = (after(&right, 4), after(&none, 4));
    assert!(with * 2.0 <= without, "{with} {without}");
    let (outgrown, random) = (after(&wrong, 25), RANDOM.race(&none, &losses, &bowl));

    assert!(outgrown * 5.0 <= random, "{outgrown} {random}");
}

/// A bowl whose learned prior mean has its minimum at these values of the ramps of the rate (0.2 in
/// truth) and of the other parameter (0.4).
fn expected_at(rate: f64, b: f64) -> PriorMean {
    let ramp = |name: &str, scale, low| Variable {
        parameter: name.to_owned(),
        curve: Curve::Ramp { scale, low, high: 1.0 },
        absent: 0.0,
    };

    let term =
        |coefficient: f64, factors: &[usize]| Term { coefficient, factors: factors.to_vec() };
    PriorMean {
        variables: vec![ramp("rate", RampScale::Log, 1e-5), ramp("b", RampScale::Linear, 0.0)],
        terms: vec![
            term(2.0, &[0, 0]),
            term(-4.0 * rate, &[0]),
            term(1.0, &[1, 1]),
            term(-2.0 * b, &[1]),
            term(2.0 * rate * rate + b * b - 2.0, &[]),
        ],
        scale: LossScale {
            spread: 1.0,
            spread_sd: 1.0,
            noise: Noise { mean: -3.0, sd: 2.0 },
            residual: 0.4,
            reference: Some((5.0, 0.5)),
        },
        length: 0.2,
    }
}

#[test]
fn a_learned_mean_helps_when_right_and_is_overridden_when_wrong() {
    let above_zero = |config: &Config| outcome(Some(0.05 + bowl(config)));
    let space = Space::new(bowl_space(), &[]).unwrap();
    let after = |prior_mean: Option<&PriorMean>, n_trials| {
        let run = Run { startup: Some(0), n_trials, prior_mean, ..BAYES };
        run.race(&space, &above_zero, &bowl)
    };
    let (with, without) = (after(Some(&expected_at(0.25, 0.35)), 3), after(None, 6));
    assert!(with * 3.0 <= without, "{with} {without}");
    let (outgrown, random) =
        (after(Some(&expected_at(-0.6, -0.8)), 25), RANDOM.race(&space, &above_zero, &bowl));
    assert!(outgrown * 5.0 <= random, "{outgrown} {random}");
}

#[test]
fn a_learned_mean_always_leads_to_new_trials() {
    let space = Space::new(bowl_space(), &[]).unwrap();
    let learned = expected_at(0.2, 0.4);
    let run =
        Run { startup: Some(0), n_trials: 15, parallel: 4, prior_mean: Some(&learned), ..BAYES };
    for losses in [None, Some(0.3), Some(-2.0), Some(0.0), Some(1e300), Some(1e-300)] {
        let history = run.history(&space, &|_| outcome(losses), 1);
        assert_eq!(history.len(), 15, "{losses:?}");
    }
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
    let trial = |rate, b| {
        space
            .complete(&[("rate".into(), Value::Float(rate)), ("b".into(), Value::Float(b))])
            .unwrap()
    };

    let after = |enqueued: &[Config], n_trials| {
        Run { n_trials, enqueued, ..BAYES }.race(&space, &losses, &bowl)
    };
    let (good, bad) = (trial(0.015, 0.65), trial(0.9, 0.0));
    let (with, without) = (after(std::slice::from_ref(&good), 5), after(&[], 5));
    assert!(with * 1.5 <= without, "{with} {without}");
    let later = after(std::slice::from_ref(&good), 12);
    assert!(later * 3.0 <= bowl(&good), "{later} {}", bowl(&good));
    let (misled, random) = (after(&[bad], 30), RANDOM.race(&space, &losses, &bowl));

    assert!(misled * 20.0 <= random, "{misled} {random}");
}
