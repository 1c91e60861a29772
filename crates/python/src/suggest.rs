//! A proposal from trials that another library stores: a pure function, for libraries with stores of
//! their own.

use crate::failure::{raised, raised_by_engine};
use crate::study::told;
use experiment::SpaceFile;
use experiment::tuner::search::Request;
use experiment::tuner::seed::Streams;
use experiment::tuner::space::{Config, Space, Value};
use experiment::tuner::trial::{Direction, History, Origin, Outcome, State};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use serde_json::{Map, Value as Json};
use std::path::PathBuf;
use std::sync::Arc;

/// Proposes the parameters of trial `number` of the space in `text`, as JSON, given the trials of
/// others: `[{"number": 0, "params": {…}, "state": "ok" | "raced" | "failed", "loss": 1.0}]`,
/// without a state where they are pending.
#[pyfunction]
pub fn suggest(python: Python<'_>, text: String, trials: &str, number: u64) -> PyResult<String> {
    let trials: Vec<Map<String, Json>> =
        serde_json::from_str(trials).map_err(|error| PyValueError::new_err(error.to_string()))?;
    python.detach(|| propose(text, trials, number))
}

fn propose(text: String, mut trials: Vec<Map<String, Json>>, number: u64) -> PyResult<String> {
    let file = SpaceFile::parse("the space", text, PathBuf::from(".")).map_err(raised)?;
    let spec = file.plan.spec();
    trials.sort_by_key(|trial| trial.get("number").and_then(Json::as_u64));

    let mut history = History::new();
    for trial in trials.iter().take(usize::try_from(number).unwrap_or(usize::MAX)) {
        let Some(config) = config_of(&spec.space, trial.get("params")) else {
            history.push_outside(Origin::Manual);
            continue;
        };
        let place = history.len();
        history.push(Arc::new(config), Origin::Startup);
        if let Some(outcome) = outcome_of(trial, spec.direction) {
            history.reveal(place, outcome);
        }
    }
    // The stream is that of the trial's number, also where earlier trials are gone.
    while (history.len() as u64) < number {
        history.push_outside(Origin::Manual);
    }

    let mut sampler = spec.method.build(&spec.setup()).map_err(raised_by_engine)?;
    let request = Request {
        space: &spec.space,
        history: &spec.method.view(history),
        streams: Streams::new(spec.seed),
        fitted: &[],
    };
    let suggestion = sampler.propose(&request).map_err(raised_by_engine)?;
    // A space of which every configuration was tried: its defaults, once more.
    let config = match suggestion {
        Some(suggestion) => suggestion.config,
        None => spec.space.complete(&[]).map_err(raised_by_engine)?,
    };
    Ok(told(&file, &spec.space.assignment(&config)).to_string())
}

/// The configuration of a trial, or `None` where it lies outside of the space.
fn config_of(space: &Space, params: Option<&Json>) -> Option<Config> {
    let params = params?.as_object()?;
    let values: Option<Vec<(String, Value)>> =
        params.iter().map(|(name, value)| Some((name.clone(), value_of(value)?))).collect();
    space.adopt(values?.iter().map(|(name, value)| (name.as_str(), value)))
}

/// A value of a parameter; the engine has a list as its text.
fn value_of(value: &Json) -> Option<Value> {
    match value {
        Json::Array(_) => Some(Value::Text(value.to_string())),
        other => serde_json::from_value(other.clone()).ok(),
    }
}

/// What became of a trial, its loss to be minimised; `None` while it is pending.
fn outcome_of(trial: &Map<String, Json>, direction: Direction) -> Option<Outcome> {
    let loss = trial.get("loss").and_then(Json::as_f64).filter(|loss| loss.is_finite());
    let (state, loss) = match (trial.get("state").and_then(Json::as_str)?, loss) {
        ("ok", Some(loss)) => (State::Ok, Some(loss)),
        ("ok", None) => (State::Diverged, None),
        // Stopped early: its last loss is an observation with the noise of a part of a trial.
        ("raced", Some(loss)) => (State::Raced, Some(loss)),
        _ => (State::Failed, None),
    };
    let losses = loss.map(|loss| direction.inner(loss)).into_iter().collect();
    Some(Outcome { state, losses, predicted: None })
}
