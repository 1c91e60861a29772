//! Learning curves of the best trials.

use crate::card::Card;
use crate::html::{chart, numbers};
use crate::loss_axis::axis;
use charts::{Axis, Layer, Line, Plot, Points, Shape, Tone};
use tuner::overview::{CurveView, StudyView, loss};
use tuner::trial::{Direction, State};

/// Number of trials drawn; those after the first few are thin.
const N_SHOWN: usize = 12;
const N_NAMED: usize = 4;

/// Greatest number of points of one curve.
const N_POINTS: usize = 120;

/// A curve still falls at its end if the last tenth of the epochs lowered the validation loss by at
/// least this share.
const FALLING: f64 = 0.01;

pub(super) fn card(view: &StudyView) -> Option<Card> {
    let mut curves: Vec<&CurveView> = view.curves.iter().collect();
    let rank = |curve: &CurveView| view.rows.iter().position(|row| row.trial == curve.trial);
    curves.sort_by_key(|curve| rank(curve));
    curves.truncate(N_SHOWN);
    let best = *curves.first()?;

    let sentence = sentence(view, best);
    let n_epochs = curves.iter().map(|c| c.validation.len()).max().unwrap_or(1);
    let bars = curves.iter().flat_map(|c| c.bars.iter().map(|(_, loss)| loss));
    // Of what is drawn: training losses and folds are those of the best trial.
    let drawn = curves.iter().flat_map(|c| &c.validation).chain(&best.training);
    let losses = drawn.chain(best.folds.iter().flatten()).flatten().chain(bars);
    let vertical = axis("loss", losses.copied(), Direction::Minimize);
    let mut plot = Plot::new("curves-chart", "Learning curves", &sentence)
        .sized(960.0, 320.0)
        .axes(Axis::linear("epoch", 1.0, n_epochs as f64), vertical);
    for fold in &best.folds {
        plot = plot.layer(Layer::Line(Line::new(Tone::Faint, points(fold)).thin()));
    }
    let named = curves.iter().position(|curve| !curve.bars.is_empty());
    // In reverse, so that the best trial lies on top.
    for (position, curve) in curves.iter().enumerate().rev() {
        plot = add(plot, position, curve);
        plot = add_bars(plot, curve, named == Some(position));
    }

    let row = |curve: &&CurveView| {
        let last = |values: &[Option<f64>]| values.iter().flatten().last().copied();
        let shown = |value: Option<f64>| value.map(loss).unwrap_or_default();
        let (epoch, lowest) = lowest(&curve.validation).unzip();
        vec![
            curve.trial.to_string(),
            curve.validation.len().to_string(),
            epoch.map(|epoch: usize| epoch.to_string()).unwrap_or_default(),
            shown(lowest),
            shown(last(&curve.validation)),
            shown(last(&curve.training)),
            curve
                .predicted
                .map(|p| format!("{} ± {}", loss(p.loss), loss(p.se)))
                .unwrap_or_default(),
        ]
    };
    let mut header =
        vec!["trial", "epochs", "lowest after", "lowest", "last validation", "last training"];
    let mut rows: Vec<Vec<String>> = curves.iter().map(row).collect();
    if curves.iter().any(|curve| curve.predicted.is_some()) {
        header.push("predicted when stopped");
    } else {
        for row in &mut rows {
            row.truncate(header.len());
        }
    }
    let mut body = chart(&plot.svg(), "Learning curves: arrow keys go from trial to trial");
    body.push(&numbers("As numbers", &header, &rows));
    Some(Card::new("curves", "Learning curves", sentence, body).wide())
}

