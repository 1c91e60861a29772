//! The good trials and the others, each smoothed to a density.

use super::super::Request;
use super::kernel::{Grain, Kernel};
use super::mixture::Mixture;
use crate::cast;
use crate::space::{Confidence, Domain, Parameter, Point, Space};
use crate::trial::Entry;
use crate::tuning::tpe::{GOOD_SHARE, MOST_GOOD};

/// Returns the densities of the good trials and of all others. Pending trials are among the others, so that no two are
/// evaluated side by side for nothing, and so are trials that are not ok. None if no result is ok.
pub(super) fn densities(request: &Request<'_>) -> Option<(Mixture, Mixture)> {
    let good = good(request);
    if good.is_empty() {
        return None;
    }
    let entries = request.history.entries();
    let (good_sd, other_sd) = bandwidths(entries.len());
    let (good, others): (Vec<&Entry>, Vec<&Entry>) =
        entries.iter().partition(|entry| good.contains(&entry.number));
    let mixture = |entries: &[&Entry], sd: f64, prior: Vec<Kernel>| {
        // A category's own share is what Laplace's rule of succession leaves it, so that none is ever excluded.
        let own = 1.0 - 1.0 / (entries.len() as f64 + 2.0);
        let component = |entry: &&Entry| {
            component(request.space, &request.space.encode(&entry.config), sd, own)
        };
        Mixture::new(entries.iter().map(component).chain([prior]).collect())
    };
    let even = vec![Kernel::Even; request.space.axes().len()];
    Some((mixture(&good, good_sd, user_priors(request.space)), mixture(&others, other_sd, even)))
}

/// The numbers of the best results, ascending.
fn good(request: &Request<'_>) -> Vec<usize> {
    let results = request.history.results();
    let n_good = cast::floor(libm::ceil(GOOD_SHARE * results.len() as f64).min(MOST_GOOD));
    let mut ok: Vec<(f64, usize)> =
        results.filter_map(|(number, _, outcome)| Some((outcome.mean()?, number))).collect();
    ok.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let mut good: Vec<usize> = ok.into_iter().take(n_good).map(|(_, number)| number).collect();
    good.sort_unstable();
    good
}

/// The standard deviations of the kernels of good trials and of others, after `n` trials: wide at first, when l/g can
/// point in a direction at most, and narrower by the 0.7th power of n. That is faster than the n^(−1/(d+4)) which is best
/// for a density, since trials gather where they are good. Kernels of good trials are a fifth wider, so that l/g falls
/// off slowly from good trials and steeply towards others. Chosen, with the climb, on 13 synthetic functions and 28
/// tuning problems.
fn bandwidths(n: usize) -> (f64, f64) {
    let good = (1.8 * libm::pow(n as f64, -0.7)).clamp(0.05, 1.0);
    (good, good / 1.2)
}

fn component(space: &Space, point: &Point, sd: f64, own: f64) -> Vec<Kernel> {
    let kernel = |axis: usize| match &parameter(space, axis).domain {
        _ if !point.active[axis] => Kernel::Even,
        Domain::Categorical(values) => {
            Kernel::Category { centre: point.coordinates[axis], own, n: values.len() as f64 }
        }
        _ => Kernel::normal(point.coordinates[axis], sd),
    };
    (0..point.coordinates.len()).map(kernel).collect()
}

/// What the person believes of good values, as if it were one good trial: the more results, the less it weighs.
fn user_priors(space: &Space) -> Vec<Kernel> {
    let user_prior = |parameter: &Parameter| {
        let prior = parameter.prior.as_ref()?;
        let centre = parameter.domain.unit(&parameter.domain.admit(&prior.value)?)?;
        let (sd, own) = match prior.confidence {
            Confidence::Low => (0.35, 0.3),
            Confidence::Medium => (0.25, 0.5),
            Confidence::High => (0.15, 0.8),
        };
        Some(match &parameter.domain {
            Domain::Categorical(values) => Kernel::Category { centre, own, n: values.len() as f64 },
            _ => Kernel::normal(centre, sd),
        })
    };
    (0..space.axes().len())
        .map(|axis| user_prior(parameter(space, axis)).unwrap_or(Kernel::Even))
        .collect()
}

