//! Explains a proposal, replayed from the records with the results that the trial was allowed to
//! see.

use super::state::StudyState;
use crate::search::{Fitted, Request, Setup};
use crate::seed::Streams;
use crate::trial::{Origin, State};
use crate::view::{Explanation, Known, Reasoning};

impl StudyState {
    /// Explains the proposal of a trial; `None` if there is no such trial. Cost: twice that of the
    /// proposal.
    pub fn explain(&self, number: u64) -> Option<Explanation> {
        let position = usize::try_from(number).ok()?;
        let slot = self.slots().get(number)?;
        let history = self.history_in(&slot.space, position, position.checked_add(1)?)?;
        // Fits belong to the newest revision of the space; earlier ones have other axes.
        let is_newest = slot.revision == self.ledger.revisions.len() as u64;
        let fitted: &[Fitted] = if is_newest { &self.ledger.fitted } else { &[] };
        let streams = Streams::new(self.spec.seed);
        let request = Request { space: &slot.space, history: &history, streams, fitted };
        let direction = self.spec.direction;

        let observed = self.ledger.outcome(number, direction).and_then(|outcome| outcome.mean());
        let mut reasoning = None;
        if slot.origin == Origin::Model {
            let setup = Setup {
                space: &slot.space,
                startup: self.spec.startup,
                prior_mean: slot.prior_mean.as_deref(),
            };
            let sampler = self.spec.method.build(&setup).ok()?;
            reasoning = sampler.explain(&request, &slot.config, observed);
        }

        // Inside, losses are minimised; the user's direction returns here.
        if let Some(Reasoning::Forecast(forecast)) = &mut reasoning {
            forecast.tell_in(direction);
        }

        let losses =
            history.results().filter_map(|(n, _, outcome)| Some((n as u64, outcome.mean()?)));
        let best = losses.min_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
        let n_raced =
            history.results().filter(|(_, _, outcome)| outcome.state == State::Raced).count();
        Some(Explanation {
            trial: number,
            origin: slot.origin,
            position: history.count(slot.origin),
            params: slot.named().map(|(name, value)| (name.to_owned(), value.clone())).collect(),
            known_results: history.seen().len(),
            known_raced: n_raced,
            pending: history.pending().count(),
            best_known: best.map(|(trial, loss)| Known { trial, loss: direction.inner(loss) }),
            reasoning,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::Method;
    use crate::space::{Domain, Parameter, Scale, Space, Value};
    use crate::store::{MemoryStore, StudyText};
    use crate::study::{Asked, StopRules, Study, StudySpec};
    use crate::trial::{Direction, FoldResult};
    use crate::view::{self, Choice};

    /// An ask-and-tell study of 20 trials, two pending at a time, told out of order.
    fn study(method: Method, direction: Direction) -> Study {
        let range = |name: &str| {
            Parameter::new(
                name,
                Domain::Float { low: 0.0, high: 1.0, scale: Scale::Linear, step: None },
            )
        };
        let mut parameters = vec![range("a"), range("b")];
        parameters[0].default = Some(Value::Float(0.5));
        let spec = StudySpec {
            prior_mean: None,
            seed: 3,
            method,
            trials: Some(20),
            parallel: 3,
            startup: 5,
            space: Space::new(parameters, &[]).unwrap(),
            enqueue: Vec::new(),
            n_splits: 1,
            direction,
            stop: StopRules::default(),
            race: None,
        };
        let text = StudyText { text: String::new(), folder: String::new(), facts: Vec::new() };
        let mut study = Study::create(Box::new(MemoryStore::default()), text, spec).unwrap();
        let mut open = Vec::new();
        while let Asked::Trial(number) = study.ask(0.0).unwrap() {
            open.push(number);
            if open.len() == 3 {
                for number in [open.pop().unwrap(), open.remove(0)] {
                    let loss = loss(&study, number);
                    study
                        .tell(number, None, &FoldResult::from_loss(direction.inner(loss)), 0.0)
                        .unwrap();
                }
            }
        }
        study
    }

    fn loss(study: &Study, number: u64) -> f64 {
        let at = |i: usize| {
            study.slot(number).unwrap().config.get(i).and_then(Value::as_number).unwrap()
        };
        1.0 + (at(0) - 0.3) * (at(0) - 0.3) + 0.1 * at(1)
    }

    #[test]
    fn the_history_of_a_trial_leads_to_its_proposal_again() {
        for method in [Method::RANDOM, Method::BAYES, Method::TPE] {
            let study = study(method, Direction::Minimize);
            for (number, slot) in study.slots().iter().enumerate().skip(1) {
                let history = study.history_in(&slot.space, number, number + 1).unwrap();
                let streams = Streams::new(study.spec.seed);
                let request =
                    Request { space: &study.spec.space, history: &history, streams, fitted: &[] };
                let mut sampler = method.build(&study.spec.setup()).unwrap();
                let suggestion = sampler.propose(&request).unwrap().unwrap();
                assert_eq!(
                    (&suggestion.config, suggestion.origin),
                    (&*slot.config, slot.origin),
                    "trial {number}"
                );
            }
            assert!(study.explain(20).is_none());
        }
    }

    #[test]
    fn each_method_says_what_it_expected() {
        let bayes = study(Method::BAYES, Direction::Minimize);
        assert_eq!(bayes.explain(0).unwrap().origin, Origin::Default);
        let startup = bayes.explain(3).unwrap();
        assert_eq!(
            (startup.origin, startup.position, startup.reasoning),
            (Origin::Startup, 2, None)
        );
        let model = bayes.explain(19).unwrap();
        assert!(matches!(model.reasoning, Some(Reasoning::Forecast(_))));
        assert_eq!(model.known_results + model.pending, 19);
        let best = model.best_known.unwrap();
        assert_eq!(best.loss, loss(&bayes, best.trial));
        assert!(matches!(
            study(Method::TPE, Direction::Minimize).explain(19).unwrap().reasoning,
            Some(Reasoning::Contrast(_))
        ));
    }

    fn forecast(study: &Study, number: u64) -> Option<view::Forecast> {
        match study.explain(number).unwrap().reasoning? {
            Reasoning::Forecast(forecast) => Some(*forecast),
            Reasoning::Contrast(_) => panic!("the model is a Gaussian process"),
        }
    }

    #[test]
    fn a_maximised_value_is_forecast_as_it_is_told() {
        let [plain, negated] = [Direction::Minimize, Direction::Maximize]
            .map(|direction| forecast(&study(Method::BAYES, direction), 17).unwrap());
        assert_eq!(plain.loss, -negated.loss);
        assert_eq!((plain.low, plain.high), (-negated.high, -negated.low));
        assert_eq!(plain.standardized_residual, negated.standardized_residual);
        assert_eq!(plain.probability_of_improvement, negated.probability_of_improvement);
    }

    #[test]
    fn what_is_explained_is_the_decision_that_was_made() {
        let study = study(Method::BAYES, Direction::Minimize);
        let choices: Vec<Choice> =
            (1..20).filter_map(|number| Some(forecast(&study, number)?.choice)).collect();
        let is_replayed = |choice: &&Choice| matches!(choice, Choice::Acquisition { .. });
        assert!(choices.len() >= 10);
        assert_eq!(choices.iter().filter(is_replayed).count(), choices.len(), "{choices:?}");
    }
}
