//! The empirical distribution of the losses: which share of the trials is at least as good.

use crate::card::Card;
use crate::html::{chart, numbers};
use crate::loss_axis::loss_axis;
use crate::words::percent;
use charts::{Axis, Layer, Line, Plot, Tone};
use tuner::overview::{RowView, StudyView, edf, loss};
use tuner::trial::Origin;

/// Greatest number of points of the curve.
const N_POINTS: usize = 400;

pub(super) fn card(view: &StudyView) -> Option<Card> {
    let n = view.rows.len();
    if view.summary.best_set.1 < 3 {
        return None;
    }

    let direction = view.summary.direction;
    let of = |rows: &mut dyn Iterator<Item = &RowView>| {
        let rows: Vec<&RowView> = rows.collect();
        edf(rows.iter().filter_map(|row| row.loss), rows.len(), direction)
    };

    let all = of(&mut view.rows.iter());
    let sentence = sentence(view, &all);

    let by_model = of(&mut view.rows.iter().filter(|row| row.origin == Origin::Model));
    let others = of(&mut view.rows.iter().filter(|row| row.origin != Origin::Model));
    let mut plot = Plot::new("distribution-chart", "Distribution of the losses", &sentence)
        .sized(460.0, 280.0)
        .axes(loss_axis(view), Axis::linear("share of trials at least as good", 0.0, 1.0));

    // Two curves say whether the model does better than its initial design.
    let is_split = by_model.len() > 2 && others.len() > 2;
    let line = |points: &[(f64, f64)], tone, name: &str| {
        Layer::Line(Line::new(tone, thinned(points)).steps().named(name))
    };

    plot = plot.layer(line(&all, Tone::Series(0), "all trials"));
    if is_split {
        plot = plot.layer(line(&by_model, Tone::Series(1), "by the model"));
        let Layer::Line(others) = line(&others, Tone::Series(2), "others") else { return None };
        plot = plot.layer(Layer::Line(others.dashed(1)));
    }

    let quantile =
        |p: f64| all.iter().find(|(_, share)| *share >= p).map(|(value, _)| loss(*value));
    // Lost trials count among all, so a quantile may lie beyond the last loss.
    let rows: Vec<Vec<String>> = [0.1, 0.25, 0.5, 0.75, 0.9]
        .into_iter()
        .filter_map(|p| Some(vec![percent(p), quantile(p)?]))
        .collect();

    let mut body = chart(&plot.svg(), "Distribution of the losses");
    body.push(&numbers("As numbers", &["of all trials", "are at least as good as"], &rows));
    debug_assert!(all.len() <= n, "each trial has one loss at most");
    Some(Card::new("distribution", "Distribution", sentence, body))
}

fn sentence(view: &StudyView, all: &[(f64, f64)]) -> String {
    let half = all.iter().find(|(_, share)| *share >= 0.5);
    let best = view.summary.best.as_ref().map_or(0.0, |best| best.loss);
    match half {
        Some((value, _)) => format!(
            "Half of the trials are at least as good as {}; the best has {}.",
            loss(*value),
            loss(best)
        ),
        None => "More than half of the trials have no loss.".to_owned(),
    }
}

/// Selects points evenly, including both ends.
fn thinned(points: &[(f64, f64)]) -> Vec<(f64, Option<f64>)> {
    let step = points.len().div_ceil(N_POINTS).max(1);
    let is_chosen = |i: &usize| i.is_multiple_of(step) || *i + 1 == points.len();
    (0..points.len()).filter(is_chosen).map(|i| (points[i].0, Some(points[i].1))).collect()
}
