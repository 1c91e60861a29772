//! Studies compared: their progress at equal numbers of trials, and whether the winners differ.

use crate::card::Card;
use crate::cards::improvements;
use crate::html::{Trusted, chart, numbers, table};
use crate::loss_axis::axis;
use crate::page::Page;
use crate::policy::{policy, script, style};
use crate::words::and;
use askama::Template;
use charts::{Axis, Direction as Way, Interval, Intervals, Layer, Line, Plot, Rule, Shape, Tone};
use tuner::overview::{StudyView, edf, loss};
use tuner::rank::compare::{Against, Comparison, Pairing};
use tuner::trial::Direction;

/// Greatest number of points of one distribution.
const N_POINTS: usize = 400;

/// Writes one page about two or more studies; the first is the reference. `views` are the studies
/// of `comparison`, in its order.
pub fn compare(views: &[StudyView], comparison: &Comparison<'_>) -> String {
    let names: Vec<String> = views.iter().map(|view| view.summary.name.clone()).collect();
    let cards = [
        verdict(&names, views, comparison),
        Some(by_trials(&names, views)),
        by_work(&names, views),
        Some(distribution(&names, views)),
        differing(&names, comparison),
    ];
    let script = script();
    let title = names.join(" · ");
    let page = Page {
        title: &title,
        subtitle: "studies compared; the first is the reference".to_owned(),
        policy: policy(&script, false),
        style: style(),
        script,
        cards: cards.into_iter().flatten().collect(),
        // No table is filtered here, so the script gets no columns.
        data: r#"{"axes":[],"columns":{"trial":[]}}"#.to_owned(),
        events: None,
    };
    page.render().unwrap_or_default()
}

