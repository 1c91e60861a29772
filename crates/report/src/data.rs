//! The leaderboard embedded in the page, for its table and brushes and for programs that read it.

use crate::cards::N_AXES;
use crate::loss_axis::loss_axis;
use charts::AxisScale;
use serde_json::{Value as Json, json};
use tuner::overview::{Extent, ParameterView, StudyView};
use tuner::space::Value;

/// One JSON object, safe inside a script element: `<` is escaped, so that no text can close the
/// element.
pub(crate) fn data(view: &StudyView) -> String {
    let columns = columns(view);
    let text = json!({ "study": view.summary.name, "axes": axes(view), "columns": columns });
    // `&` and `>` are harmless there; old scripts treat the line separators as line ends.
    text.to_string()
        .replace('<', "\\u003c")
        .replace('\u{2028}', "\\u2028")
        .replace('\u{2029}', "\\u2029")
}

/// Describes each axis of the parallel coordinates, so that a brush is a condition on a column: the
/// column's name, its ends and kind of scale, or its values.
fn axes(view: &StudyView) -> Vec<Json> {
    let of = |parameter: &ParameterView| {
        let column = format!("param_{}", parameter.name);
        match &parameter.extent {
            Extent::Range { low, high, is_log } => {
                json!({ "column": column, "low": low, "high": high, "log": is_log })
            }
            Extent::List { values } => {
                let values: Vec<Json> = values.iter().map(value).collect();
                json!({ "column": column, "values": values })
            }
        }
    };

    let mut axes: Vec<Json> = view.parameters.iter().take(N_AXES).map(of).collect();
    axes.push(match loss_axis(view).scale {
        AxisScale::Log { low, high } => {
            json!({ "column": "loss", "low": low, "high": high, "log": true })
        }
        AxisScale::Linear { low, high } => {
            json!({ "column": "loss", "low": low, "high": high, "log": false })
        }
        AxisScale::Category { .. } => Json::Null,
    });

    axes
}

/// Columns by name, each with one entry per trial in rank order. Names are those of
/// `leaderboard.csv`, which has all digits.
fn columns(view: &StudyView) -> Json {
    let rows = &view.rows;
    let mut columns = serde_json::Map::new();
    let mut put = |name: &str, cells: Vec<Json>| columns.insert(name.to_owned(), Json::from(cells));
    // Columns rather than rows: a name is written once and not ten thousand times.
    put("rank", rows.iter().map(|row| json!(row.rank)).collect());
    put("trial", rows.iter().map(|row| json!(row.trial)).collect());
    put("state", rows.iter().map(|row| json!(row.state.name())).collect());
    put("origin", rows.iter().map(|row| json!(row.origin.name())).collect());
    put("loss", rows.iter().map(|row| rounded(row.loss)).collect());
    put("se", rows.iter().map(|row| rounded(row.se)).collect());
    put("in_best_set", rows.iter().map(|row| json!(row.in_best_set)).collect());

    for (position, name) in view.metric_names.iter().enumerate() {
        put(
            name,
            rows.iter().map(|row| rounded(row.metrics.get(position).copied().flatten())).collect(),
        );
    }

    for (position, parameter) in view.parameters.iter().enumerate() {
        let cells = rows
            .iter()
            .map(|row| row.params[position].as_ref().map_or(Json::Null, value))
            .collect();
        put(&format!("param_{}", parameter.name), cells);
    }

    Json::Object(columns)
}

fn value(value: &Value) -> Json {
    match value {
        Value::Float(number) => rounded(Some(*number)),
        other => serde_json::to_value(other).unwrap_or(Json::Null),
    }
}

/// Rounds to seven significant digits: two more than are shown, and ten bytes fewer.
fn rounded(number: Option<f64>) -> Json {
    let Some(number) = number else { return Json::Null };
    let short: f64 = format!("{number:.6e}").parse().unwrap_or(number);
    json!(short)
}
