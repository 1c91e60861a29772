//! The surrogate over the pairs of parameters with the strongest interactions.

use super::{axis_of, place};
use crate::card::Card;
use crate::html::{chart, grid};
use charts::{Axis, Heat, Isolines, Layer, Plot, Points, Shape, Tone};
use tuner::overview::{Extent, ParameterView, RowView, StudyView, loss, short};
use tuner::space::Value;
use tuner::study::Contour;

/// Number of contour lines.
const N_LINES: usize = 6;

/// Number of trials drawn on top.
const N_POINTS: usize = 200;

pub(super) fn card(view: &StudyView) -> Option<Card> {
    let slices = view.slices.as_ref()?;
    let found: Vec<(usize, &Contour)> = slices.contours.iter().enumerate().collect();
    let first = found.first()?.1;

    let sentence = sentence(view, first)?;
    let charts: Vec<_> = found
        .iter()
        .filter_map(|(index, contour)| {
            let picture = plot(view, contour, *index)?.svg();
            Some(chart(
                &picture,
                &format!("Predicted loss over {} and {}", contour.x.0, contour.y.0),
            ))
        })
        .collect();

    Some(Card::new("contours", "Pairs", sentence, grid(charts)).wide())
}

/// States where the prediction is best.
fn sentence(view: &StudyView, contour: &Contour) -> Option<String> {
    let direction = view.summary.direction;
    let columns = contour.x.1.len();
    // Cells that no configuration reaches have no prediction.
    let best = contour
        .losses
        .iter()
        .enumerate()
        .filter_map(|(cell, loss)| Some((cell, (*loss)?)))
        .min_by(|a, b| direction.inner(a.1).total_cmp(&direction.inner(b.1)))?;

    let (x, y) = (&contour.x.1[best.0 % columns], &contour.y.1[best.0 / columns]);
    Some(format!(
        "{} and {} interact most; around the best trial the surrogate predicts {} {} at \
         {} and {}.",
        contour.x.0,
        contour.y.0,
        view.summary.metric,
        loss(best.1),
        short(x),
        short(y)
    ))
}

fn plot(view: &StudyView, contour: &Contour, index: usize) -> Option<Plot> {
    let side = |name: &str| {
        let position = view.parameters.iter().position(|p| p.name == name)?;
        Some((position, &view.parameters[position]))
    };

    let (x, y) = (side(&contour.x.0)?, side(&contour.y.0)?);
    let columns = contour.x.1.len();
    let heat = Heat::new(contour.losses.clone(), columns);

    let (low, high) = heat.range;
    let levels = (1..=N_LINES).map(|i| low + (high - low) * i as f64 / (N_LINES + 1) as f64);
    let lines = Isolines { cells: contour.losses.clone(), columns, levels: levels.collect() };
    let title = format!("Predicted loss over {} and {}", contour.x.0, contour.y.0);
    let description = "Dark cells have small values; lines join equal ones; diamonds are trials.";
    let axes = (axis(x.1, &contour.x.1), axis(y.1, &contour.y.1));

    let mut plot = Plot::new(&format!("contour-{index}"), &title, description)
        .sized(460.0, 340.0)
        .axes(axes.0, axes.1)
        .layer(Layer::Heat(heat));
    // Between two names lies nothing that a line could cross.
    if [x.1, y.1].into_iter().all(|side| !matches!(side.extent, Extent::List { .. })) {
        plot = plot.layer(Layer::Isolines(lines));
    }

    let mut points = Points::new(Tone::Strong).shaped(Shape::Diamond);
    for row in view.rows.iter().filter(|row| row.loss.is_some()).take(N_POINTS) {
        if let Some((at_x, at_y)) = at(row, x, y, contour) {
            points = points.with(Some(at_x), Some(at_y), Some(row.trial));
        }
    }

    plot = plot.layer(Layer::Points(points));
    Some(plot)
}

/// The axis of one side; categorical if each of its values has cells of its own.
fn axis(parameter: &ParameterView, values: &[Value]) -> Axis {
    let axis = axis_of(parameter).with_absent(false);
    if has_levels(values, parameter) {
        Axis::category(&parameter.name, values.iter().map(short).collect())
    } else {
        axis
    }
}

/// Whether each cell is one value of the parameter, rather than a part of its range.
fn has_levels(values: &[Value], parameter: &ParameterView) -> bool {
    let is_list = matches!(parameter.extent, Extent::List { .. });
    is_list || values.iter().all(|value| matches!(value, Value::Int(_))) || values.len() < 24
}

fn at(
    row: &RowView,
    x: (usize, &ParameterView),
    y: (usize, &ParameterView),
    contour: &Contour,
) -> Option<(f64, f64)> {
    let on = |(position, parameter): (usize, &ParameterView), values: &[Value]| {
        if has_levels(values, parameter) {
            let value = row.params[position].as_ref()?;
            values.iter().position(|v| v.same_as(value)).map(|index| index as f64)
        } else {
            place(row, parameter, position)?.0
        }
    };
    Some((on(x, &contour.x.1)?, on(y, &contour.y.1)?))
}