/// The grain of each axis.
pub(super) fn grains(space: &Space) -> Vec<Grain> {
    (0..space.axes().len()).map(|axis| Grain::new(&parameter(space, axis).domain)).collect()
}

fn parameter(space: &Space, axis: usize) -> &Parameter {
    &space.parameters()[space.axes()[axis]]
}

#[cfg(test)]
mod tests {
    use super::super::mixture::log_density;
    use super::*;
    use crate::seed::Streams;
    use crate::space::{Prior, Scale, Value};
    use crate::trial::{History, Origin, Outcome, State};
    use std::sync::Arc;

    fn space(prior: Option<Prior>) -> Space {
        let mut x = Parameter::new(
            "x",
            Domain::Float { low: 0.0, high: 1.0, scale: Scale::Linear, step: None },
        );
        x.prior = prior;
        Space::new(vec![x], &[]).unwrap()
    }

    /// The logarithm of l/g at `at`, after trials at i/20 with the losses of `outcome`; none: pending.
    fn quotient(
        space: &Space,
        n: usize,
        outcome: impl Fn(usize) -> Option<Outcome>,
        at: f64,
    ) -> Option<f64> {
        let mut history = History::new();
        for i in 0..n {
            history.push(Arc::new(space.decode(&[(i % 20) as f64 / 20.0])), Origin::Random);
            if let Some(outcome) = outcome(i) {
                history.reveal(i, outcome);
            }
        }
        let request = Request { space, history: &history, streams: Streams::new(0), fitted: &[] };
        let (good, others) = densities(&request)?;
        let cells = [Some(Grain::Fine.cell(at))];
        Some(
            log_density(good.logs(&cells).into_iter())
                - log_density(others.logs(&cells).into_iter()),
        )
    }

    #[expect(clippy::unnecessary_wraps, reason = "a trial of `quotient` may be pending")]
    fn ok(loss: f64) -> Option<Outcome> {
        Some(Outcome { state: State::Ok, losses: [loss].into(), predicted: None })
    }

    #[test]
    fn the_quotient_is_high_near_good_trials_and_low_near_others() {
        let at = |x| quotient(&space(None), 20, |i| ok((i as f64 - 10.0).abs()), x).unwrap();
        assert!(at(0.5) > 0.5 && at(0.5) > at(0.2) && at(0.5) > at(0.8));
        assert!(at(0.1) < 0.0 && at(0.9) < 0.0);
    }

    #[test]
    fn pending_and_failed_trials_are_among_the_others() {
        let failed = || Some(Outcome { state: State::Failed, losses: [].into(), predicted: None });
        let base = |i: usize| ok((i as f64 - 10.0).abs()).filter(|_| i < 20);
        let pending = |x| quotient(&space(None), 25, base, x).unwrap();
        let failing = |x| quotient(&space(None), 25, |i| base(i).or_else(failed), x).unwrap();
        let unseen = |x| quotient(&space(None), 20, base, x).unwrap();
        // Trials 20 to 24 lie at 0 to 0.2.
        assert!(pending(0.1) - pending(0.9) < unseen(0.1) - unseen(0.9));
        assert!(failing(0.1) - failing(0.9) < unseen(0.1) - unseen(0.9));
    }

    #[test]
    fn without_a_result_that_is_ok_there_are_no_densities() {
        let diverged =
            |_| Some(Outcome { state: State::Diverged, losses: [0.1].into(), predicted: None });
        assert_eq!(quotient(&space(None), 20, diverged, 0.5), None);
        assert_eq!(quotient(&space(None), 20, |_| None, 0.5), None);
    }

    #[test]
    fn a_belief_counts_as_one_good_trial() {
        let believed = |x| {
            let prior = Prior { value: Value::Float(0.8), confidence: Confidence::High };
            quotient(&space(Some(prior)), 10, |i| ok(i as f64), x).unwrap()
        };
        let unbelieved = |x| quotient(&space(None), 10, |i| ok(i as f64), x).unwrap();
        assert!(believed(0.8) > unbelieved(0.8) + 0.3 && believed(0.2) < unbelieved(0.2));
    }
}
