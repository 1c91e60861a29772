//! The explanation of a proposal, as text and as JSON.

use super::layout::{Hang, fitted, plain, wrapped};
use super::table::{self, loss};
use crate::report::count;
use experiment::StudyFacts;
use experiment::tuner::study::Study;
use experiment::tuner::trial::{Direction, Origin};
use experiment::tuner::view::{
    Choice, Contrast, Criterion, Explanation, Explored, Forecast, LearnedMean, Neighbour,
    PassedOver, Reasoning,
};
use serde_json::{Value as Json, json};

/// The explanation in sentences and tables, in lines of at most `width` columns.
pub fn in_words(study: &Study, explanation: &Explanation, width: usize) -> String {
    let mut head = vec![format!("trial {}: {}", explanation.trial, reason(study, explanation))];
    if explanation.origin != Origin::Enqueued && explanation.origin != Origin::Default {
        head.push(known(study, explanation));
    }
    let mut parts = vec![wrapped(&head.join("\n"), width, Hang(2))];

    match &explanation.reasoning {
        None => parts.extend([String::new(), wrapped(&values(explanation), width, Hang(4))]),
        Some(Reasoning::Forecast(forecast)) => {
            parts.push(forecast_in_words(study, explanation, forecast, width));
        }
        Some(Reasoning::Contrast(contrast)) => {
            parts.push(contrast_in_words(explanation, contrast, width));
        }
    }

    parts.push(wrapped(&format!("\n{}", outcome(study, explanation)), width, Hang(2)));
    parts.join("\n")
}

/// The explanation as one object.
pub fn json(study: &Study, explanation: &Explanation) -> String {
    let trial = study.trial(explanation.trial);
    let mut object = serde_json::to_value(explanation).expect("a view is plain data");
    object["reason"] = json!(reason(study, explanation));
    object["method"] = json!(study.spec().method.name());

    if let Some(Json::Array(nearest)) = object.pointer_mut("/prediction/nearest") {
        for neighbour in nearest {
            let trial = neighbour["trial"].as_u64().and_then(|number| study.trial(number));
            neighbour["loss"] = json!(trial.and_then(|t| t.loss()));
        }
    }

    object["state"] = json!(trial.as_ref().map(|t| t.state().name()));
    object["loss"] = json!(trial.and_then(|t| t.loss()));
    serde_json::to_string_pretty(&object).expect("numbers and texts are plain values")
}

fn reason(study: &Study, explanation: &Explanation) -> String {
    let nth = explanation.position;
    match explanation.origin {
        Origin::Enqueued => format!("number {} of the enqueued trials in the file", nth + 1),
        Origin::Default => "the defaults of the space".to_owned(),
        Origin::Manual => "set manually with `tune try`".to_owned(),
        Origin::Grid => {
            format!("point {nth} of the shuffled grid; independent of results")
        }
        Origin::Random => format!("random draw {nth}; independent of results"),
        Origin::Sobol => {
            format!("point {nth} of a scrambled Sobol sequence; independent of results")
        }
        Origin::Startup => {
            let startup = study.spec().startup;
            if explanation.trial >= startup && explanation.best_known.is_none() {
                "initial design, a Sobol point: no trial had a loss yet".to_owned()
            } else {
                let trials = count(startup, "trial");
                format!("initial design, a Sobol point; the surrogate proposes after {trials}")
            }
        }
        Origin::Model => match explanation.reasoning {
            Some(Reasoning::Contrast(_)) => {
                "proposed by tpe, where the density ratio of good to other trials is high"
                    .to_owned()
            }
            Some(Reasoning::Forecast(_)) => {
                "proposed by the surrogate, a Gaussian process".to_owned()
            }
            // A learned prior mean leads before any loss is known.
            None if study.spec().prior_mean.is_some() => led_by_prior_mean(explanation),
            None => "proposed by the surrogate before any loss was known".to_owned(),
        },
    }
}

