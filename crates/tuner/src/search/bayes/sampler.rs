//! The sampler: the initial design, then the steps of a proposal.

use super::decision::{Situation, decide};
use super::surrogate::{self, Capacity, Surrogate};
use super::{explain, gain};
use crate::error::Error;
use crate::prior::MeanFunction;
use crate::search::sobol::Sobol;
use crate::search::unseen::Unseen;
use crate::search::{Description, Model, Request, Sampler, Setup, Suggestion};
use crate::space::Config;
use crate::trial::Origin;
use crate::view::Reasoning;

/// The method `bayes`.
pub(in crate::search) const METHOD: Description = Description {
    name: "bayes",
    model: Some(Model { startup: 4, expects_gain: true, takes_prior_mean: true }),
    is_exhaustive: false,
    build: |setup| Ok(Box::new(Bayes::new(setup))),
};

/// Search by a Gaussian process, after an initial Sobol design.
#[derive(Debug)]
pub struct Bayes {
    startup: u64,
    pub(super) capacity: Capacity,
    /// The prior mean of the space, built once, since that takes as long as a hundred candidates.
    pub(super) mean_function: MeanFunction,
    start: Sobol,
    unseen: Unseen,
}

impl Bayes {
    /// Creates the sampler. The first `startup` trials (without manual ones) are proposed without
    /// the surrogate, and so are later ones until one has a loss: without losses the bound would
    /// lead from corner to corner. With `startup` 0 the surrogate proposes from the beginning.
    ///
    /// One loss is enough, although others are under way: where four trials are under way at a time
    /// and the surrogate waited for four losses, the initial design had seven trials, and regret
    /// after 5 to 15 trials was higher by a tenth.
    pub fn new(setup: &Setup<'_>) -> Self {
        Self::with_capacity(setup, Capacity::default())
    }

    /// Creates the sampler with a limit on the number of results that the surrogate uses.
    pub fn with_capacity(setup: &Setup<'_>, capacity: Capacity) -> Self {
        Self {
            startup: setup.startup,
            capacity,
            mean_function: MeanFunction::new(setup.space, setup.prior_mean),
            start: Sobol::new(setup.space),
            unseen: Unseen::default(),
        }
    }
}

impl Sampler for Bayes {
    fn propose(&mut self, request: &Request<'_>) -> Result<Option<Suggestion>, Error> {
        let has_loss = || request.history.results().any(|(_, _, o)| o.mean().is_some());
        let is_start =
            request.history.n_started() < self.startup || (self.startup > 0 && !has_loss());
        if request.space.axes().is_empty() || is_start {
            let start = self.start.propose(request)?;
            return Ok(start.map(|suggestion| Suggestion { origin: Origin::Startup, ..suggestion }));
        }

        let surrogate = Surrogate::new(request, &self.mean_function, self.capacity);
        let (fit, fitted) = surrogate.fit(request.fitted);
        let situation = Situation::new(&surrogate, request, &surrogate.known(&fit), &fit);
        let config = match decide(&situation, request) {
            Some(decision) => Some(decision.config),
            None => self.unseen.draw(request, &mut request.rng())?,
        };

        Ok(config.map(|config| Suggestion { config, origin: Origin::Model, fitted }))
    }

    fn accepts(&self, fitted: &[f64]) -> bool {
        surrogate::Fit::is_sane(fitted)
    }

    fn expected_gain(&self, request: &Request<'_>, config: &Config) -> Option<f64> {
        let surrogate = Surrogate::new(request, &self.mean_function, self.capacity);
        gain::gain(&surrogate, request, config)
    }

