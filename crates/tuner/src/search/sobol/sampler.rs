//! The method `sobol`: its k-th proposal is point k of the sequence.

use super::super::unseen::Unseen;
use super::super::{Description, Request, Sampler, Suggestion};
use super::sequence::Sequence;
use crate::error::Error;
use crate::space::Space;
use crate::trial::Origin;

/// The method `sobol`.
pub(in crate::search) const METHOD: Description = Description {
    name: "sobol",
    model: None,
    is_exhaustive: false,
    build: |setup| Ok(Box::new(Sobol::new(setup.space))),
};

/// Sobol search. A point that breaks a constraint or repeats a configuration is replaced by an
/// independent draw from the trial's stream; the sequence continues with the next point.
#[derive(Debug)]
pub(crate) struct Sobol {
    sequence: Sequence,
    unseen: Unseen,
}

impl Sobol {
    /// Creates the sampler.
    pub fn new(space: &Space) -> Self {
        Self { sequence: Sequence::new(space.axes().len()), unseen: Unseen::default() }
    }
}

impl Sampler for Sobol {
    fn propose(&mut self, request: &Request<'_>) -> Result<Option<Suggestion>, Error> {
        let point = self.sequence.scrambled(request.streams).point(request.history.n_method());
        let config = request.space.draw(&point);
        let config = if request.admits(&config) {
            Some(config)
        } else {
            self.unseen.draw(request, &mut request.rng())?
        };
        Ok(config.map(|config| Suggestion { config, origin: Origin::Sobol, fitted: Vec::new() }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::conformance;

    #[test]
    fn sobol_search_keeps_the_contract() {
        let mut make = |space: &Space| -> Box<dyn Sampler> { Box::new(Sobol::new(space)) };
        conformance::check(&mut make, 40);
        conformance::check_without_model(&mut make, 40);
    }
}
