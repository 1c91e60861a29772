//! The method `tpe`.

use super::super::sobol::Sobol;
use super::super::unseen::Unseen;
use super::super::{Description, Model, Request, Sampler, Suggestion};
use super::explain::explain;
use super::groups::{densities, grains};
use super::kernel::Grain;
use super::quotient::Quotient;
use crate::error::Error;
use crate::space::{Config, Space};
use crate::trial::Origin;
use crate::view::Reasoning;

/// The method `tpe`.
pub(in crate::search) const METHOD: Description = Description {
    name: "tpe",
    model: Some(Model { startup: 10, expects_gain: false, takes_prior_mean: false }),
    is_exhaustive: false,
    build: |setup| Ok(Box::new(Tpe::new(setup.space, setup.startup))),
};

/// Search by tree-structured Parzen estimators, after an initial Sobol design.
#[derive(Debug)]
pub(crate) struct Tpe {
    startup: u64,
    start: Sobol,
    grains: Vec<Grain>,
    unseen: Unseen,
}

impl Tpe {
    /// Creates the sampler; the first `startup` trials (without manual ones), and any before a
    /// result is ok, are proposed without the estimators.
    pub fn new(space: &Space, startup: u64) -> Self {
        Self { startup, start: Sobol::new(space), grains: grains(space), unseen: Unseen::default() }
    }
}

impl Sampler for Tpe {
    /// Proposes in time linear in the number of trials; if all candidates were tried before or
    /// break a constraint, draws independently.
    fn propose(&mut self, request: &Request<'_>) -> Result<Option<Suggestion>, Error> {
        let is_started = request.history.n_started() >= self.startup;
        let Some((good, others)) = is_started.then(|| densities(request)).flatten() else {
            let start = self.start.propose(request)?;
            return Ok(start.map(|suggestion| Suggestion { origin: Origin::Startup, ..suggestion }));
        };

        let mut rng = request.rng();
        let config =
            match (Quotient { request, grains: &self.grains, good, others }).climb(&mut rng) {
                Some(config) => Some(config),
                None => self.unseen.draw(request, &mut rng)?,
            };

        Ok(config.map(|config| Suggestion { config, origin: Origin::Model, fitted: Vec::new() }))
    }

    fn explain(&self, request: &Request<'_>, config: &Config, _: Option<f64>) -> Option<Reasoning> {
        explain(request, config).map(Reasoning::Contrast)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::conformance;

    #[test]
    fn search_by_parzen_estimators_keeps_the_contract() {
        let mut make = |space: &Space| -> Box<dyn Sampler> { Box::new(Tpe::new(space, 5)) };
        conformance::check(&mut make, 30);
        let mut without_startup =
            |space: &Space| -> Box<dyn Sampler> { Box::new(Tpe::new(space, 0)) };
        conformance::check(&mut without_startup, 10);
    }
}