/// The paired test as a picture: the difference of the winners with its interval, and zero.
fn verdict(names: &[String], views: &[StudyView], comparison: &Comparison<'_>) -> Option<Card> {
    let first = comparison.against.first()?;
    let tested: Vec<(&Against<'_>, String)> = comparison
        .against
        .iter()
        .map(|against| (against, names[against.verdict.board].clone()))
        .collect();

    let sentence = sentence(names, first);

    // A chart counts rows from below, a reader from above.
    let intervals: Vec<Interval> = tested
        .iter()
        .rev()
        .enumerate()
        .map(|(row, (against, _))| Interval {
            at: row as f64,
            value: against.verdict.difference,
            ends: against.verdict.test.map(|t| (t.low, t.high)),
            key: None,
        })
        .collect();

    // Zero is in the picture: whether an interval reaches it is what the test asks.
    let ends = intervals.iter().flat_map(|i| {
        let (low, high) = i.ends.unwrap_or((i.value, i.value));
        [low, high, 0.0]
    });

    let (low, high) = ends.fold((0.0f64, 0.0f64), |(l, h), v| (l.min(v), h.max(v)));
    let label = format!("difference of the winners' {} to {}", views[0].summary.metric, names[0]);
    let plot = Plot::new("verdict-chart", "Difference of the winners", &sentence)
        .sized(960.0, 90.0 + 30.0 * tested.len() as f64)
        .axes(
            Axis::linear(&label, low, high).padded(0.08),
            Axis::category("", tested.iter().rev().map(|(_, name)| name.clone()).collect()),
        )
        .layer(Layer::Rule(Rule { direction: Way::Up, at: 0.0, tone: Tone::Strong, name: None }))
        .layer(Layer::Intervals(Intervals {
            intervals,
            direction: Way::Right,
            tone: Tone::Series(0),
            shape: Shape::Disc,
        }));

    let row = |(against, name): &(&Against<'_>, String)| {
        let verdict = &against.verdict;
        let optional = |value: Option<f64>| value.map(loss).unwrap_or_default();
        vec![
            name.clone(),
            loss(verdict.difference),
            optional(verdict.test.map(|t| t.low)),
            optional(verdict.test.map(|t| t.high)),
            optional(verdict.test.map(|t| t.p)),
            optional(verdict.adjusted_p),
        ]
    };

    let header = ["study", "difference", "95 % from", "to", "p", "p after Holm"];
    let rows: Vec<Vec<String>> = tested.iter().map(row).collect();
    let mut body = chart(&plot.svg(), "Differences of the winners");
    body.push(&table(&header, &rows));

    body.push(&Trusted(
        "<p class=\"note\">The losses are those that selected the winners, so they are optimistic; \
         <code>tune compare --fresh R</code> tests the winners on new repeats.</p>\n"
            .to_owned(),
    ));

    Some(Card::new("verdict", "Test of the winners", sentence, body).wide())
}

fn sentence(names: &[String], first: &Against<'_>) -> String {
    let verdict = &first.verdict;
    let (a, b) = (&names[0], &names[verdict.board]);
    let paired = match verdict.pairing {
        Pairing::Paired => "fold by fold",
        Pairing::Unpaired(_) => "without pairing",
    };

    let better = if verdict.worse_by > 0.0 { a } else { b };
    // An interval that holds zero names no winner, however small its p before the correction.
    match verdict.test {
        None => format!(
            "The winner of {better} is better by {}; one split allows no test.",
            loss(verdict.difference.abs())
        ),
        Some(test) if test.low <= 0.0 && test.high >= 0.0 => format!(
            "The winners of {a} and {b} do not differ beyond observation noise: compared {paired}, the \
             difference lies between {} and {}.",
            loss(test.low),
            loss(test.high)
        ),
        Some(test) => format!(
            "The winner of {better} is better: compared {paired}, {b} minus {a} lies between {} and {}.",
            loss(test.low),
            loss(test.high)
        ),
    }
}

/// The best loss so far by number of trials.
fn by_trials(names: &[String], views: &[StudyView]) -> Card {
    let curves: Vec<Vec<(f64, Option<f64>)>> = views
        .iter()
        .map(|view| {
            let steps = improvements(&view.steps);
            // Trials are counted from 0; an axis of numbers of trials begins at 1.
            steps.into_iter().map(|(trial, best)| (trial + 1.0, best)).collect()
        })
        .collect();

    // Beyond the shortest study there is nothing to compare the others with.
    let shortest = views.iter().map(|view| view.steps.len()).min().unwrap_or(0);
    let ahead = leader(views, |view| view.steps.get(shortest.checked_sub(1)?)?.best);
    let sentence = match ahead {
        Some(ahead) => format!("After {shortest} trials each, {} is ahead.", names[ahead]),
        None => "No study has a loss yet.".to_owned(),
    };

    let plot =
        lines("trials-chart", "Best so far by trials", &sentence, "trials", names, views, &curves);
    Card::new(
        "by-trials",
        "At equal numbers of trials",
        sentence,
        chart(&plot.svg(), "Best so far by trials"),
    )
}

/// The best loss so far by planned multiply-adds, if all studies count them.
fn by_work(names: &[String], views: &[StudyView]) -> Option<Card> {
    let spent: Option<Vec<u64>> =
        views.iter().map(|view| view.steps.last()?.multiply_adds.filter(|n| *n > 0)).collect();
    let least = *spent?.iter().min()?;

    let curve = |view: &StudyView| {
        let steps = &view.steps;
        // A point at each improvement and at the end draws the same steps with far fewer points.
        let is_change = |i: &usize| *i == 0 || steps[*i].best != steps[*i - 1].best;
        (0..steps.len())
            .filter(|i| is_change(i) || *i + 1 == steps.len())
            .filter_map(|i| Some((steps[i].multiply_adds? as f64, steps[i].best)))
            .collect::<Vec<_>>()
    };

    let curves: Vec<_> = views.iter().map(curve).collect();
    // Where the shortest study ends: beyond it, the others had more work.
    let ahead = leader(views, |view| {
        let within =
            view.steps.iter().rev().find(|step| step.multiply_adds.is_some_and(|n| n <= least));
        within?.best
    })?;

    let sentence = format!(
        "After {} multiply-adds each, {} is ahead.",
        charts::label(least as f64),
        names[ahead]
    );

    let plot = lines(
        "work-chart",
        "Best so far by multiply-adds",
        &sentence,
        "multiply-adds",
        names,
        views,
        &curves,
    );

    let body = chart(&plot.svg(), "Best so far by multiply-adds");
    Some(Card::new("by-work", "At equal multiply-adds", sentence, body))
}

/// Returns the study with the best value, the first of equals.
fn leader(views: &[StudyView], value: impl Fn(&StudyView) -> Option<f64>) -> Option<usize> {
    let direction = views.first()?.summary.direction;
    // Losses are compared as they are minimised, also where a metric is maximised.
    let values = views.iter().enumerate().filter_map(|(i, view)| Some((i, value(view)?)));
    values
        .min_by(|a, b| direction.inner(a.1).total_cmp(&direction.inner(b.1)))
        .map(|(position, _)| position)
}

fn lines(
    id: &str,
    title: &str,
    sentence: &str,
    label: &str,
    names: &[String],
    views: &[StudyView],
    curves: &[Vec<(f64, Option<f64>)>],
) -> Plot {
    let last = curves.iter().filter_map(|c| c.last()).map(|p| p.0).fold(1.0, f64::max);
    let best = curves.iter().flatten().filter_map(|p| p.1);
    let vertical = axis(&views[0].summary.metric, best, views[0].summary.direction);
    let plot = Plot::new(id, title, sentence)
        .sized(560.0, 320.0)
        .axes(Axis::linear(label, 0.0, last).padded(0.01), vertical);
    // Dashes beside colours: lines can be told apart in print.
    curves.iter().zip(names).enumerate().fold(plot, |plot, (position, (curve, name))| {
        let line = Line::new(Tone::Series(position as u8), curve.clone()).steps();
        plot.layer(Layer::Line(line.dashed(position as u8 % 4).named(name)))
    })
}

/// The distributions of the losses.
fn distribution(names: &[String], views: &[StudyView]) -> Card {
    let direction = views[0].summary.direction;
    let losses = views.iter().flat_map(|view| view.rows.iter().filter_map(|row| row.loss));
    let horizontal = axis(&views[0].summary.metric, losses, direction);
    let of =
        |view: &StudyView| edf(view.rows.iter().filter_map(|r| r.loss), view.rows.len(), direction);

    let halves: Vec<String> = views
        .iter()
        .zip(names)
        .filter_map(|(view, name)| {
            let half = of(view).into_iter().find(|(_, share)| *share >= 0.5)?.0;
            Some(format!("{} in {name}", loss(half)))
        })
        .collect();

    let sentence = match (halves.is_empty(), direction) {
        (true, _) => "Too few trials have a loss.".to_owned(),
        (_, Direction::Minimize) => format!("Half of the trials have at most {}.", and(&halves)),
        (_, Direction::Maximize) => format!("Half of the trials have at least {}.", and(&halves)),
    };

    let plot = Plot::new("distribution-chart", "Distributions", &sentence)
        .sized(560.0, 320.0)
        .axes(horizontal, Axis::linear("share of trials at least as good", 0.0, 1.0));

    let plot = views.iter().zip(names).enumerate().fold(plot, |plot, (position, (view, name))| {
        let points = of(view);
        // More points than the picture has columns would only make the page larger.
        let step = points.len().div_ceil(N_POINTS).max(1);
        let points = points.iter().step_by(step).map(|(value, share)| (*value, Some(*share)));
        let line = Line::new(Tone::Series(position as u8), points.collect()).steps();
        plot.layer(Layer::Line(line.dashed(position as u8 % 4).named(name)))
    });

    Card::new("distribution", "Distributions", sentence, chart(&plot.svg(), "Distributions"))
}

/// The hyperparameters in which the winners differ.
fn differing(names: &[String], comparison: &Comparison<'_>) -> Option<Card> {
    let rows: Vec<Vec<String>> = comparison
        .against
        .iter()
        .flat_map(|against| against.differing.iter().map(move |d| (against.verdict.board, d)))
        .map(|(board, d)| {
            let shown = |value: Option<&str>| value.unwrap_or("–").to_owned();
            vec![names[board].clone(), d.name.to_owned(), shown(d.reference), shown(d.other)]
        })
        .collect();
    if rows.is_empty() {
        return None;
    }
    let header = ["study", "hyperparameter", names[0].as_str(), "there"];
    let sentence = format!("The winners differ in {}.", crate::words::count(rows.len(), "value"));
    Some(Card::new("winners", "Winners", sentence, numbers("As a table", &header, &rows)))
}
