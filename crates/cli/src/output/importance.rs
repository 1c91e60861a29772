//! Parameter importance as tables, a sheet and JSON.

use super::layout::{Hang, fitted, wrapped};
use super::sheet::{Sheet, number, text};
use super::table::short;
use crate::report::count;
use experiment::tuner::space::Value;
use experiment::tuner::view::{Effect, End, Importance, ImportanceScale, Pair, Share};

/// The columns of the sheet.
const COLUMNS: [&str; 12] = [
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
    "winner",
    "at_end",
];

/// A pair with a smaller share is not shown.
const NEGLIGIBLE: f64 = 0.02;

/// Tables for people, in lines of at most `width` columns.
pub fn in_words(importance: &Importance, width: usize) -> String {
    let sentence = |text: &str| wrapped(text, width, Hang(2));
    if importance.fit <= 0.0 {
        return sentence(&no_effect(importance));
    }
    let winner = format!("trial {}", importance.winner);
    let header = [
        "parameter",
        "main effect",
        "90 %",
        "total effect",
        "90 %",
        "best value",
        "likely best",
        winner.as_str(),
    ];
    let rows: Vec<Vec<String>> = importance.effects.iter().map(row).collect();
    let scale = match importance.scale {
        ImportanceScale::Log => "the logarithm of the loss",
        ImportanceScale::ShiftedLog => "the logarithm of the distance from the best loss",
    };
    let mut title = format!(
        "importance over {}: shares of the variance of {scale}",
        count(importance.n_trials as u64, "trial")
    );
    if importance.n_without_loss > 0 {
        title.push_str(&format!(
            "; {} without a loss count as the worst",
            importance.n_without_loss
        ));
    }
    let mut parts = vec![sentence(&title), fitted(&header, &rows, width)];
    let hints: Vec<String> = importance.effects.iter().filter_map(end).collect();
    if !hints.is_empty() {
        parts.push(sentence(&hints.join("\n")));
    }
    // Negligible interactions would fill the screen without telling anything.
    let pairs: Vec<&Pair> =
        importance.pairs.iter().filter(|pair| pair.share.value >= NEGLIGIBLE).collect();
    if !pairs.is_empty() {
        let header = ["interaction A × B", "share", "90 %", "best A at given B"];
        let rows: Vec<Vec<String>> = pairs.into_iter().map(pair_row).collect();
        parts.push(fitted(&header, &rows, width));
    }
    parts.push(sentence(&footer(importance)));
    parts.join("\n\n")
}

/// One row per parameter.
pub fn sheet(importance: &Importance) -> Sheet<'_> {
    let row = |effect: &Effect| {
        let mut cells = vec![text(&effect.name)];
        for share in [effect.main, effect.total] {
            cells.extend([share.value, share.low, share.high].map(number));
        }
        let among: Vec<String> = effect.best_among.iter().map(ToString::to_string).collect();
        cells.extend([number(effect.active), Some(effect.best.clone()), text(&among.join(" "))]);
        cells.push(effect.winner.clone());
        cells.push(effect.at_end.and_then(|end| {
            text(match end {
                End::Low => "low",
                End::High => "high",
            })
        }));
        cells
    };

    Sheet::new(COLUMNS.map(str::to_owned).to_vec(), importance.effects.iter().map(row))
}

/// One JSON object.
pub fn json(importance: &Importance) -> String {
    serde_json::to_string_pretty(importance).expect("a view is plain data")
}

/// Where the surrogate predicts nothing, shares would be shares of noise.
fn no_effect(importance: &Importance) -> String {
    format!(
        "importance over {}: no effect is shown. The surrogate predicts left-out trials no better \
         than their mean (R² {:.0} %), so there is no variance to share out; more trials may show \
         an effect",
        count(importance.n_trials as u64, "trial"),
        100.0 * importance.fit
    )
}

