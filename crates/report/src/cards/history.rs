//! The course of the study: every trial, and the best loss so far.

use super::{MOST_SINGLE, N_BEST};
use crate::card::Card;
use crate::html::{chart, numbers};
use crate::loss_axis::{beyond, loss_axis};
use crate::words::{count, grouped};
use charts::{Axis, Band, Density, Layer, Line, Plot, Points, Shape, Tone};
use std::collections::BTreeMap;
use tuner::overview::{RowView, Step, StudyView, loss};
use tuner::trial::State;

pub(super) fn card(view: &StudyView) -> Option<Card> {
    if view.steps.is_empty() && view.open.is_empty() {
        return None;
    }
    let axis = loss_axis(view);
    let sentence = sentence(view) + &beyond(view, &axis);
    let picture = plot(view, axis, &sentence).svg();

    let mut body = chart(&picture, "History: arrow keys go from trial to trial");
    body.push(&numbers("Improvements as numbers", &["trial", "best loss"], &gains(view)));
    Some(Card::new("history", "History", sentence, body).wide())
}

fn sentence(view: &StudyView) -> String {
    let Some(best) = &view.summary.best else {
        return format!("None of {} has a loss.", count(view.steps.len(), "ended trial"));
    };

    let since = view.steps.iter().filter(|step| step.trial > best.trial).count();
    match since {
        0 => format!("The last trial that ended, {}, is the best so far.", best.trial),
        1 => format!("Trial {} has the best loss, before the last trial.", best.trial),
        n => format!(
            "Trial {} has the best loss; the {} since have not improved on it.",
            best.trial,
            count(n, "trial")
        ),
    }
}

/// Draws the picture.
pub(crate) fn plot(view: &StudyView, axis: Axis, sentence: &str) -> Plot {
    let last = view.steps.iter().map(|step| step.trial).chain(view.open.iter().map(|o| o.trial));
    let last = last.max().unwrap_or(0).max(view.summary.total.unwrap_or(1).saturating_sub(1));
    let has_lossless = !view.open.is_empty() || view.steps.iter().any(|step| step.loss.is_none());
    let x = Axis::linear("trial", 0.0, last.max(1) as f64).padded(0.015);
    let mut plot = Plot::new("history-chart", "History of the losses", sentence)
        .sized(960.0, 320.0)
        .axes(x, axis.with_absent(has_lossless));

    let by_number: BTreeMap<u64, &RowView> = view.rows.iter().map(|row| (row.trial, row)).collect();
    let is_crowded = view.rows.len() > MOST_SINGLE;
    // The density shows all trials, the marks only the best of them.
    if is_crowded {
        let points = view.steps.iter().filter(|step| step.loss.is_some());
        let points = points.map(|step| (Some(step.trial as f64), step.loss)).collect();
        let name = Some("all trials".to_owned());
        plot = plot.layer(Layer::Density(Density { points, tone: Tone::Faint, name }));
    }
    if let Some(band) = band(&view.steps, &by_number) {
        plot = plot.layer(Layer::Band(band));
    }
    for points in marks(view, is_crowded) {
        plot = plot.layer(Layer::Points(points));
    }
    if view.summary.best.is_none() {
        return plot;
    }
    plot.layer(Layer::Line(
        Line::new(Tone::Series(1), improvements(&view.steps)).steps().named("best so far"),
    ))
}

/// Returns the steps at which the best loss changes, and the last step.
pub(crate) fn improvements(steps: &[Step]) -> Vec<(f64, Option<f64>)> {
    let is_change = |i: &usize| *i == 0 || steps[*i].best != steps[*i - 1].best;
    let chosen = (0..steps.len()).filter(|i| is_change(i) || *i + 1 == steps.len());
    chosen.map(|i| (steps[i].trial as f64, steps[i].best)).collect()
}

/// The best loss so far, plus and minus its standard error.
fn band(steps: &[Step], by_number: &BTreeMap<u64, &RowView>) -> Option<Band> {
    let mut points: Vec<(f64, f64, f64)> = Vec::new();
    let (mut se, mut before) = (None, None);
    for step in steps.iter().filter(|step| step.best.is_some()) {
        if step.best == before {
            continue;
        }

        // Constant up to the step, then at the new level.
        let at = step.trial as f64;
        points.extend(points.last().map(|(_, low, high)| (at, *low, *high)));
        before = step.best;
        se = by_number.get(&step.trial).and_then(|row| row.se);
        let (best, se) = (step.best?, se?);
        points.push((at, best - se, best + se));
    }

    if let (Some(last), Some(best), Some(se)) = (steps.last(), before, se) {
        points.push((last.trial as f64, best - se, best + se));
    }
    let name = Some("± standard error".to_owned());
    (points.len() > 1).then_some(Band { points, tone: Tone::Series(1), name })
}

/// Trials by their final state, with a shape for each.
fn marks(view: &StudyView, is_crowded: bool) -> Vec<Points> {
    let looks = [
        (State::Ok, Shape::Disc, Tone::Faint, "ok"),
        (State::Raced, Shape::Diamond, Tone::Series(5), "raced"),
        (State::Diverged, Shape::Cross, Tone::Series(3), "diverged"),
        (State::Failed, Shape::Cross, Tone::Series(6), "failed"),
        (State::Timeout, Shape::Square, Tone::Series(4), "timeout"),
        (State::OutOfMemory, Shape::Square, Tone::Series(6), "out of memory"),
    ];

    let mut layers = Vec::new();
    for (state, shape, tone, name) in looks {
        let mut rows: Vec<&RowView> = view
            .rows
            .iter()
            .filter(|row| row.state == state && row.in_best_set != Some(true))
            .filter(|row| !is_crowded || row.rank <= N_BEST || state != State::Ok)
            .collect();
        rows.sort_by_key(|row| row.trial);
        layers.push(layer(&rows, Points::new(tone).shaped(shape).named(name)));
    }

    let mut set: Vec<&RowView> = view
        .rows
        .iter()
        .filter(|row| row.in_best_set == Some(true))
        .filter(|row| !is_crowded || row.rank <= N_BEST)
        .collect();

    set.sort_by_key(|row| row.trial);
    layers.push(layer(&set, Points::new(Tone::Series(0)).named("may be the best")));

    // Trials under way have no loss yet: they stand in the place of those without.
    let mut open = Points::new(Tone::Series(2)).shaped(Shape::Triangle).named("under way");
    for trial in &view.open {
        open = open.with(Some(trial.trial as f64), None, Some(trial.trial));
    }

    layers.push(open);
    layers.retain(|layer| !layer.points.is_empty());
    layers
}

fn layer(rows: &[&RowView], mut points: Points) -> Points {
    for row in rows {
        points = points.with(Some(row.trial as f64), row.loss, Some(row.trial));
    }
    points
}

/// The trials that improved on the best loss so far.
fn gains(view: &StudyView) -> Vec<Vec<String>> {
    let mut before = None;
    let mut found = Vec::new();
    for step in &view.steps {
        if step.best != before {
            before = step.best;
            found.push(vec![grouped(step.trial as usize), step.best.map(loss).unwrap_or_default()]);
        }
    }
    found
}
