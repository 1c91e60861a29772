//! Independent draws, each from the stream of its trial.

use super::unseen::Unseen;
use super::{Description, Request, Sampler, Suggestion};
use crate::error::Error;
use crate::trial::Origin;

/// The method `random`.
pub(super) const METHOD: Description = Description {
    name: "random",
    model: None,
    is_exhaustive: false,
    build: |_| Ok(Box::new(Random::default())),
};

/// Random search.
#[derive(Debug, Default)]
pub struct Random {
    unseen: Unseen,
}

impl Sampler for Random {
    fn propose(&mut self, request: &Request<'_>) -> Result<Option<Suggestion>, Error> {
        let config = self.unseen.draw(request, &mut request.rng())?;
        Ok(config.map(|config| Suggestion { config, origin: Origin::Random, fitted: Vec::new() }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::conformance;

    #[test]
    fn random_search_keeps_the_contract() {
        conformance::check(&mut |_| Box::new(Random::default()), 40);
        conformance::check_without_model(&mut |_| Box::new(Random::default()), 40);
    }
}