fn led_by_prior_mean(explanation: &Explanation) -> String {
    let mean = "the prior mean, learned on other data sets,";
    match (explanation.known_results, explanation.pending) {
        (0, 0) => format!("where {mean} is lowest, before any result"),
        (0, _) => format!(
            "where {mean} has the best confidence bound, away from pending trials, before any result"
        ),
        _ => format!("where {mean} has the best confidence bound: no trial had a loss yet"),
    }
}

fn known(study: &Study, explanation: &Explanation) -> String {
    let mut text = format!("when proposed: {}", count(explanation.known_results as u64, "result"));
    if explanation.known_raced > 0 {
        text.push_str(&format!(
            ", {} of them stopped by racing: their predicted final losses are used, with their uncertainty",
            explanation.known_raced
        ));
    }
    if explanation.pending > 0 {
        text.push_str(&format!(", {} pending", explanation.pending));
    }
    if let Some(best) = explanation.best_known {
        text.push_str(&format!(
            "; {}: {} (trial {})",
            best_end(study),
            loss(best.loss),
            best.trial
        ));
    }
    text
}

/// The end of the metric at which the best trials are.
fn best_end(study: &Study) -> &'static str {
    if is_maximized(study) { "highest" } else { "lowest" }
}

fn is_maximized(study: &Study) -> bool {
    study.spec().direction == Direction::Maximize
}

fn values(explanation: &Explanation) -> String {
    let lines: Vec<String> = explanation
        .params
        .iter()
        .map(|(name, value)| format!("  {name} = {}", table::short(value)))
        .collect();
    lines.join("\n")
}

fn value_of(explanation: &Explanation, parameter: &str) -> Option<String> {
    let (_, value) = explanation.params.iter().find(|(name, _)| name == parameter)?;
    Some(table::short(value))
}

/// A line of a prediction: name, value and meaning.
type Line = [String; 3];

/// The columns of a line before its meaning.
const MEANING: Hang = Hang(22);

fn forecast_in_words(
    study: &Study,
    explanation: &Explanation,
    forecast: &Forecast,
    width: usize,
) -> String {
    let Forecast { low, high, low_95, high_95, incumbent, .. } = forecast;
    let mut lines: Vec<Line> = vec![[
        "predicted".to_owned(),
        loss(forecast.loss),
        format!(
            "{} to {} in 68 %, {} to {} in 95 % of trials",
            loss(*low),
            loss(*high),
            loss(*low_95),
            loss(*high_95)
        ),
    ]];
    lines.extend(forecast.prior_mean.as_ref().map(prior_mean));
    lines.push(acquisition(study, forecast));
    lines.push([
        "incumbent".to_owned(),
        loss(incumbent.loss),
        format!("trial {}: {} posterior mean, without noise", incumbent.trial, best_end(study)),
    ]);
    lines.push([
        "P(better)".to_owned(),
        format!("{:.0} %", 100.0 * forecast.probability_of_improvement),
        "probability of improvement on the incumbent".to_owned(),
    ]);

    let shown = |[name, value, what]: &Line| format!("{name:<11} {value:<9} {what}");
    let lines: Vec<String> = lines.iter().map(shown).collect();
    // Wrapped with a hanging indent, so that the meanings stay in their column.
    let mut parts = vec![wrapped(&lines.join("\n"), width, MEANING)];
    if let Choice::Acquisition { passed_over, .. } = &forecast.choice
        && !passed_over.is_empty()
    {
        let places: Vec<String> = passed_over.iter().map(place).collect();
        let places =
            format!("skipped, although their acquisition is better:\n{}", places.join("\n"));
        parts.push(wrapped(&places, width, Hang(4)));
    }

    let scales: Vec<Vec<String>> = (forecast.length_scales.iter())
        .zip(&forecast.prior_length_scales)
        .map(|(of, (_, prior))| scale(explanation, of, forecast.length_factor, *prior))
        .collect();
    let nearest: Vec<Vec<String>> = forecast.nearest.iter().map(|n| neighbour(study, *n)).collect();
    let header = ["parameter", "value", "length scale", "the loss depends on it"];
    let mut scales = fitted(&header, &scales, width);
    if forecast.length_factor < 1.0 {
        let note = format!(
            "\nlength scales are {} times the fitted ones: a quarter of the proposals use shorter ones, to explore",
            forecast.length_factor
        );
        scales.push_str(&wrapped(&note, width, Hang(2)));
    }
    parts.push(scales);
    parts.push(plain(&["nearest trial", "distance", "loss"], &nearest));
    parts.join("\n\n")
}

