//! All parameters side by side: what the best trials have in common.

use super::{N_BEST, axis_of, place};
use crate::card::Card;
use crate::html::chart;
use crate::loss_axis::loss_axis;
use crate::words::{and, count};
use charts::{Parallel, Strand, Tone};
use tuner::overview::{Extent, ParameterView, RowView, StudyView};
use tuner::trial::Direction;

/// Greatest number of lines drawn faintly behind the best ones.
const N_FAINT: usize = 300;

/// Greatest number of parameters with an axis.
pub(crate) const N_AXES: usize = 16;

/// The best trials agree on a parameter if they share at most this part of its range.
const NARROW: f64 = 0.35;

/// Whether there is something to draw.
pub(super) fn applies(view: &StudyView) -> bool {
    let n_ok = view.rows.iter().filter(|row| row.loss.is_some()).count();
    n_ok > 1 && view.parameters.len() > 1
}

pub(super) fn card(view: &StudyView) -> Option<Card> {
    if !applies(view) {
        return None;
    }
    let ok: Vec<&RowView> = view.rows.iter().filter(|row| row.loss.is_some()).collect();

    let sentence = sentence(view, &ok);
    // Lines through many axes cannot be followed by eye.
    let positions: Vec<usize> = (0..view.parameters.len()).take(N_AXES).collect();
    let mut axes: Vec<_> = positions.iter().map(|p| axis_of(&view.parameters[*p])).collect();
    axes.push(loss_axis(view));

    let strand = |row: &&RowView| {
        let mut values: Vec<Option<f64>> = positions
            .iter()
            .map(|position| {
                place(row, &view.parameters[*position], *position).and_then(|spot| spot.0)
            })
            .collect();
        values.push(row.loss);
        Strand { values, key: row.trial }
    };

    // The layers lie on one another: the best trials are drawn last, over the faint ones.
    let is_best = |row: &RowView| row.in_best_set == Some(true) && row.rank <= N_BEST;
    let faint: Vec<Strand> =
        ok.iter().filter(|row| !is_best(row)).take(N_FAINT).map(strand).collect();
    let best: Vec<Strand> = ok[1..].iter().filter(|row| is_best(row)).map(strand).collect();

    let picture = Parallel {
        id: "parallel-chart".to_owned(),
        title: "Parallel coordinates".to_owned(),
        description: sentence.clone(),
        axes,
        strands: vec![
            (Tone::Faint, faint),
            (Tone::Series(0), best),
            (Tone::Series(1), vec![strand(&ok[0])]),
        ],
        height: 340.0,
    };

    let label = "Parallel coordinates: drag along an axis to filter the table";
    Some(
        Card::new("parallel", "Parallel coordinates", sentence, chart(&picture.svg(), label))
            .wide(),
    )
}

/// States the parameters on which the best tenth of the trials agree.
fn sentence(view: &StudyView, ok: &[&RowView]) -> String {
    // Fewer than three trials agree on everything.
    let n = (ok.len() / 10).max(3).min(ok.len());
    let agreed: Vec<String> = view
        .parameters
        .iter()
        .enumerate()
        .filter_map(|(position, parameter)| agreement(&ok[..n], parameter, position))
        .take(3)
        .collect();

    let shown = match view.summary.direction {
        Direction::Minimize => "lowest",
        Direction::Maximize => "highest",
    };

    match agreed.as_slice() {
        [] => format!("The {} of {shown} loss agree on no parameter.", count(n, "trial")),
        agreed => {
            format!("The {} of {shown} loss have {}.", count(n, "trial"), and(agreed))
        }
    }
}

/// Returns what trials have in common along one parameter: a narrow part of its range, or one
/// value.
fn agreement(rows: &[&RowView], parameter: &ParameterView, position: usize) -> Option<String> {
    let places: Option<Vec<f64>> =
        rows.iter().map(|row| place(row, parameter, position)?.0).collect();
    let places = places?;
    let (low, high) =
        places.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(*v), h.max(*v)));

    // Of a list, one value is agreement; of a range, a part that is narrow on its own scale.
    match &parameter.extent {
        Extent::List { values } if values.len() > 1 && low == high => {
            let value = rows[0].params[position].as_ref()?;
            Some(format!("{} = {value}", parameter.name))
        }
        Extent::List { .. } => None,
        Extent::Range { low: from, high: to, is_log } => {
            let span = if *is_log {
                (high / low).ln() / (to / from).ln()
            } else {
                (high - low) / (to - from)
            };
            let (name, first) = (&parameter.name, charts::label(low));
            let text = match charts::label(high) {
                last if last == first => format!("{name} = {first}"),
                last => format!("{name} between {first} and {last}"),
            };
            (span.is_finite() && span < NARROW).then_some(text)
        }
    }
}
