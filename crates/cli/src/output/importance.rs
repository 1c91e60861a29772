//! What matters in a study, as tables, a sheet and JSON.

use super::sheet::{self, Sheet, number, text};
use super::table::{self, short};
use crate::report::count;
use experiment::tuner::space::Value;
use experiment::tuner::study::{Effect, Importance, Pair, Share};
use serde_json::{Value as Json, json};

/// The columns of the sheet.
const COLUMNS: [&str; 10] = [
    "parameter",
    "alone",
    "alone_low",
    "alone_high",
    "total",
    "total_low",
    "total_high",
    "active",
    "best",
    "best_among",
];

/// A pair with a smaller share is not shown.
const NEGLIGIBLE: f64 = 0.02;

/// Tables for a person.
pub fn in_words(importance: &Importance) -> String {
    let header = ["parameter", "alone", "90 %", "with others", "90 %", "best value", "likely best"];
    let rows: Vec<Vec<String>> = importance.effects.iter().map(row).collect();
    let mut parts = vec![
        format!(
            "importance over {}: shares of the variance, on a logarithmic scale",
            count(importance.n_trials as u64, "trial")
        ),
        table::plain(&header, &rows),
    ];
    let pairs: Vec<&Pair> =
        importance.pairs.iter().filter(|pair| pair.share.value >= NEGLIGIBLE).collect();
    if !pairs.is_empty() {
        let header = ["acting on one another", "share", "90 %", "the first is best, at the second"];
        parts.push(table::plain(&header, &pairs.into_iter().map(pair_row).collect::<Vec<_>>()));
    }
    parts.push(footer(importance));
    parts.join("\n\n")
}

/// A line a parameter.
pub fn sheet(importance: &Importance) -> Sheet<'_> {
    let row = |effect: &Effect| {
        let mut cells = vec![text(&effect.name)];
        for share in [effect.main, effect.total] {
            cells.extend([share.value, share.interval.0, share.interval.1].map(number));
        }
        let among: Vec<String> = effect.best_among.iter().map(ToString::to_string).collect();
        cells.extend([number(effect.active), Some(effect.best.clone()), text(&among.join(" "))]);
        cells
    };
    Sheet::new(COLUMNS.map(str::to_owned).to_vec(), importance.effects.iter().map(row))
}

/// One object.
pub fn json(importance: &Importance) -> String {
    let object = json!({
        "trials": importance.n_trials,
        "fit": importance.fit,
        "parameters": importance.effects.iter().map(effect_as_json).collect::<Vec<_>>(),
        "pairs": importance.pairs.iter().map(pair_as_json).collect::<Vec<_>>(),
    });
    serde_json::to_string_pretty(&object).expect("numbers and texts are plain values")
}

fn row(effect: &Effect) -> Vec<String> {
    let among: Vec<String> = effect.best_among.iter().map(short).collect();
    let likely = match (&effect.best, among.as_slice()) {
        (_, [low, high]) if low == high => low.clone(),
        (Value::Int(_) | Value::Float(_), [low, high]) => format!("{low} to {high}"),
        _ => among.join(", "),
    };
    let name = if effect.active < 1.0 {
        format!("{} (active in {})", effect.name, percent(effect.active))
    } else {
        effect.name.clone()
    };
    vec![
        name,
        percent(effect.main.value),
        interval(effect.main),
        percent(effect.total.value),
        interval(effect.total),
        short(&effect.best),
        likely,
    ]
}

fn pair_row(pair: &Pair) -> Vec<String> {
    let shifts: Vec<String> = pair
        .shifts
        .iter()
        .map(|(by, best, _)| format!("{} at {}", short(best), short(by)))
        .collect();
    vec![
        format!("{} × {}", pair.name, pair.by),
        percent(pair.share.value),
        interval(pair.share),
        shifts.join(", "),
    ]
}

fn footer(importance: &Importance) -> String {
    let mut text = format!(
        "The model predicts {} of the variance of trials left out.",
        percent(importance.fit.max(0.0))
    );
    if importance.fit < 0.5 {
        text.push_str(" That is little: more trials may change the picture.");
    }
    if importance.effects.iter().any(|effect| effect.active < 1.0) {
        text.push_str(
            "\nA conditional parameter is judged among configurations where it is active.",
        );
    }
    text
}

fn percent(share: f64) -> String {
    format!("{:.0} %", 100.0 * share)
}

fn interval(share: Share) -> String {
    format!("{:.0}–{:.0}", 100.0 * share.interval.0, 100.0 * share.interval.1)
}

fn effect_as_json(effect: &Effect) -> Json {
    let marginal =
        |(value, loss): &(Value, f64)| json!({"value": sheet::json(value), "loss": loss});
    json!({
        "name": effect.name,
        "alone": share_as_json(effect.main),
        "total": share_as_json(effect.total),
        "active": effect.active,
        "best": sheet::json(&effect.best),
        "best_among": effect.best_among.iter().map(sheet::json).collect::<Vec<_>>(),
        "marginal": effect.marginal.iter().map(marginal).collect::<Vec<_>>(),
    })
}

fn pair_as_json(pair: &Pair) -> Json {
    let shift = |(by, best, loss): &(Value, Value, f64)| json!({"by": sheet::json(by), "best": sheet::json(best), "loss": loss});
    json!({
        "name": pair.name,
        "by": pair.by,
        "share": share_as_json(pair.share),
        "shifts": pair.shifts.iter().map(shift).collect::<Vec<_>>(),
    })
}

fn share_as_json(share: Share) -> Json {
    json!({"value": share.value, "low": share.interval.0, "high": share.interval.1})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_names_the_second_parameter_once() {
        let share = Share { value: 0.09, interval: (0.01, 0.14) };
        let shifts = vec![
            (Value::Int(16), Value::Float(0.02), 0.3),
            (Value::Int(64), Value::Float(0.01), 0.2),
        ];
        let pair = Pair { name: "learning_rate".to_owned(), by: "width".to_owned(), share, shifts };
        assert_eq!(
            pair_row(&pair),
            ["learning_rate × width", "9 %", "1–14", "0.02 at 16, 0.01 at 64"]
        );
    }
}