/// A line about an important parameter whose best value lies at an end of its range.
fn end(effect: &Effect) -> Option<String> {
    let end = match effect.at_end? {
        End::Low => "lower",
        End::High => "upper",
    };
    // Many parameters, such as a probability, have nothing below 0.
    let is_zero = effect.at_end == Some(End::Low) && effect.best.as_number() == Some(0.0);
    let advice = if is_zero { ", 0" } else { ": a wider one may hold a better value" };
    let text = format!("`{}` is best at the {end} end of its range{advice}", effect.name);
    (effect.total.value >= NEGLIGIBLE).then_some(text)
}

fn row(effect: &Effect) -> Vec<String> {
    let among: Vec<String> = effect.best_among.iter().map(short).collect();
    let likely = match (&effect.best, among.as_slice()) {
        (_, [low, high]) if low == high => low.clone(),
        (Value::Int(_) | Value::Float(_), [low, high]) => format!("{low} to {high}"),
        _ => among.join(", "),
    };

    // Its shares hold only where the parameter is active.
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
        effect.winner.as_ref().map_or_else(|| "inactive".to_owned(), short),
    ]
}

fn pair_row(pair: &Pair) -> Vec<String> {
    let shifts: Vec<String> = pair
        .shifts
        .iter()
        .map(|shift| format!("{} at {}", short(&shift.best), short(&shift.by)))
        .collect();
    vec![
        format!("{} × {}", pair.name, pair.by),
        percent(pair.share.value),
        interval(pair.share),
        shifts.join(", "),
    ]
}

fn footer(importance: &Importance) -> String {
    let mut text =
        format!("Cross-validated R² of the surrogate: {}.", percent(importance.fit.max(0.0)));
    if importance.fit < 0.5 {
        text.push_str(" That is low: more trials may change these shares.");
    }
    if importance.effects.iter().any(|effect| effect.active < 1.0) {
        text.push_str(
            "\nShares of a conditional parameter refer to configurations in which it is active.",
        );
    }
    text
}

fn percent(share: f64) -> String {
    format!("{:.0} %", 100.0 * share)
}

fn interval(share: Share) -> String {
    format!("{:.0}–{:.0}", 100.0 * share.low, 100.0 * share.high)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::layout::fits;
    use experiment::tuner::view::Shift;

    #[test]
    fn the_tables_fit_the_window() {
        let share = Share { value: 0.4, low: 0.1, high: 0.7 };
        let effect = |name: &str| Effect {
            name: name.to_owned(),
            main: share,
            total: share,
            active: 0.5,
            best: Value::Float(0.012_345),
            best_among: vec![Value::Float(0.001), Value::Float(0.1)],
            winner: Some(Value::Float(0.02)),
            at_end: Some(End::High),
            marginal: Vec::new(),
        };
        let shift = Shift { by: Value::Int(16), best: Value::Float(0.02), loss: 0.3 };
        let [name, by] = ["learning_rate_of_encoder", "learning_rate_of_decoder"];
        let importance = Importance {
            n_trials: 60,
            n_without_loss: 3,
            scale: ImportanceScale::ShiftedLog,
            shift: 0.0,
            fit: 0.3,
            winner: 41,
            effects: vec![effect(name), effect(by)],
            pairs: vec![Pair {
                name: name.to_owned(),
                by: by.to_owned(),
                share,
                shifts: vec![shift; 3],
            }],
        };

        for width in [80, 120] {
            let text = in_words(&importance, width);
            assert!(fits(&text, width), "{width} columns:\n{text}");
        }
        assert!(!fits(&in_words(&importance, usize::MAX), 80), "wider where there is room");
    }

    #[test]
    fn a_pair_names_the_second_parameter_once() {
        let share = Share { value: 0.09, low: 0.01, high: 0.14 };
        let shifts = vec![
            Shift { by: Value::Int(16), best: Value::Float(0.02), loss: 0.3 },
            Shift { by: Value::Int(64), best: Value::Float(0.01), loss: 0.2 },
        ];
        let pair = Pair { name: "learning_rate".to_owned(), by: "width".to_owned(), share, shifts };
        assert_eq!(
            pair_row(&pair),
            ["learning_rate × width", "9 %", "1–14", "0.02 at 16, 0.01 at 64"]
        );
    }
}
