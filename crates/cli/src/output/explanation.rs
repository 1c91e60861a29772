//! Why a trial was proposed, for a person and as JSON.

use super::sheet;
use super::table::{self, loss};
use crate::report::count;
use experiment::session;
use experiment::tuner::search::bayes::explain::{Experienced, Forecast};
use experiment::tuner::search::tpe::Contrast;
use experiment::tuner::study::{Explanation, Study, View};
use experiment::tuner::trial::{Direction, Origin};
use serde_json::{Map, Value as Json, json};

/// The explanation in sentences and tables.
pub fn in_words(study: &Study, explanation: &Explanation) -> String {
    let mut parts = vec![format!("trial {}: {}", explanation.number, reason(study, explanation))];
    if explanation.origin != Origin::Enqueued && explanation.origin != Origin::Default {
        parts.push(known(study, explanation));
    }
    match &explanation.view {
        View::Blind => parts.extend([String::new(), values(study, explanation)]),
        View::Forecast(forecast) => parts.push(forecast_in_words(study, explanation, forecast)),
        View::Contrast(contrast) => parts.push(contrast_in_words(study, explanation, contrast)),
    }
    parts.push(format!("\n{}", outcome(study, explanation)));
    parts.join("\n")
}

/// The explanation as one object.
pub fn json(study: &Study, explanation: &Explanation) -> String {
    let slot = &study.slots()[explanation.number];
    let params: Map<String, Json> =
        slot.named().map(|(name, value)| (name.to_owned(), sheet::json(value))).collect();
    let mut object = json!({
        "trial": explanation.number,
        "origin": explanation.origin.name(),
        "reason": reason(study, explanation),
        "position": explanation.position,
        "method": study.spec().method.name(),
        "params": params,
        "known_results": explanation.n_seen,
        "pending": explanation.n_pending,
        "best_known": explanation.best_known.map(|(trial, loss)| json!({"trial": trial, "loss": loss})),
    });
    match &explanation.view {
        View::Blind => {}
        View::Forecast(forecast) => object["prediction"] = forecast_as_json(study, forecast),
        View::Contrast(contrast) => {
            let along: Map<String, Json> = contrast
                .by_parameter
                .iter()
                .map(|(name, quotient)| (name.clone(), json!(quotient)))
                .collect();
            object["acquisition"] =
                json!({"name": "density quotient", "value": contrast.quotient, "along": along});
        }
    }
    let trial = study.trial(explanation.number);
    object["state"] = json!(trial.as_ref().map(|t| t.state().name()));
    object["loss"] = json!(trial.and_then(|t| t.loss()));
    serde_json::to_string_pretty(&object).expect("numbers and texts are plain values")
}

fn reason(study: &Study, explanation: &Explanation) -> String {
    let nth = explanation.position;
    match explanation.origin {
        Origin::Enqueued => format!("enqueued in the file, as number {} there", nth + 1),
        Origin::Default => "the defaults of the space".to_owned(),
        Origin::Manual => "set up by hand with `tune try`".to_owned(),
        Origin::Grid => {
            format!("point {nth} of the grid, in its shuffled order; results do not matter")
        }
        Origin::Random => format!("independent draw {nth}; results do not matter"),
        Origin::Sobol => {
            format!("point {nth} of a scrambled Sobol sequence; results do not matter")
        }
        Origin::Startup => {
            let results = count(study.spec().startup, "result");
            format!("before the model, spread by a Sobol sequence; the model begins with {results}")
        }
        Origin::Model => match explanation.view {
            View::Contrast(_) => {
                "proposed by tpe, where good trials are denser than others".to_owned()
            }
            View::Forecast(_) => "proposed by the model, a Gaussian process".to_owned(),
            View::Blind if study.spec().space.experience().is_some() => {
                led_by_experience(explanation)
            }
            View::Blind => "proposed by the model before it knew a loss".to_owned(),
        },
    }
}

