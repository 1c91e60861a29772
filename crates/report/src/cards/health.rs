//! Possible problems: ranges that end too early, failures, active constraints, a miscalibrated
//! surrogate.

use crate::card::Card;
use crate::html::{Trusted, chart, list, table};
use crate::words::{and, count, grouped, percent};
use charts::{Axis, Bar, Bars, Direction, Layer, Line, Plot, Tone};
use tuner::overview::{StudyView, short};

/// Bins of the histogram, from −`SPAN` to `SPAN` standard deviations.
const N_BINS: usize = 14;
const SPAN: f64 = 3.5;

/// A surrogate counts as calibrated if about this share of the left-out trials, 68 %, lies within
/// one standard deviation.
const WITHIN: (f64, f64) = (0.55, 0.85);

/// Greatest number of reasons listed.
const N_REASONS: usize = 12;

pub(super) fn card(view: &StudyView) -> Option<Card> {
    if view.rows.is_empty() {
        return None;
    }

    let findings = findings(view);
    let sentence = match findings.as_slice() {
        [] => "Nothing stands out: the best trial lies inside its ranges, and no trial failed."
            .to_owned(),
        [first, ..] => first.clone(),
    };

    let mut body = list(findings.get(1..).unwrap_or_default());
    body.push(&failures(view));
    body.push(&calibration(view));
    Some(Card::new("health", "Health", sentence, body))
}

/// Returns what stands out, the most serious first.
fn findings(view: &StudyView) -> Vec<String> {
    let health = &view.health;
    let mut found = Vec::new();
    let n_bad: usize = health.failures.iter().map(|f| f.n).sum();
    let n = view.rows.len();
    // Lost trials come first: they may make all that follows untrue.
    if n_bad > 0 {
        let share = percent(n_bad as f64 / n as f64);
        found.push(format!(
            "{} of {} ({share}) did not end well.",
            grouped(n_bad),
            count(n, "trial")
        ));
    }
    if !health.at_end.is_empty() {
        let ends: Vec<String> = health
            .at_end
            .iter()
            .map(|end| {
                let side = if end.is_upper { "upper" } else { "lower" };
                format!("{} ({}, the {side} end)", end.name, short(&end.value))
            })
            .collect();
        let range = if ends.len() == 1 { "its range" } else { "their ranges" };
        found.push(format!(
            "In the best trial, {} {} at an end of {range}: a wider range may hold better values.",
            and(&ends),
            if ends.len() == 1 { "lies" } else { "lie" }
        ));
    }
    if !health.binding.is_empty() {
        let names: Vec<String> = health.binding.iter().map(|text| format!("“{text}”")).collect();
        let (noun, verb) =
            if names.len() == 1 { ("constraint", "stands") } else { ("constraints", "stand") };
        found.push(format!("The {noun} {} {verb} active at the best trial.", and(&names)));
    }
    if health.n_repeated > 0 {
        let n = count(health.n_repeated, "trial");
        found.push(format!("{n} repeated a configuration that was tried before."));
    }
    // Last, since it concerns the predictions and no result.
    if let Some(within) = within(view) {
        let share = percent(within);
        if within < WITHIN.0 {
            found.push(format!(
                "The surrogate is overconfident: only {share} of left-out trials lie within one \
                 standard deviation of its prediction, not 68 %."
            ));
        } else if within > WITHIN.1 {
            found.push(format!(
                "The surrogate is underconfident: {share} of left-out trials lie within one \
                 standard deviation of its prediction, not 68 %."
            ));
        }
    }
    found
}

/// Returns the share of left-out trials within one standard deviation of their prediction.
fn within(view: &StudyView) -> Option<f64> {
    let z = &view.slices.as_ref()?.left_out;
    (z.len() >= 10).then(|| z.iter().filter(|z| z.abs() <= 1.0).count() as f64 / z.len() as f64)
}

fn failures(view: &StudyView) -> Trusted {
    let rows: Vec<Vec<String>> = view
        .health
        .failures
        .iter()
        .take(N_REASONS)
        .map(|f| {
            vec![f.state.name().to_owned(), f.reason.clone(), f.n.to_string(), f.first.to_string()]
        })
        .collect();

    if rows.is_empty() {
        return Trusted::default();
    }

    table(&["state", "reason", "trials", "first"], &rows)
}

/// A histogram of the standardised residuals of left-out trials, beside the normal distribution.
fn calibration(view: &StudyView) -> Trusted {
    let Some(within) = within(view) else { return Trusted::default() };
    let z = view.slices.as_ref().map_or(&[][..], |slices| &slices.left_out);
    let width = 2.0 * SPAN / N_BINS as f64;
    let mut counts = [0usize; N_BINS];

    for value in z {
        // Outliers count in the outermost bins: leaving them out would flatter the surrogate.
        let bin = ((value.clamp(-SPAN, SPAN) + SPAN) / width) as usize;
        counts[bin.min(N_BINS - 1)] += 1;
    }

    let bars = counts.iter().enumerate().map(|(bin, n)| {
        let low = -SPAN + bin as f64 * width;
        Bar { base: (low + 0.03, low + width - 0.03), amount: *n as f64, whisker: None }
    });

    let density = |x: f64| (-x * x / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt();
    let curve: Vec<(f64, Option<f64>)> = (0..=56)
        .map(|i| -SPAN + f64::from(i) * SPAN / 28.0)
        .map(|x| (x, Some(density(x) * width * z.len() as f64)))
        .collect();

    let most = counts.iter().copied().max().unwrap_or(1) as f64;
    // 0.4 is the normal density at its top, which must fit in beside the bars.
    let most = most.max(0.4 * width * z.len() as f64) * 1.08;

    let says = format!(
        "{} of left-out trials lie within one standard deviation of the surrogate's prediction; \
         of a calibrated one, 68 % do.",
        percent(within)
    );

    let plot = Plot::new("calibration-chart", "Calibration of the surrogate", &says)
        .sized(460.0, 230.0)
        .axes(
            Axis::linear("observed − predicted, in standard deviations", -SPAN, SPAN),
            Axis::linear("trials", 0.0, most),
        )
        .layer(Layer::Bars(Bars {
            bars: bars.collect(),
            direction: Direction::Up,
            tone: Tone::Series(0),
            is_pale: false,
        }))
        .layer(Layer::Line(Line::new(Tone::Series(1), curve).named("normal distribution")));

    let mut body = Trusted("<h3>Calibration of the surrogate</h3>\n".to_owned());
    body.push(&chart(&plot.svg(), "Calibration of the surrogate"));
    body.push(&Trusted(format!("<p class=\"note\">{says}</p>\n")));
    body
}