    fn explain(
        &self,
        request: &Request<'_>,
        config: &Config,
        observed: Option<f64>,
    ) -> Option<Reasoning> {
        let surrogate = Surrogate::new(request, &self.mean_function, self.capacity);
        let forecast = explain::explain(&surrogate, request, config, observed)?;
        Some(Reasoning::Forecast(Box::new(forecast)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prior::{Curve, LossScale, Noise, PriorMean, RampScale, Term, Variable};
    use crate::search::conformance;
    use crate::seed::Streams;
    use crate::space::{Domain, Parameter, Scale, Space};
    use crate::trial::{History, Outcome, State};
    use std::sync::Arc;

    #[test]
    fn bayesian_search_keeps_the_contract() {
        let mut make =
            |space: &Space| -> Box<dyn Sampler> { Box::new(Bayes::new(&Setup::new(space, 5))) };
        conformance::check(&mut make, 12);
        let mut without_startup =
            |space: &Space| -> Box<dyn Sampler> { Box::new(Bayes::new(&Setup::new(space, 0))) };
        conformance::check(&mut without_startup, 6);
    }

    #[test]
    fn the_surrogate_proposes_from_the_first_loss_on_while_others_are_under_way() {
        let range = Domain::Float { low: 0.0, high: 1.0, scale: Scale::Linear, step: None };
        let space = Space::new(vec![Parameter::new("x", range)], &[]).unwrap();
        let mut bayes = Bayes::new(&Setup::new(&space, 3));
        let mut history = History::new();
        let mut propose = |history: &mut History| {
            let streams = Streams::new(4);
            let request = Request { space: &space, history, streams, fitted: &[] };
            let Suggestion { config, origin, .. } = bayes.propose(&request).unwrap().unwrap();
            history.push(Arc::new(config), origin);
            origin
        };

        let mut origins: Vec<Origin> = (0..4).map(|_| propose(&mut history)).collect();
        // A trial without a loss teaches the surrogate nothing.
        let failed = Outcome { state: State::Failed, losses: [].into(), predicted: None };
        history.reveal(1, failed);
        origins.push(propose(&mut history));
        history.reveal(0, Outcome { state: State::Ok, losses: [0.3].into(), predicted: None });
        origins.push(propose(&mut history));
        assert_eq!(origins, [[Origin::Startup; 5].as_slice(), &[Origin::Model]].concat());
    }

    #[test]
    fn a_prior_mean_of_huge_terms_leads_somewhere() {
        let range = Domain::Float { low: 0.0, high: 1.0, scale: Scale::Linear, step: None };
        let terms = vec![Term { coefficient: 1e12, factors: vec![0] }; 1000];
        let learned = PriorMean {
            variables: vec![Variable {
                parameter: "x".into(),
                curve: Curve::Ramp { scale: RampScale::Linear, low: 0.0, high: 1.0 },
                absent: 0.0,
            }],
            terms,
            scale: LossScale {
                spread: 1.0,
                spread_sd: 1.0,
                noise: Noise { mean: -4.0, sd: 1.0 },
                residual: 0.1,
                reference: None,
            },
            length: 0.0,
        };
        let space = Space::new(vec![Parameter::new("x", range)], &[]).unwrap();
        let setup = Setup { prior_mean: Some(&learned), ..Setup::new(&space, 0) };
        let mut history = History::new();
        for trial in 0..6 {
            let request =
                Request { space: &space, history: &history, streams: Streams::new(1), fitted: &[] };
            let suggestion = Bayes::new(&setup).propose(&request).unwrap().unwrap();
            history.push(Arc::new(suggestion.config), suggestion.origin);
            history.reveal(
                trial,
                Outcome { state: State::Ok, losses: [1.0 + trial as f64].into(), predicted: None },
            );
        }
    }

    #[test]
    fn stored_parameters_out_of_all_bounds_are_refused() {
        let sampler = Bayes::new(&Setup::new(&conformance_space(), 0));
        assert!(sampler.accepts(&[0.1, -3.0, 0.2, -9.0, 1.0]));
        for value in [f64::NAN, f64::INFINITY, 1e3, -1e300] {
            assert!(!sampler.accepts(&[0.1, value, 0.2, -9.0, 1.0]), "{value}");
        }
    }

    fn conformance_space() -> Space {
        let range = Domain::Float { low: 0.0, high: 1.0, scale: Scale::Linear, step: None };
        Space::new(vec![Parameter::new("x", range)], &[]).unwrap()
    }
}
