//! Intervals for the ranks of the best trials.

use crate::card::Card;
use crate::html::{chart, numbers};
use crate::words::{count, grouped};
use charts::{Axis, Direction, Interval, Intervals, Layer, Plot, Shape, Tone};
use tuner::overview::{RowView, StudyView, loss};

/// Number of trials shown.
const N_SHOWN: usize = 20;

pub(super) fn card(view: &StudyView) -> Option<Card> {
    let shown: Vec<(&RowView, (usize, usize))> =
        view.rows.iter().take(N_SHOWN).filter_map(|row| Some((row, row.ranks?))).collect();
    if shown.len() < 2 {
        return None;
    }

    let sentence = sentence(view, &shown);
    let last = shown.iter().map(|(row, ranks)| row.rank.max(ranks.1)).max().unwrap_or(1);
    let intervals = |is_tied: bool| {
        let of = |(position, (row, ranks)): (usize, &(&RowView, (usize, usize)))| Interval {
            // The vertical axis rises, and the best trial stands on top.
            at: (shown.len() - 1 - position) as f64,
            value: row.rank as f64,
            ends: Some((ranks.0 as f64, ranks.1 as f64)),
            key: Some(row.trial),
        };
        let chosen = shown.iter().enumerate().filter(|(_, (_, ranks))| (ranks.0 == 1) == is_tied);
        chosen.map(of).collect::<Vec<_>>()
    };

    let layer = |is_tied: bool, tone: Tone, shape: Shape| {
        let intervals = intervals(is_tied);
        Layer::Intervals(Intervals { intervals, direction: Direction::Right, tone, shape })
    };

    let names = shown.iter().rev().map(|(row, _)| format!("trial {}", row.trial)).collect();
    let plot = Plot::new("ranks-chart", "Rank intervals", &sentence)
        .sized(460.0, 70.0 + 18.0 * shown.len() as f64)
        .axes(Axis::linear("rank", 1.0, last.max(2) as f64).padded(0.03), Axis::category("", names))
        .layer(layer(false, Tone::Faint, Shape::Diamond))
        .layer(layer(true, Tone::Series(0), Shape::Disc));

    let row = |(row, ranks): &(&RowView, (usize, usize))| {
        let loss = row.loss.map(loss).unwrap_or_default();
        vec![
            row.trial.to_string(),
            row.rank.to_string(),
            ranks.0.to_string(),
            ranks.1.to_string(),
            loss,
        ]
    };

    let rows: Vec<Vec<String>> = shown.iter().map(row).collect();
    let mut body = chart(&plot.svg(), "Rank intervals: arrow keys go from trial to trial");
    body.push(&numbers("As numbers", &["trial", "rank", "from", "to", "loss"], &rows));
    Some(Card::new("ranks", "Rank intervals", sentence, body))
}

/// What the intervals say: a trial is tied for best if its interval reaches the first rank.
fn sentence(view: &StudyView, shown: &[(&RowView, (usize, usize))]) -> String {
    let (best, ranks) = shown[0];
    let ranked = || view.rows.iter().filter_map(|row| row.ranks);
    let (tied, n) = (ranked().filter(|ranks| ranks.0 == 1).count(), ranked().count());
    // Always one: the best trial itself reaches rank 1.
    let others = match tied {
        0 | 1 => "no other trial's interval reaches rank 1".to_owned(),
        tied => format!(
            "the intervals of {} of {} reach rank 1: these are tied for best",
            grouped(tied),
            count(n, "trial")
        ),
    };

    format!(
        "Given the observation noise, trial {} ranks from {} to {}; {others}.",
        best.trial,
        ranks.0,
        grouped(ranks.1)
    )
}
