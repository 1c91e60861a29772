//! Stand-alone pictures, for a README or a talk.

use crate::cards::{curve_plot, importance_bars, slice_plot};
use charts::{
    Axis, Direction, Interval, Intervals, Layer, Multiples, Plot, Rule, Shape, Theme, Tone,
};
use tuner::overview::{CurveView, StudyView};

/// Number of slices beside the bars.
const N_SLICES: usize = 5;

/// Importance, and the losses along the most important parameters; `None` if importance cannot be
/// computed.
pub fn importance(view: &StudyView, theme: Theme) -> Option<String> {
    let found = view.importance.as_ref()?;
    let first = found.effects.first()?;
    let description = format!("{} matters most.", first.name);
    let mut plots = vec![importance_bars(found, &description).headed().sized(400.0, 260.0)];

    // The parameters that matter most first; the rest would be flat.
    for (index, effect) in found.effects.iter().take(N_SLICES).enumerate() {
        let position = view.parameters.iter().position(|p| p.name == effect.name)?;
        let plot = slice_plot(view, position, &format!("slice-{index}"));
        plots.push(plot.headed().sized(400.0, 260.0));
    }

    let picture = Multiples {
        id: "importance".to_owned(),
        title: format!("What matters in {}", view.summary.name),
        description,
        plots,
        columns: 3,
    };

    Some(picture.file(theme))
}

/// One trial: its learning curves if it has any, and its losses by fold beside the best trial's.
/// Returns `None` if the study has no such ended trial.
pub fn trial(
    view: &StudyView,
    number: u64,
    curve: Option<&CurveView>,
    theme: Theme,
) -> Option<String> {
    let row = view.rows.iter().find(|row| row.trial == number)?;
    let title = format!("Trial {number} of {}", view.summary.name);

    let mut plots = Vec::new();
    if let Some(curve) = curve {
        plots.push(curve_plot(curve, "Learning curves").headed().sized(480.0, 280.0));
    }

    let intervals = |folds: &[Option<f64>], by: f64| -> Vec<Interval> {
        let of = |(fold, loss): (usize, &Option<f64>)| {
            Some(Interval { at: fold as f64 + by, value: (*loss)?, ends: None, key: None })
        };
        folds.iter().enumerate().filter_map(of).collect()
    };

    let layer = |intervals, tone, shape| {
        Layer::Intervals(Intervals { intervals, direction: Direction::Up, tone, shape })
    };
    let best = view.rows.first().filter(|best| best.trial != number && best.loss.is_some());
    // Both trials share the axis, or their folds could not be compared.
    let losses = row.folds.iter().chain(best.iter().flat_map(|b| &b.folds)).flatten().copied();
    let (low, high) =
        losses.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));

    // A trial without any loss has an empty picture rather than none.
    let vertical = if low <= high {
        Axis::linear(&view.summary.metric, low, high).padded(0.08)
    } else {
        Axis::linear(&view.summary.metric, 0.0, 1.0)
    };

    let names = (0..row.folds.len()).map(|fold| format!("fold {fold}")).collect();
    let mut folds = Plot::new("trial-folds", "Losses by fold", "Diamonds: the best trial.")
        .headed()
        .sized(480.0, 280.0)
        .axes(Axis::category("", names), vertical)
        .layer(layer(intervals(&row.folds, 0.0), Tone::Series(0), Shape::Disc));

    if let Some(best) = best {
        // Beside the other marks, so that equal losses do not hide each other.
        folds = folds.layer(layer(intervals(&best.folds, 0.15), Tone::Series(1), Shape::Diamond));
    }

    if let Some(loss) = row.loss {
        let name = Some(format!("mean {}", tuner::overview::loss(loss)));
        let rule = Rule { direction: Direction::Right, at: loss, tone: Tone::Series(0), name };
        folds = folds.layer(Layer::Rule(rule));
    }

    plots.push(folds);
    let description = format!("How trial {number} learned, and its losses fold by fold.");
    let columns = plots.len();
    Some(Multiples { id: "trial".to_owned(), title, description, plots, columns }.file(theme))
}
