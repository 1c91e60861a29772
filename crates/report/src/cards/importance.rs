//! The importance of parameters and their interactions.

use crate::card::Card;
use crate::html::{chart, numbers, table};
use crate::words::{among, percent};
use charts::{Axis, Bar, Bars, Direction, Layer, Plot, Tone};
use tuner::overview::{Extent, StudyView, short};
use tuner::space::Value;
use tuner::view::{Effect, Importance, Share};

/// Number of parameters drawn; pairs with a smaller share are not named.
const N_SHOWN: usize = 20;
const NEGLIGIBLE: f64 = 0.02;

pub(super) fn card(view: &StudyView) -> Option<Card> {
    // Where left-out trials are predicted no better than by their mean, shares are of noise.
    let importance = view.importance.as_ref().filter(|importance| importance.fit > 0.0)?;
    importance.effects.first()?;
    let sentence = sentence(view, importance);

    let plot = bars(importance, &sentence);
    let mut body = chart(&plot.svg(), "Importance of each parameter");
    // Shares below two hundredths are estimates of nothing.
    let pairs: Vec<Vec<String>> = importance
        .pairs
        .iter()
        .filter(|pair| pair.share.value >= NEGLIGIBLE)
        .map(|pair| {
            let shifts: Vec<String> = pair
                .shifts
                .iter()
                .map(|shift| format!("{} at {}", short(&shift.best), short(&shift.by)))
                .collect();
            let names = format!("{} × {}", pair.name, pair.by);
            vec![names, percent(pair.share.value), interval(pair.share), shifts.join(", ")]
        })
        .collect();
    if !pairs.is_empty() {
        let header = ["interaction A × B", "share", "90 %", "best A at given B"];
        body.push(&table(&header, &pairs));
    }
    let header = ["parameter", "main effect", "90 %", "total effect", "90 %", "best value"];
    let rows: Vec<Vec<String>> = importance.effects.iter().map(effect_row).collect();
    body.push(&numbers("As numbers", &header, &rows));
    Some(Card::new("importance", "Importance", sentence, body))
}

fn effect_row(effect: &Effect) -> Vec<String> {
    vec![
        effect.name.clone(),
        percent(effect.main.value),
        interval(effect.main),
        percent(effect.total.value),
        interval(effect.total),
        short(&effect.best),
    ]
}

fn sentence(view: &StudyView, importance: &Importance) -> String {
    let first = &importance.effects[0];
    let values = among(&first.best, &first.best_among);
    let inside = is_inside(view, first).map_or(String::new(), |is_inside| {
        if is_inside {
            ", inside the range".to_owned()
        } else {
            ", at an end of the range".to_owned()
        }
    });

    // A share of variance that the surrogate does not explain says little.
    let little = if importance.fit < 0.5 {
        format!(
            " The surrogate explains only {} of the variance of left-out trials: more trials may \
             change the picture.",
            percent(importance.fit.max(0.0))
        )
    } else {
        String::new()
    };

    format!(
        "{} matters most (main effect {}, total effect {}); its best values lie \
         {values}{inside}.{little}",
        first.name,
        percent(first.main.value),
        percent(first.total.value)
    )
}

/// Whether the likely best values of a range stay away from its ends.
fn is_inside(view: &StudyView, effect: &Effect) -> Option<bool> {
    let parameter = view.parameters.iter().find(|p| p.name == effect.name)?;
    let Extent::Range { low, high, is_log } = &parameter.extent else { return None };
    let share = |value: &Value| {
        let value = value.as_number()?;
        Some(if *is_log {
            (value / low).ln() / (high / low).ln()
        } else {
            (value - low) / (high - low)
        })
    };

    // Near an end is at it: the best value itself is an estimate.
    let ends: Vec<f64> = effect.best_among.iter().filter_map(share).collect();
    Some(ends.iter().all(|share| (0.05..=0.95).contains(share)))
}

/// Draws the bars: the total effect behind the main effect.
pub(crate) fn bars(importance: &Importance, sentence: &str) -> Plot {
    let shown: Vec<&Effect> = importance.effects.iter().take(N_SHOWN).collect();
    let most = shown.iter().map(|e| e.total.high).fold(0.05, f64::max);
    let bar = |share: fn(&Effect) -> Share, half: f64, has_whisker: bool| {
        let of = |(position, effect): (usize, &&Effect)| {
            let (row, share) = ((shown.len() - 1 - position) as f64, share(effect));
            let interval = (100.0 * share.low, 100.0 * share.high);
            Bar {
                base: (row - half, row + half),
                amount: 100.0 * share.value,
                whisker: has_whisker.then_some(interval),
            }
        };
        shown.iter().enumerate().map(of).collect::<Vec<_>>()
    };

    // The total effect is behind and wider, so that the main effect shows within it.
    let layer = |bars, is_pale| {
        let (direction, tone) = (Direction::Right, Tone::Series(0));
        Layer::Bars(Bars { bars, direction, tone, is_pale })
    };

    let names = shown.iter().rev().map(|effect| effect.name.clone()).collect();
    Plot::new("importance-chart", "Importance", sentence)
        .sized(460.0, 70.0 + 30.0 * shown.len() as f64)
        .axes(
            Axis::linear("share of the variance, %; pale: total effect", 0.0, 100.0 * most),
            Axis::category("", names),
        )
        .layer(layer(bar(|e| e.total, 0.36, false), true))
        .layer(layer(bar(|e| e.main, 0.2, true), false))
}

fn interval(share: Share) -> String {
    format!("{:.0}–{:.0}", 100.0 * share.low, 100.0 * share.high)
}
