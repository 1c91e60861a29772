//! The losses along each parameter, and the surrogate there with the others fixed at the best
//! trial.

use super::{MOST_SINGLE, N_BEST, axis_of, place};
use crate::card::Card;
use crate::html::{chart, grid};
use crate::loss_axis::loss_axis;
use crate::words::and;
use charts::{Axis, Band, Density, Layer, Line, Plot, Point, Points, Rule, Strip, Tone};
use tuner::overview::{Extent, ParameterView, RowView, StudyView};
use tuner::study::Slice;
use tuner::view::Effect;

/// Number of parameters drawn, the most important first.
const N_SHOWN: usize = 24;

/// A parameter is flat if the surrogate spans at most this many of its standard deviations along
/// it.
const FLAT: f64 = 1.0;

pub(super) fn card(view: &StudyView) -> Option<Card> {
    if view.summary.best.is_none() || view.parameters.is_empty() {
        return None;
    }
    let sentence = sentence(view);
    let charts = order(view).into_iter().take(N_SHOWN).map(|position| {
        let name = &view.parameters[position].name;
        let plot = slice_plot(view, position, &format!("slice-{position}"));
        chart(&plot.svg(), &format!("Losses along {name}"))
    });
    Some(Card::new("slices", "Slices", sentence, grid(charts)).wide())
}

fn sentence(view: &StudyView) -> String {
    let Some(slices) = &view.slices else {
        return "Each trial's loss along each parameter; too few trials succeeded for a surrogate."
            .to_owned();
    };

    // What does not matter is said: a reader sees by eye what does.
    let flat: Vec<String> = slices
        .slices
        .iter()
        .filter(|slice| is_flat(slice))
        .map(|slice| slice.name.clone())
        .collect();

    let held = slices.slices.first().map(|slice| slice.held_at).unwrap_or_default();
    let flat = match flat.len() {
        0 => {
            "every parameter changes the prediction by more than its standard deviation".to_owned()
        }
        n if n == slices.slices.len() => "no parameter changes the prediction by more than its \
                                          standard deviation"
            .to_owned(),
        n if n <= 4 => {
            format!("{} hardly change{} the prediction", and(&flat), if n == 1 { "s" } else { "" })
        }
        n => format!("{n} parameters hardly change the prediction"),
    };

    format!(
        "Around trial {held}, {flat}; the band is the surrogate's mean ± one standard deviation."
    )
}

fn is_flat(slice: &Slice) -> bool {
    let losses = slice.values.iter().map(|point| point.loss);
    let (low, high) =
        losses.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
    let widths = slice.values.iter().map(|point| (point.band.1 - point.band.0) / 2.0);
    // Where the surrogate is surest it would see a change first.
    let narrowest = widths.fold(f64::INFINITY, f64::min);
    high - low < FLAT * narrowest
}

/// Positions of the parameters, the most important first.
fn order(view: &StudyView) -> Vec<usize> {
    let effects: &[Effect] = view.importance.as_ref().map_or(&[], |i| &i.effects);
    let mut order: Vec<usize> = (0..view.parameters.len()).collect();
    order.sort_by_key(|position| {
        let name = &view.parameters[*position].name;
        (effects.iter().position(|e| e.name == *name).unwrap_or(usize::MAX), *position)
    });
    order
}

/// Draws one parameter's slice.
pub(crate) fn slice_plot(view: &StudyView, position: usize, id: &str) -> Plot {
    let parameter = &view.parameters[position];
    let name = &parameter.name;
    let description = format!("Losses of all trials over {name}, and the surrogate's prediction.");
    let mut plot = Plot::new(id, name, &description)
        .sized(300.0, 230.0)
        .axes(axis_of(parameter), Axis { label: String::new(), ..loss_axis(view) });

    let slice = view.slices.iter().flat_map(|s| &s.slices).find(|slice| slice.name == *name);
    let is_list = matches!(parameter.extent, Extent::List { .. });
    // Under the points, which it must not hide.
    if let Some(slice) = slice.filter(|_| !is_list) {
        plot = plot.layer(Layer::Band(band(slice, parameter)));
    }

    plot = points(plot, view, parameter, position);
    match slice {
        Some(slice) if is_list => plot.layer(Layer::Intervals(predictions(slice, parameter))),
        Some(slice) => {
            let at =
                |p: &tuner::study::SlicePoint| Some((parameter.place(&p.value)?, Some(p.loss)));
            let line = slice.values.iter().filter_map(at).collect();
            plot.layer(Layer::Line(Line::new(Tone::Series(1), line)))
        }
        None => plot,
    }
}

fn band(slice: &Slice, parameter: &ParameterView) -> Band {
    let points = slice
        .values
        .iter()
        .filter_map(|p| Some((parameter.place(&p.value)?, p.band.0, p.band.1)))
        .collect();
    Band { points, tone: Tone::Series(1), name: None }
}

/// The predictions at the values of a categorical parameter.
fn predictions(slice: &Slice, parameter: &ParameterView) -> charts::Intervals {
    let intervals = slice
        .values
        .iter()
        .filter_map(|p| {
            let at = parameter.place(&p.value)?;
            Some(charts::Interval { at, value: p.loss, ends: Some(p.band), key: None })
        })
        .collect();

    charts::Intervals {
        intervals,
        direction: charts::Direction::Up,
        tone: Tone::Series(1),
        shape: charts::Shape::Diamond,
    }
}

/// The trials: those that may be the best stand out, and the best one has a vertical line.
fn points(mut plot: Plot, view: &StudyView, parameter: &ParameterView, position: usize) -> Plot {
    let is_crowded = view.rows.len() > MOST_SINGLE;
    let at = |row: &RowView| Some((place(row, parameter, position)?.0, row.loss?));
    // Ten thousand marks are slow to draw and cover each other; their density is neither.
    if is_crowded {
        let points = view.rows.iter().filter_map(at).map(|(x, y)| (x, Some(y))).collect();
        plot = plot.layer(Layer::Density(Density { points, tone: Tone::Faint, name: None }));
    }

    let chosen = |is_in_set: bool| -> Vec<Point> {
        let mut rows: Vec<&RowView> = view
            .rows
            .iter()
            .filter(|row| (row.in_best_set == Some(true)) == is_in_set)
            .filter(|row| !is_crowded || row.rank <= N_BEST)
            .collect();
        rows.sort_by_key(|row| row.trial);
        rows.iter()
            .filter_map(|row| {
                let (x, y) = at(row)?;
                Some(Point { x, y: Some(y), key: Some(row.trial) })
            })
            .collect()
    };

    // The best set last: it is drawn over the others.
    for (is_in_set, tone) in [(false, Tone::Faint), (true, Tone::Series(0))] {
        let (points, is_small) = (chosen(is_in_set), !is_in_set);
        plot = plot.layer(match parameter.extent {
            Extent::List { .. } => Layer::Strip(Strip { points, tone, is_small }),
            Extent::Range { .. } => Layer::Points(Points { points, is_small, ..Points::new(tone) }),
        });
    }

    let best = view.rows.first().and_then(at).and_then(|(x, _)| x);
    match best {
        Some(at) => plot.layer(Layer::Rule(Rule {
            direction: charts::Direction::Up,
            at,
            tone: Tone::Strong,
            name: None,
        })),
        None => plot,
    }
}
