//! The head of the page: progress, the best trial, and how certain it is.

use crate::card::Card;
use crate::html::{Trusted, list};
use crate::words::{and, count, grouped};
use charts::escape;
use tuner::overview::{BestView, StudyView, loss, short};
use tuner::trial::{Direction, State};

pub(super) fn card(view: &StudyView) -> Card {
    let mut body = tiles(view);
    body.push(&best_values(view));
    body.push(&list(&notes(view)));
    Card::new("head", "Result", sentence(view), body).wide()
}

/// The conclusion about the whole study.
fn sentence(view: &StudyView) -> String {
    let summary = &view.summary;
    let Some(best) = &summary.best else {
        return match summary.n_ended {
            0 => "No trial has ended yet.".to_owned(),
            n => format!("No trial of {} succeeded; the health card says why.", grouped(n)),
        };
    };

    let found = format!("Trial {} is best, with {} {}", best.trial, summary.metric, with_se(best));
    // How much a lead means depends on how many trials it is not clear of.
    match summary.best_set {
        (_, 1) => format!("{found}; it is the only trial with a loss."),
        (0, _) => format!("{found}; with one split, its uncertainty is unknown."),
        (1, n) => format!(
            "{found}, and of {} it alone holds 97 % of the probability to be the best.",
            count(n, "trial")
        ),
        (set, n) => format!(
            "{found}; {} of {} hold 97 % of the probability to be the best: differences between \
             them may be observation noise.",
            grouped(set),
            count(n, "trial")
        ),
    }
}

fn with_se(best: &BestView) -> String {
    let se = best.se.map(|se| format!(" ± {}", loss(se))).unwrap_or_default();
    format!("{}{se}", loss(best.loss))
}

/// The key figures.
fn tiles(view: &StudyView) -> Trusted {
    let summary = &view.summary;
    let best = summary.best.as_ref();
    let of_total = match summary.total {
        Some(total) => format!("of {}", grouped(total as usize)),
        None => "no total".to_owned(),
    };
    let direction = match summary.direction {
        Direction::Minimize => "less is better",
        Direction::Maximize => "more is better",
    };
    let set = match summary.best_set {
        (0, _) => "–".to_owned(),
        (set, _) => grouped(set),
    };
    let tiles = [
        (
            summary.metric.clone(),
            best.map_or_else(|| "–".to_owned(), |best| loss(best.loss)),
            best.and_then(|best| best.se)
                .map_or_else(|| direction.to_owned(), |se| format!("± {} (se)", loss(se))),
        ),
        (
            "best trial".to_owned(),
            best.map_or_else(|| "–".to_owned(), |best| best.trial.to_string()),
            best.and_then(|best| best.n_parameters)
                .map_or_else(String::new, |n| format!("{} parameters", grouped(n as usize))),
        ),
        ("trials ended".to_owned(), grouped(summary.n_ended), of_total),
        (
            "may be the best".to_owned(),
            set,
            format!("of {} with a loss", grouped(summary.best_set.1)),
        ),
    ];
    // Names of metrics come from the user.
    let tile = |(name, value, note): &(String, String, String)| {
        let [name, value, note] = [name, value, note].map(|text| escape(text));
        format!("<div class=\"tile\"><dt>{name}</dt><dd>{value}<small>{note}</small></dd></div>")
    };
    let inside: String = tiles.iter().map(tile).collect();
    Trusted(format!("<dl class=\"tiles\">{inside}</dl>\n"))
}

/// The hyperparameters of the best trial.
fn best_values(view: &StudyView) -> Trusted {
    let Some(best) = view.rows.first().filter(|row| row.loss.is_some()) else {
        return Trusted::default();
    };

    let pairs: String = view
        .parameters
        .iter()
        .zip(&best.params)
        .filter_map(|(parameter, value)| Some((&parameter.name, short(value.as_ref()?))))
        .map(|(name, value)| {
            format!("<div><dt>{}</dt><dd>{}</dd></div>", escape(name), escape(&value))
        })
        .collect();

    Trusted(format!("<h3>Best hyperparameters</h3><dl class=\"values\">{pairs}</dl>\n"))
}

/// Other facts worth stating.
fn notes(view: &StudyView) -> Vec<String> {
    let summary = &view.summary;
    let (folds, repeats) = summary.folds;
    let seen = if repeats > 1 { format!(", repeated {repeats} times") } else { String::new() };

    let states: Vec<String> = summary
        .states
        .iter()
        .filter(|(state, _)| *state != State::Ok)
        .map(|(state, n)| match state {
            State::Raced => format!("{} stopped early", grouped(*n)),
            state => format!("{} {}", grouped(*n), state.name()),
        })
        .collect();

    let mut notes = vec![format!(
        "{} search, seed {}; {}{seen}.",
        summary.method,
        summary.seed,
        count(folds, "fold")
    )];

    if !states.is_empty() {
        notes.push(format!("Of the trials that ended, {}.", and(&states)));
    }

    if !view.open.is_empty() {
        let n = view.open.len();
        notes.push(format!(
            "{} {} under way.",
            count(n, "trial"),
            if n == 1 { "is" } else { "are" }
        ));
    }

    if let (Some((trial, n)), Some(of)) =
        (summary.one_se, summary.best.as_ref().and_then(|best| best.n_parameters))
    {
        notes.push(format!(
            "Simplest within one standard error: trial {trial}, with {} parameters instead of {}.",
            grouped(n as usize),
            grouped(of as usize)
        ));
    }

    if let (Some(constant), Some(best)) = (summary.baseline, &summary.best)
        && best.loss >= constant
    {
        let constant = loss(constant);
        notes.push(format!("A constant prediction has {constant}, and no trial is better."));
    }

    if summary.n_outside > 0 {
        let n = count(summary.n_outside, "trial");
        notes.push(format!("{n} outside the current space: the search does not use them."));
    }

    if summary.clock_fired {
        notes.push(
            "A time limit ended the study or a fold, so it may not repeat bit for bit.".to_owned(),
        );
    }

    notes.extend(summary.tests.iter().map(|(trial, metrics)| held_out(*trial, metrics)));

    notes
}

/// States a trial's metrics on the held-out rows, each with its 95 % interval if there is one.
fn held_out(trial: u64, metrics: &[(String, f64)]) -> String {
    // The ends of a metric's interval stand beside it, as `mse_low` and `mse_high`.
    let named = |name: String| metrics.iter().find(|(other, _)| *other == name).map(|m| m.1);
    let is_end = |name: &str| {
        let base = name.strip_suffix("_low").or_else(|| name.strip_suffix("_high"));
        base.is_some_and(|base| named(base.to_owned()).is_some())
    };
    let shown = |(name, value): &(String, f64)| {
        let ends = named(format!("{name}_low")).zip(named(format!("{name}_high")));
        let ends = ends.map(|(low, high)| format!(" (95 %: {} to {})", loss(low), loss(high)));
        format!("{name} {}{}", loss(*value), ends.unwrap_or_default())
    };

    let metrics: Vec<String> =
        metrics.iter().filter(|(name, _)| !is_end(name)).map(shown).collect();
    format!("On the held-out rows, trial {trial} has {}.", and(&metrics))
}