/// Draws one trial's curves: training, validation, and each fold behind them.
pub(crate) fn plot(curve: &CurveView, title: &str) -> Plot {
    let losses = curve.validation.iter().chain(&curve.training).flatten();
    let vertical = axis("loss", losses.copied(), Direction::Minimize);
    let n_epochs = curve.validation.len() as f64;
    let description = format!("Losses of trial {} after each epoch.", curve.trial);
    let mut plot = Plot::new("curves-chart", title, &description)
        .axes(Axis::linear("epoch", 1.0, n_epochs.max(2.0)), vertical);
    for fold in &curve.folds {
        plot = plot.layer(Layer::Line(Line::new(Tone::Faint, points(fold)).thin()));
    }
    add_bars(add(plot, 0, curve), curve, true)
}

fn add(mut plot: Plot, position: usize, curve: &CurveView) -> Plot {
    let is_named = position < N_NAMED;
    let tone = match curve.state {
        State::Raced => Tone::Series(5),
        _ if is_named => Tone::Series(position as u8),
        _ => Tone::Faint,
    };

    // A mean over folds would go on where the stopped one ends.
    let own = curve.folds.last().filter(|_| curve.state == State::Raced);
    let mut validation = Line::new(tone, points(own.unwrap_or(&curve.validation)))
        .keyed(curve.trial)
        .dashed(position as u8 % 4);
    if is_named {
        validation = validation.named(&format!("trial {}", curve.trial));
    } else {
        validation = validation.thin();
    }

    if position == 0 && curve.training.iter().any(Option::is_some) {
        let training = Line::new(tone, points(&curve.training)).dashed(2).thin();
        plot =
            plot.layer(Layer::Line(training.named(&format!("training of trial {}", curve.trial))));
    }

    plot.layer(Layer::Line(validation))
}

/// Marks the losses beyond which racing stops a trial, where it stopped this one.
fn add_bars(plot: Plot, curve: &CurveView, is_named: bool) -> Plot {
    if curve.bars.is_empty() {
        return plot;
    }

    let mut bars = Points::new(Tone::Series(5));
    bars.shape = Shape::Triangle;
    for (epoch, loss) in &curve.bars {
        bars = bars.with(Some(f64::from(*epoch)), Some(*loss), Some(curve.trial));
    }
    let bars = if is_named { bars.named("stopped beyond these") } else { bars };
    plot.layer(Layer::Points(bars))
}

/// Values over epochs, counted from 1; of many, an even selection that includes the last.
fn points(values: &[Option<f64>]) -> Vec<(f64, Option<f64>)> {
    let step = values.len().div_ceil(N_POINTS).max(1);
    let is_chosen = |i: &usize| i.is_multiple_of(step) || *i + 1 == values.len();
    // An epoch without a value does not break the line: programs may report every tenth epoch.
    (0..values.len())
        .filter(is_chosen)
        .filter_map(|i| values[i].map(|value| ((i + 1) as f64, Some(value))))
        .collect()
}

/// Returns the epoch with the lowest value, and that value.
fn lowest(values: &[Option<f64>]) -> Option<(usize, f64)> {
    values
        .iter()
        .enumerate()
        .filter_map(|(epoch, value)| Some((epoch + 1, (*value)?)))
        .min_by(|a, b| a.1.total_cmp(&b.1))
}

fn sentence(view: &StudyView, best: &CurveView) -> String {
    let (name, n) = (best.trial, best.validation.len());
    let Some((epoch, value)) = lowest(&best.validation) else {
        return format!("Trial {name} reports training losses over {n} epochs.");
    };

    let before = best.validation[..n - (n / 10).max(1)].iter().flatten().last().copied();
    // Judged over the last tenth: a single epoch may be lower by observation noise.
    let is_falling = epoch == n && before.is_some_and(|b| b - value > FALLING * b.abs());
    if is_falling {
        format!(
            "Trial {name}'s validation loss was still falling at its last epoch, {n}: more epochs may help."
        )
    } else if view.summary.best.is_some() {
        format!(
            "Trial {name}'s validation loss is lowest after epoch {epoch} of {n}, at {}.",
            loss(value)
        )
    } else {
        format!(
            "The lowest validation loss is {}, after epoch {epoch} of trial {name}.",
            loss(value)
        )
    }
}
