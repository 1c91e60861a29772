//! The cards of a study's page, one file each: a conclusion in one sentence, and its picture. A
//! card that does not apply is left out.

mod contours;
mod curves;
mod distribution;
mod folds;
mod head;
mod health;
mod history;
mod importance;
mod parallel;
mod ranks;
mod slices;
mod space_file;
mod table;

pub(crate) use curves::plot as curve_plot;
pub(crate) use history::improvements;
pub(crate) use importance::bars as importance_bars;
pub(crate) use parallel::N_AXES;
pub(crate) use slices::slice_plot;

use crate::card::Card;
use crate::card::Logs;
use charts::Axis;
use tuner::overview::{Extent, ParameterView, RowView, StudyView, short};

/// Greatest number of trials drawn one by one; beyond it, the others are drawn as a density.
const MOST_SINGLE: usize = 2_000;

/// Number of trials that are highlighted if not all are drawn alike.
const N_BEST: usize = 100;

/// Returns all cards that apply, in the order of the page.
pub(crate) fn cards(view: &StudyView, logs: Logs) -> Vec<Card> {
    [
        Some(head::card(view)),
        history::card(view),
        ranks::card(view),
        importance::card(view),
        slices::card(view),
        contours::card(view),
        parallel::card(view),
        curves::card(view),
        folds::card(view),
        distribution::card(view),
        health::card(view),
        table::card(view, logs),
        Some(space_file::card(view)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The axis of a parameter, with a place for trials in which it is inactive.
pub(crate) fn axis_of(parameter: &ParameterView) -> Axis {
    let axis = match &parameter.extent {
        Extent::Range { low, high, is_log: true } => Axis::log(&parameter.name, *low, *high),
        Extent::Range { low, high, .. } if parameter.is_whole => {
            Axis::linear(&parameter.name, *low, *high).whole()
        }
        Extent::Range { low, high, .. } => Axis::linear(&parameter.name, *low, *high),
        Extent::List { values } => {
            Axis::category(&parameter.name, values.iter().map(short).collect())
        }
    };
    axis.with_absent(parameter.is_conditional)
}

/// A position on an axis; `None` is the place of absent values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Spot(pub(crate) Option<f64>);

/// Returns a trial's position on the axis of a parameter; `None` if its value belongs to another
/// space.
pub(crate) fn place(row: &RowView, parameter: &ParameterView, position: usize) -> Option<Spot> {
    match &row.params[position] {
        None => Some(Spot(None)),
        Some(value) => parameter.place(value).map(|place| Spot(Some(place))),
    }
}
