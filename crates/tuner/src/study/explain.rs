//! Why a trial was proposed: the proposal replayed from the records, under what the trial itself was allowed to see.

use super::state::StudyState;
use crate::search::bayes::explain::{Forecast, explain as forecast};
use crate::search::tpe::{Contrast, explain as contrast};
use crate::search::{Fitted, Method, Request};
use crate::seed::Streams;
use crate::trial::{Direction, Origin};

/// What a proposal knew, and what it expected.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    /// The trial.
    pub number: u64,
    /// Who proposed it.
    pub origin: Origin,
    /// How many proposals of the same origin came before it.
    pub position: usize,
    /// Trials whose results it was allowed to use.
    pub n_seen: usize,
    /// Trials below it whose configurations were known and whose results were not.
    pub n_pending: usize,
    /// The best trial whose result it knew, and that trial's mean loss, as told.
    pub best_known: Option<(u64, f64)>,
    /// What the method expected.
    pub view: View,
}

/// What a method expected of its own proposal. Losses are as told.
#[derive(Clone, Debug, PartialEq)]
pub enum View {
    /// Nothing: the configuration follows from a list, a sequence or a person.
    Blind,
    /// A Gaussian process predicted its loss.
    Forecast(Forecast),
    /// Good trials are denser there than others.
    Contrast(Contrast),
}

impl StudyState {
    /// Explains the proposal of a trial; none if there is no such trial. Cost: that of the proposal.
    pub fn explain(&self, number: u64) -> Option<Explanation> {
        let position = usize::try_from(number).ok()?;
        let slot = self.slots().get(number)?;
        let history = self.history_in(&slot.space, position, position.checked_add(1)?)?;
        let is_newest = slot.revision == self.ledger.revisions.len() as u64;
        let fitted: &[Fitted] = if is_newest { &self.ledger.fitted } else { &[] };
        let streams = Streams::new(self.spec.seed);
        let request = Request { space: &slot.space, history: &history, streams, fitted };
        let direction = self.spec.direction;
        let came = self.ledger.outcome(number, direction).and_then(|outcome| outcome.mean());
        let view = match (slot.origin, self.spec.method) {
            (Origin::Model, Method::Bayes) => forecast(&request, &slot.config, came)
                .map(|f| View::Forecast(as_told(f, direction))),
            (Origin::Model, Method::Tpe) => contrast(&request, &slot.config).map(View::Contrast),
            _ => None,
        };
        let losses =
            history.results().filter_map(|(n, _, outcome)| Some((n as u64, outcome.mean()?)));
        let best = losses.min_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
        Some(Explanation {
            number,
            origin: slot.origin,
            position: history.count(slot.origin),
            n_seen: history.seen().len(),
            n_pending: history.pending().count(),
            best_known: best.map(|(n, loss)| (n, direction.inner(loss))),
            view: view.unwrap_or(View::Blind),
        })
    }
}

/// Turns inner losses back into those of the person.
fn as_told(forecast: Forecast, direction: Direction) -> Forecast {
    let told = |loss: f64| direction.inner(loss);
    let (a, b) = (told(forecast.band.0), told(forecast.band.1));
    let incumbent = (forecast.incumbent.0, told(forecast.incumbent.1));
    Forecast {
        loss: told(forecast.loss),
        band: (a.min(b), a.max(b)),
        bound: told(forecast.bound),
        incumbent,
        ..forecast
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search;
    use crate::space::{Domain, Parameter, Scale, Space, Value};
    use crate::store::{MemoryStore, StudyText};
    use crate::study::{Asked, StopRules, Study, StudySpec};
    use crate::trial::FoldResult;

    /// An asked and told study of 20 trials, two pending at a time, told out of order.
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
        for method in [Method::Random, Method::Bayes, Method::Tpe] {
            let study = study(method, Direction::Minimize);
            for (number, slot) in study.slots().iter().enumerate().skip(1) {
                let history = study.history_in(&slot.space, number, number + 1).unwrap();
                let streams = Streams::new(study.spec.seed);
                let request =
                    Request { space: &study.spec.space, history: &history, streams, fitted: &[] };
                let mut sampler =
                    search::build(method, &study.spec.space, study.spec.startup).unwrap();
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
        let bayes = study(Method::Bayes, Direction::Minimize);
        assert_eq!(bayes.explain(0).unwrap().origin, Origin::Default);
        let startup = bayes.explain(3).unwrap();
        assert_eq!(
            (startup.origin, startup.position, startup.view),
            (Origin::Startup, 2, View::Blind)
        );
        let model = bayes.explain(19).unwrap();
        assert!(matches!(model.view, View::Forecast(_)) && model.n_seen + model.n_pending == 19);
        let (number, best) = model.best_known.unwrap();
        assert_eq!(best, loss(&bayes, number));
        assert!(matches!(
            study(Method::Tpe, Direction::Minimize).explain(19).unwrap().view,
            View::Contrast(_)
        ));
    }

    #[test]
    fn a_maximised_value_is_forecast_as_it_is_told() {
        let (plain, negated) =
            (study(Method::Bayes, Direction::Minimize), study(Method::Bayes, Direction::Maximize));
        let [View::Forecast(plain), View::Forecast(negated)] =
            [plain, negated].map(|s| s.explain(17).unwrap().view)
        else {
            panic!("the model proposed trial 17")
        };
        assert_eq!(plain.loss, -negated.loss);
        assert_eq!(plain.band, (-negated.band.1, -negated.band.0));
        assert_eq!((plain.surprise, plain.chance), (negated.surprise, negated.chance));
    }
}