fn led_by_experience(explanation: &Explanation) -> String {
    let who = "where experience of other data sets";
    match (explanation.n_seen, explanation.n_pending) {
        (0, 0) => format!("{who} expects the lowest loss, before any result"),
        (0, _) => format!(
            "{who} leaves the most to hope for, apart from what is pending, before any result"
        ),
        _ => format!("{who} leaves the most to hope for: no trial had a loss yet"),
    }
}

fn known(study: &Study, explanation: &Explanation) -> String {
    let mut text = format!("known then: {}", count(explanation.n_seen as u64, "result"));
    if explanation.n_pending > 0 {
        text.push_str(&format!(", {} pending", explanation.n_pending));
    }
    if let Some((trial, best)) = explanation.best_known {
        let most = if is_maximized(study) { "highest" } else { "lowest" };
        text.push_str(&format!("; {most}: {} (trial {trial})", loss(best)));
    }
    text
}

fn is_maximized(study: &Study) -> bool {
    study.spec().direction == Direction::Maximize
}

fn values(study: &Study, explanation: &Explanation) -> String {
    let slot = &study.slots()[explanation.number];
    let lines: Vec<String> =
        slot.named().map(|(name, value)| format!("  {name} = {}", table::short(value))).collect();
    lines.join("\n")
}

fn forecast_in_words(study: &Study, explanation: &Explanation, forecast: &Forecast) -> String {
    let ((low, high), (best, believed)) = (forecast.band, forecast.incumbent);
    // With experience, what lies far from the middle costs a little.
    let (bound, sign, aim) = if is_maximized(study) {
        ("upper", '+', "maximises")
    } else {
        ("lower", '−', "minimises")
    };
    let (name, later) = if forecast.experienced.is_some() {
        ("bound".to_owned(), ", corners later")
    } else {
        (format!("{bound} confidence bound"), "")
    };
    let aim =
        if forecast.improves { String::new() } else { format!(": the search {aim} it{later}") };
    let bound = format!("{name}, mean {sign} {} sd{aim}", forecast.deviations);
    let chance = if forecast.improves {
        "of beating the incumbent: the search maximises the improvement expected beside noise"
    } else {
        "of beating the incumbent"
    };
    let rows = [
        [
            "predicted".to_owned(),
            loss(forecast.loss),
            format!("{} to {} within one sd", loss(low), loss(high)),
        ],
        ["hoped for".to_owned(), loss(forecast.bound), bound],
        [
            "incumbent".to_owned(),
            loss(believed),
            format!("trial {best} as the model sees it, noise aside"),
        ],
        ["chance".to_owned(), format!("{:.0} %", 100.0 * forecast.chance), chance.to_owned()],
    ];
    let experienced = forecast.experienced.as_ref().map(experience);
    let rows = rows.iter().take(1).chain(&experienced).chain(&rows[1..]);
    let lines: Vec<String> =
        rows.map(|[name, value, what]| format!("{name:<10} {value:<9} {what}")).collect();
    let scales: Vec<Vec<String>> =
        forecast.length_scales.iter().map(|s| scale(study, explanation, s)).collect();
    let nearest: Vec<Vec<String>> = forecast.nearest.iter().map(|n| neighbour(study, *n)).collect();
    [
        lines.join("\n"),
        table::plain(&["parameter", "value", "length scale", "the loss depends on it"], &scales),
        table::plain(&["nearest trial", "distance", "loss"], &nearest),
    ]
    .join("\n\n")
}

/// A line on what experience alone expects.
fn experience(experienced: &Experienced) -> [String; 3] {
    let (factor, sd) = experienced.trust;
    let (share, sd) = (100.0 * factor, 100.0 * sd);
    let what = format!("by experience alone; its differences hold to {share:.0} ± {sd:.0} %");
    ["expected".to_owned(), loss(experienced.loss), what]
}

