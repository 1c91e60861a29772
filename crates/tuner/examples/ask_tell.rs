//! A search in one process over lines: a space comes in, then `ask` and `tell TRIAL LOSS`.
//!
//! The first line is JSON: `seed`, `method`, `startup`, `parameters` (`name`, `type`, `low`,
//! `high`, `log`, `values`, `when`) and `constraints` (expressions). `ask` answers with the
//! proposed values as JSON, `tell TRIAL LOSS` (trials from 0) with the loss's standardized residual
//! if a model proposed the trial; a trial of several folds has as many losses. Trials told later
//! than others are asked are pending meanwhile. `learn` answers with what the results tell about
//! length scales. The benchmarks of `crates/cli/benches/suite` use
//! it, so that the costs of a store and of a process per trial are not measured.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a program of the benches prints, and fails loudly"
)]

use std::collections::BTreeMap;
use std::io::{BufRead, Write};
use std::sync::Arc;

use serde_json::{Map, Value as Json};
use tuner::search::bayes::LengthScales;
use tuner::search::{Fitted, Method, Request, Sampler, Setup};
use tuner::seed::Streams;
use tuner::space::{Condition, Config, Domain, Parameter, Scale, Space, Value};
use tuner::trial::{History, Origin, Outcome, State};
use tuner::view::Reasoning;

fn main() {
    let lines = std::io::stdin().lock().lines().map(Result::unwrap);
    let mut search: Option<Search> = None;

    for line in lines {
        let answer = match (line.split_once(' '), &mut search) {
            (Some(("tell", told)), Some(search)) => {
                let (trial, losses) = told.split_once(' ').unwrap();
                let losses = losses.split(' ').map(|loss| loss.parse().unwrap()).collect();
                search.tell(trial.parse().unwrap(), losses)
            }
            (None, Some(search)) if line == "ask" => search.ask(),
            (None, Some(search)) if line == "learn" => search.learn(),
            _ => {
                search = Some(Search::new(&serde_json::from_str(&line).unwrap()));
                String::new()
            }
        };

        println!("{answer}");
        std::io::stdout().flush().unwrap();
    }
}

struct Search {
    space: Space,
    streams: Streams,
    sampler: Box<dyn Sampler>,
    history: History,
    /// For each trial that a model proposed and that has no result yet: the history as the proposal
    /// saw it, and the proposal.
    pending: BTreeMap<usize, (History, Config)>,
    fitted: Vec<Fitted>,
}

impl Search {
    fn new(spec: &Json) -> Self {
        let parameters = spec["parameters"].as_array().unwrap().iter().map(parameter).collect();
        let expressions = spec["constraints"].as_array().into_iter().flatten();
        let constraints: Vec<(String, String)> =
            expressions.map(|e| (e.as_str().unwrap().to_owned(), String::new())).collect();
        let space = Space::new(parameters, &constraints).unwrap();

        let name = spec["method"].as_str().unwrap();
        let method = Method::ALL.into_iter().find(|method| method.name() == name).unwrap();
        let sampler = method.build(&Setup::new(&space, spec["startup"].as_u64().unwrap())).unwrap();
        let streams = Streams::new(spec["seed"].as_u64().unwrap());

        let (history, fitted) = (History::new(), Vec::new());
        Self { space, streams, sampler, history, pending: BTreeMap::new(), fitted }
    }

    fn ask(&mut self) -> String {
        let (space, history) = (&self.space, &self.history);
        let request = Request { space, history, streams: self.streams, fitted: &self.fitted };
        let suggestion = self.sampler.propose(&request).unwrap().unwrap();

        self.fitted.extend(suggestion.fitted);
        let answer = named(&self.space, &suggestion.config);
        if suggestion.origin == Origin::Model {
            let seen = (self.history.clone(), suggestion.config.clone());
            self.pending.insert(self.history.len(), seen);
        }
        self.history.push(Arc::new(suggestion.config), suggestion.origin);
        answer
    }

    fn learn(&self) -> String {
        let (space, history) = (&self.space, &self.history);
        let request = Request { space, history, streams: self.streams, fitted: &self.fitted };
        serde_json::to_string(&LengthScales::of(&request)).unwrap()
    }

    fn tell(&mut self, trial: usize, losses: Vec<f64>) -> String {
        let loss = losses.iter().sum::<f64>() / losses.len() as f64;
        let residual = self.pending.remove(&trial).and_then(|(history, config)| {
            let (space, history) = (&self.space, &history);
            let request = Request { space, history, streams: self.streams, fitted: &self.fitted };
            match self.sampler.explain(&request, &config, Some(loss)) {
                Some(Reasoning::Forecast(forecast)) => forecast.standardized_residual,
                _ => None,
            }
        });

        let state = if loss.is_finite() { State::Ok } else { State::Failed };
        let losses = if loss.is_finite() { losses.into() } else { Box::default() };
        self.history.reveal(trial, Outcome { state, losses, predicted: None });
        residual.map_or_else(String::new, |residual| format!("{residual:.4}"))
    }
}

fn named(space: &Space, config: &Config) -> String {
    let values = space.named(config);
    let object: Map<String, Json> = values
        .map(|(name, value)| (name.to_owned(), serde_json::to_value(value).unwrap()))
        .collect();
    Json::Object(object).to_string()
}

fn parameter(json: &Json) -> Parameter {
    let values = || json["values"].as_array().unwrap().iter().map(value).collect();
    let scale = if json["log"].as_bool() == Some(true) { Scale::Log } else { Scale::Linear };
    let (low, high) = (&json["low"], &json["high"]);
    let domain = match json["type"].as_str().unwrap() {
        "float" => Domain::Float {
            low: low.as_f64().unwrap(),
            high: high.as_f64().unwrap(),
            scale,
            step: None,
        },
        "int" => {
            Domain::Int { low: low.as_i64().unwrap(), high: high.as_i64().unwrap(), scale, step: 1 }
        }
        "ordinal" => Domain::Ordinal(values()),
        _ => Domain::Categorical(values()),
    };

    let when = json["when"].as_object().into_iter().flatten().map(|(parent, values)| Condition {
        parent: parent.clone(),
        values: values.as_array().unwrap().iter().map(value).collect(),
    });
    Parameter { when: when.collect(), ..Parameter::new(json["name"].as_str().unwrap(), domain) }
}

fn value(json: &Json) -> Value {
    serde_json::from_value(json.clone()).unwrap()
}