/// The acquisition function that chose the trial.
fn acquisition(study: &Study, forecast: &Forecast) -> Line {
    let name = "acquisition".to_owned();
    let Choice::Acquisition { criterion, value, explored, widened_from, .. } = &forecast.choice
    else {
        let why = match forecast.choice {
            Choice::Draw => "drawn at random: all candidates repeat trials or break constraints",
            _ => {
                "unknown: another version proposed this trial, and this version would \
                 propose a different one"
            }
        };
        return [name, "–".to_owned(), why.to_owned()];
    };

    let within = explored.as_ref().map_or_else(String::new, |Explored { parameter, value }| {
        format!("; only {parameter} = {value} was considered, the branch with the fewest trials")
    });
    let penalty = if forecast.boundary_penalty > 0.0 { ", less the boundary penalty" } else { "" };
    match criterion {
        Criterion::LowerConfidenceBound { deviations, bound } => {
            // Inside, losses are minimised; a maximised metric has the upper bound.
            let (side, sign, aim) = if is_maximized(study) {
                ("upper", '+', "maximises")
            } else {
                ("lower", '−', "minimises")
            };
            let mut what = format!(
                "{side} confidence bound, mean {sign} {deviations} sd: the search {aim} it{penalty}"
            );
            if let Some(first) = widened_from {
                what.push_str(&format!(
                    "; widened from {first} sd, which led to known configurations"
                ));
            }
            what.push_str(&within);
            // Where no loss is negative the bound is shown as 0, below which many points may lie.
            let shown = if *bound == 0.0 { "≤ 0".to_owned() } else { loss(*bound) };
            [name, shown, what]
        }
        Criterion::LogAugmentedExpectedImprovement { .. } => [
            name,
            format!("{value:.2}"),
            format!(
                "log of the augmented expected improvement: the search maximises it{penalty}{within}"
            ),
        ],
    }
}

/// A line with the prediction of the learned prior mean alone.
fn prior_mean(prior_mean: &LearnedMean) -> Line {
    let (factor, sd) = (100.0 * prior_mean.coefficient, 100.0 * prior_mean.coefficient_sd);
    let what =
        format!("learned prior mean alone; its posterior coefficient is {factor:.0} ± {sd:.0} %");
    ["prior mean".to_owned(), loss(prior_mean.loss), what]
}

/// A line about a configuration that was skipped.
fn place(place: &PassedOver) -> String {
    let values: Vec<String> = place
        .candidate
        .params
        .iter()
        .map(|(name, value)| format!("{name} = {}", table::short(value)))
        .collect();
    let why = match (place.trial, place.reason) {
        (Some(trial), _) => format!("repeats trial {trial}"),
        (None, "known") => "is known: the bound was widened to find another".to_owned(),
        (None, _) => "was proposed before or breaks a constraint".to_owned(),
    };
    format!("  {} (predicted {}) {why}", values.join(", "), loss(place.candidate.loss))
}

/// A length scale within this factor of its prior is as good as that: results have not moved it.
const UNMOVED: f64 = 1.35;

/// A row of the table of length scales; its words are about the fitted one, which `factor` shrank.
fn scale(
    explanation: &Explanation,
    (name, value): &(String, f64),
    factor: f64,
    prior: f64,
) -> Vec<String> {
    let words = match value / factor {
        s if (prior / UNMOVED..=prior * UNMOVED).contains(&s) => "not yet learned (near its prior)",
        s if s < 0.3 => "strongly, within a small part of the range",
        s if s < 1.0 => "clearly",
        s if s < 3.0 => "a little",
        _ => "hardly",
    };

    vec![
        name.clone(),
        value_of(explanation, name).unwrap_or_else(|| "inactive".to_owned()),
        format!("{value:.2}"),
        words.to_owned(),
    ]
}

