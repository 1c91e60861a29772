//! The trials as a table. Without JavaScript it shows the best ones in rank order; with it, it
//! sorts and filters all.

use super::parallel;
use crate::card::Card;
use crate::card::Logs;
use crate::html::Trusted;
use crate::words::{count, grouped};
use askama::Template;
use tuner::overview::{RowView, StudyView, loss, short};
use tuner::trial::State;

/// Number of rows written into the page.
const N_SHOWN: usize = 100;

#[derive(Template)]
#[template(path = "table.html")]
struct Table {
    columns: Vec<Column>,
    rows: Vec<Line>,
    states: Vec<&'static str>,
    n_trials: usize,
    /// Whether there are parallel coordinates to drag along.
    has_brush: bool,
}

/// A column: its name in the embedded data, and its heading.
struct Column {
    key: String,
    name: String,
}

struct Line {
    trial: u64,
    is_in_set: bool,
    cells: Vec<String>,
}

pub(super) fn card(view: &StudyView, logs: Logs) -> Option<Card> {
    if view.rows.is_empty() {
        return None;
    }

    let mut keys: Vec<(String, String)> =
        ["rank", "trial", "state", "loss", "se"].map(|k| (k.to_owned(), k.to_owned())).to_vec();
    keys.extend(view.metric_names.iter().map(|name| (name.clone(), name.clone())));
    keys.extend(view.parameters.iter().map(|p| (format!("param_{}", p.name), p.name.clone())));

    // The script has all rows in its columns; the page itself the best ones.
    let table = Table {
        columns: keys.into_iter().map(|(key, name)| Column { key, name }).collect(),
        rows: view.rows.iter().take(N_SHOWN).map(|row| line(row, logs)).collect(),
        states: view.summary.states.iter().map(|(state, _)| state.name()).collect(),
        n_trials: view.rows.len(),
        has_brush: parallel::applies(view),
    };

    let html = table.render().unwrap_or_default();
    let n_ok = view.rows.iter().filter(|row| row.state == State::Ok).count();

    let n = view.rows.len();
    let sentence = if n > N_SHOWN {
        format!(
            "{} have ended, {} of them ok; without JavaScript the best {N_SHOWN} are shown.",
            count(n, "trial"),
            grouped(n_ok)
        )
    } else {
        format!(
            "{} {} ended, {} of them ok.",
            count(n, "trial"),
            if n == 1 { "has" } else { "have" },
            grouped(n_ok)
        )
    };

    Some(Card::new("trials", "Trials", sentence, Trusted(html)).wide())
}

fn line(row: &RowView, logs: Logs) -> Line {
    let optional = |value: Option<f64>| value.map(loss).unwrap_or_default();
    // A reason may quote a program: paths and names leave the machine only when asked for.
    let state = match (row.state, logs) {
        (State::Ok, _) | (_, Logs::LeftOut) => row.state.name().to_owned(),
        (state, Logs::Shown) => format!("{}: {}", state.name(), row.reason),
    };

    let mut cells = vec![
        row.rank.to_string(),
        row.trial.to_string(),
        state,
        optional(row.loss),
        optional(row.se),
    ];

    cells.extend(row.metrics.iter().map(|value| optional(*value)));
    cells.extend(row.params.iter().map(|value| value.as_ref().map(short).unwrap_or_default()));
    Line { trial: row.trial, is_in_set: row.in_best_set == Some(true), cells }
}