/// A row of the table of length scales.
fn scale(study: &Study, explanation: &Explanation, (name, scale): &(String, f64)) -> Vec<String> {
    let slot = &study.slots()[explanation.number];
    let value = slot.space.position(name).and_then(|i| slot.config.get(i));
    let words = match scale {
        s if *s < 0.3 => "strongly, within a small part of the range",
        s if *s < 1.0 => "clearly",
        s if *s < 3.0 => "a little",
        _ => "hardly",
    };
    vec![
        name.clone(),
        value.map_or_else(|| "inactive".to_owned(), table::short),
        format!("{scale:.2}"),
        words.to_owned(),
    ]
}

fn neighbour(study: &Study, (number, distance): (usize, f64)) -> Vec<String> {
    let trial = study.trial(number as u64);
    let result = trial
        .map(|t| t.loss().map_or_else(|| t.state().name().to_owned(), loss))
        .unwrap_or_default();
    vec![number.to_string(), format!("{distance:.2}"), result]
}

fn contrast_in_words(study: &Study, explanation: &Explanation, contrast: &Contrast) -> String {
    let slot = &study.slots()[explanation.number];
    let row = |(name, quotient): &(String, f64)| {
        let value = slot
            .space
            .position(name)
            .and_then(|i| slot.config.get(i))
            .map(table::short)
            .unwrap_or_default();
        vec![name.clone(), value, format!("{quotient:.2}")]
    };
    let rows: Vec<Vec<String>> = contrast.by_parameter.iter().map(row).collect();
    format!(
        "density of the good trials over that of the others: {:.2} (above 1 speaks for the place)\n\n{}",
        contrast.quotient,
        table::plain(&["parameter", "value", "alone"], &rows)
    )
}

/// What came of the trial, beside what was predicted.
fn outcome(study: &Study, explanation: &Explanation) -> String {
    let Some(trial) = study.trial(explanation.number) else {
        return "it has not ended yet".to_owned();
    };
    let Some(came) = trial.loss() else {
        return format!("it ended as {}: {}", trial.state().name(), trial.reason());
    };
    let metric = session::fact(study, "metric").unwrap_or("loss");
    let mut text = format!("came: {metric} {}", loss(came));
    if let View::Forecast(Forecast { surprise: Some(surprise), loss: predicted, .. }) =
        explanation.view
    {
        let side = if came < predicted { "below" } else { "above" };
        let how = match surprise.abs() {
            s if s <= 1.0 => "as predicted",
            s if s <= 2.0 => "about as predicted",
            s if s <= 4.0 => "a surprise",
            _ => "a great surprise",
        };
        text.push_str(&format!(", {:.1} sd {side} the prediction: {how}", surprise.abs()));
    }
    text
}

fn forecast_as_json(study: &Study, forecast: &Forecast) -> Json {
    let scales: Map<String, Json> =
        forecast.length_scales.iter().map(|(name, scale)| (name.clone(), json!(scale))).collect();
    let neighbour = |&(number, distance): &(usize, f64)| {
        let trial = study.trial(number as u64);
        json!({"trial": number, "distance": distance, "loss": trial.and_then(|t| t.loss())})
    };
    let (low, high) = forecast.band;
    json!({
        "loss": forecast.loss,
        "sd": (high - low) / 2.0,
        "low": low,
        "high": high,
        "acquisition": {
            "name": if forecast.improves { "log augmented expected improvement" } else { "lower confidence bound" },
            "deviations": forecast.deviations,
            "bound": forecast.bound,
            "corner_cost": forecast.corner_cost,
            "value": forecast.acquisition,
        },
        "incumbent": {"trial": forecast.incumbent.0, "loss": forecast.incumbent.1},
        "chance": forecast.chance,
        "surprise": forecast.surprise,
        "experience": forecast.experienced.map(|e| json!({"loss": e.loss, "trust": e.trust.0, "trust_sd": e.trust.1})),
        "length_scales": scales,
        "nearest": forecast.nearest.iter().map(neighbour).collect::<Vec<_>>(),
    })
}