fn neighbour(study: &Study, Neighbour { trial: number, distance }: Neighbour) -> Vec<String> {
    let trial = study.trial(number);
    let result = trial
        .map(|t| t.loss().map_or_else(|| t.state().name().to_owned(), loss))
        .unwrap_or_default();
    vec![number.to_string(), format!("{distance:.2}"), result]
}

fn contrast_in_words(explanation: &Explanation, contrast: &Contrast, width: usize) -> String {
    let row = |(name, quotient): &(String, f64)| {
        let value = value_of(explanation, name).unwrap_or_default();
        vec![name.clone(), value, format!("{quotient:.2}")]
    };
    let rows: Vec<Vec<String>> = contrast.by_parameter.iter().map(row).collect();
    let ratio = format!(
        "density ratio of good to other trials: {:.2} (above 1 favours the configuration)",
        contrast.quotient
    );
    let table = fitted(&["parameter", "value", "ratio alone"], &rows, width);
    format!("{}\n\n{table}", wrapped(&ratio, width, Hang(2)))
}

/// The observed result, compared with the prediction.
fn outcome(study: &Study, explanation: &Explanation) -> String {
    let Some(trial) = study.trial(explanation.trial) else {
        return "the trial has not ended".to_owned();
    };
    let Some(observed) = trial.loss() else {
        return format!("the trial ended as {}: {}", trial.state().name(), trial.reason());
    };

    let facts = StudyFacts::of(study);
    let metric = facts.loss_name();
    let mut text = format!("observed: {metric} {}", loss(observed));

    let Some(Reasoning::Forecast(forecast)) = &explanation.reasoning else {
        return text;
    };

    if let Some(residual) = forecast.standardized_residual {
        let side = if observed < forecast.loss { "below" } else { "above" };
        // Steps of one, two and four standard deviations of the predictive distribution.
        let how = match residual.abs() {
            r if r <= 1.0 => "as predicted",
            r if r <= 2.0 => "about as predicted",
            r if r <= 4.0 => "unexpected",
            _ => "very unexpected",
        };
        text.push_str(&format!(", {:.1} sd {side} the prediction: {how}", residual.abs()));
    }

    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::layout::fits;
    use experiment::tuner::search::Method;
    use experiment::tuner::space::{Domain, Parameter, Scale, Space};
    use experiment::tuner::store::{MemoryStore, StudyText};
    use experiment::tuner::study::{Asked, StudySpec};
    use experiment::tuner::trial::FoldResult;

    fn told(method: Method) -> Study {
        let rate = Domain::Float { low: 1e-4, high: 1.0, scale: Scale::Log, step: None };
        let names = ["learning_rate_of_the_decoder", "learning_rate_of_the_encoder"];
        let parameters = names.map(|name| Parameter::new(name, rate.clone())).to_vec();
        let spec = StudySpec::new(Space::new(parameters, &[]).unwrap(), method, 16);
        let store = Box::new(MemoryStore::new());
        let mut study = Study::create(store, StudyText::default(), spec).unwrap();
        while let Asked::Trial(trial) = study.ask(0.0).unwrap() {
            let loss = trial as f64 % 5.0 + 1.0;
            study.tell(trial, None, &FoldResult::from_loss(loss), 0.0).unwrap();
        }
        study
    }

    #[test]
    fn an_explanation_fits_the_window() {
        for method in [Method::BAYES, Method::TPE, Method::SOBOL] {
            let study = told(method);
            for (trial, width) in (0..16).flat_map(|trial| [(trial, 80), (trial, 120)]) {
                let explanation = study.explain(trial).unwrap();
                let text = in_words(&study, &explanation, width);
                assert!(fits(&text, width), "{width} columns:\n{text}");
            }
        }
    }
}
