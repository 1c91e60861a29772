//! The losses of the best trials by fold, with the fold effects removed.

use crate::card::Card;
use crate::html::{chart, numbers};
use charts::{Axis, Heat, Layer, Plot};
use tuner::overview::{RowView, StudyView, loss};

/// Number of trials shown.
const N_SHOWN: usize = 30;

pub(super) fn card(view: &StudyView) -> Option<Card> {
    // A cell that is missing would be read as a good or a bad one.
    let complete = |row: &&RowView| row.loss.is_some() && row.folds.iter().all(Option::is_some);
    let rows: Vec<&RowView> = view.rows.iter().filter(complete).take(N_SHOWN).collect();

    let n_folds = rows.first()?.folds.len();
    if rows.len() < 2 || n_folds < 2 {
        return None;
    }

    // An easy fold is easy for all: without its effect, differences between trials remain.
    let effects = effects(&rows, n_folds);
    let sentence = sentence(view, &rows, &effects);
    let cells = (0..n_folds)
        .rev()
        .flat_map(|fold| rows.iter().map(move |row| (row, fold)))
        .map(|(row, fold)| Some(row.folds[fold]? - effects[fold]))
        .collect();

    let names: Vec<String> = rows.iter().map(|row| row.trial.to_string()).collect();
    let folds = (0..n_folds).rev().map(|fold| format!("fold {fold}")).collect();
    let plot = Plot::new("folds-chart", "Losses by trial and fold", &sentence)
        .sized(960.0, 70.0 + 26.0 * n_folds.min(20) as f64)
        .axes(
            Axis::category("trial, the best first; fold effects removed", names),
            Axis::category("", folds),
        )
        .layer(Layer::Heat(Heat::new(cells, rows.len())));

    let mut header = vec!["trial".to_owned()];
    header.extend((0..n_folds).map(|fold| format!("fold {fold}")));
    let header: Vec<&str> = header.iter().map(String::as_str).collect();
    let line = |row: &&RowView| {
        let losses = row.folds.iter().map(|value| value.map(loss).unwrap_or_default());
        std::iter::once(row.trial.to_string()).chain(losses).collect()
    };

    let table: Vec<Vec<String>> = rows.iter().map(line).collect();
    let mut body = chart(&plot.svg(), "Losses by trial and fold");
    body.push(&numbers("Original losses", &header, &table));
    Some(Card::new("folds", "Folds", sentence, body).wide())
}

/// Returns the fold effects: what each fold adds to the losses of these trials. They sum to 0.
fn effects(rows: &[&RowView], n_folds: usize) -> Vec<f64> {
    let mean = |values: &[f64]| tuner::stats::mean(values).unwrap_or(0.0);
    let of_fold = |fold: usize| {
        let losses: Vec<f64> = rows.iter().filter_map(|row| row.folds[fold]).collect();
        mean(&losses)
    };
    let means: Vec<f64> = (0..n_folds).map(of_fold).collect();
    let all = mean(&means);
    means.into_iter().map(|m| m - all).collect()
}

fn sentence(view: &StudyView, rows: &[&RowView], effects: &[f64]) -> String {
    let direction = view.summary.direction;
    let worst = effects
        .iter()
        .enumerate()
        .max_by(|a, b| direction.inner(*a.1).total_cmp(&direction.inner(*b.1)))
        .map_or(0, |(fold, _)| fold);

    let best = rows[0];
    let wins = (0..effects.len())
        .filter(|fold| {
            let inner = |row: &&RowView| row.folds[*fold].map(|v| direction.inner(v));
            let own = inner(&best);
            rows.iter().all(|row| own <= inner(row))
        })
        .count();

    // Where more is better, the hardest fold takes something away.
    let adds = if effects[worst] < 0.0 { "takes" } else { "adds" };
    format!(
        "Fold {worst} is the hardest: it {adds} {} on average. Trial {} is best on {wins} of {} \
         folds.",
        loss(effects[worst].abs()),
        best.trial,
        effects.len()
    )
}
