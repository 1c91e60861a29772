//! Text tables for the terminal.

use super::layout::{Hang, plain, width, wrapped};
use super::leaderboard::Ranking;
use super::sheet::Cell;
use crate::report::count;
use experiment::StudyFacts;
use experiment::folder::StudyFolder;
use experiment::tuner::overview::tied_for_best;
pub use experiment::tuner::overview::{loss, short};
use experiment::tuner::rank::{HELD, Row};
use experiment::tuner::space::Value;
use experiment::tuner::study::Study;
use experiment::tuner::trial::{Origin, State, Trial};
use experiment::tuner::view::Calibration;

/// Rows of the ranking at the end of a run.
pub const TOP: usize = 10;

/// The most searched parameters in a table.
const MOST_COLUMNS: usize = 40;

/// Whether a summary suggests next commands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hints {
    /// Suggest them.
    Told,
    /// Results only (`-q`).
    Kept,
}

impl Hints {
    /// Returns the setting for `-q`.
    pub fn unless(is_quiet: bool) -> Self {
        if is_quiet { Self::Kept } else { Self::Told }
    }
}

/// The top of the ranking, the winner, and notes.
pub fn summary(
    folder: &StudyFolder,
    study: &Study,
    ranking: &Ranking<'_>,
    top: usize,
    tells: Hints,
) -> String {
    if ranking.board.rows.is_empty() {
        return "no trial has ended yet".to_owned();
    }

    let mut text = String::new();
    let facts = StudyFacts::of(study);
    let metric = ranking.metric().map_or_else(|| facts.loss_name(), str::to_owned);

    match ranking.best() {
        None => text.push_str("\nno trial succeeded"),
        Some((row, trial)) => {
            let value = row.loss.map(loss).unwrap_or_default();
            let se = row.se.map(|se| format!(" (standard error {})", loss(se))).unwrap_or_default();
            text.push_str(&format!("\nbest: trial {}, {metric} {value}{se}", trial.number));
            for (name, mean) in
                ranking.board.metric_names.iter().zip(ranking.board.metric_means(&trial))
            {
                text.push_str(&mean.map(|m| format!(", {name} {}", loss(m))).unwrap_or_default());
            }
            text.push_str(&ties(ranking));
            text.push_str(&corrected(ranking));
            // The baseline is a loss, and not comparable with a further metric.
            if ranking.metric().is_none() {
                text.push_str(&baseline(study, &metric));
            }
            text.push_str(&best_set(ranking));
            text.push_str(&one_se(ranking));
            text.push_str(&no_gain(study, row));
            if tells == Hints::Told {
                text.push_str(&what_next(folder, &trial));
            }
            // After a revision the best trial may no longer be a configuration of the space.
            if study.slot(trial.number).is_some_and(|slot| !slot.is_in_space()) {
                let number = trial.number;
                text.push_str(&format!(
                    "\nnote: trial {number} is the best of all and lies outside the current space"
                ));
            }
        }
    }

    let n_outside = study.slots().iter().filter(|slot| !slot.is_in_space()).count();
    if n_outside > 0 {
        let trials = count(n_outside as u64, "trial");
        text.push_str(&format!(
            "\nnote: the search does not use {trials} outside the current space, marked o (in_space = false)"
        ));
    }

    text.push_str(&saving(study));
    if study.clock_fired() {
        text.push_str(
            "\nnote: a time limit ended the study or a fold, so it may not be exactly reproducible",
        );
    }

    ranked(study, ranking, top) + &wrapped(&text, width(), Hang(2))
}

/// Commands that tell more about the winner.
fn what_next(folder: &StudyFolder, best: &Trial) -> String {
    let study = folder.argument();
    let mut text = format!("\n`tune best {study}` prints its hyperparameters");
    if best.origin == Origin::Model {
        let number = best.number;
        text.push_str(&format!("\n`tune explain {study} {number}` says why it was proposed"));
    }
    text
}

/// The coverage of the surrogate's intervals.
pub fn calibration(calibration: &Calibration) -> String {
    let text = format!(
        "calibration: the surrogate's 68 % intervals held {:.0} % of results, its 95 % intervals {:.0} % ({}, left out one at a time)",
        100.0 * calibration.within_68,
        100.0 * calibration.within_95,
        count(calibration.n_trials as u64, "trial")
    );
    wrapped(&text, width(), Hang(2))
}

/// How many trials share the best loss, where no folds tell them apart.
fn ties(ranking: &Ranking<'_>) -> String {
    let best = ranking.board.best().and_then(|row| row.loss);
    let n = ranking.board.rows.iter().filter(|row| row.loss.is_some() && row.loss == best).count();
    match n {
        0 | 1 => String::new(),
        n => format!("\n{n} trials share this loss; the first is shown"),
    }
}

/// The winner's loss corrected for selection bias; empty if every fold selects the winner by
/// itself, since then the loss is unchanged.
fn corrected(ranking: &Ranking<'_>) -> String {
    let best = ranking.board.best().and_then(|row| row.loss).map(loss);
    let n_ok = ranking.board.rows.iter().filter(|row| row.loss.is_some()).count();
    match ranking.board.corrected_loss.map(loss).filter(|shown| Some(shown) != best.as_ref()) {
        Some(shown) if n_ok > 1 => {
            format!("\ncorrected for selection among {n_ok} trials: {shown}")
        }
        _ => String::new(),
    }
}

/// The best constant prediction, for comparison.
fn baseline(study: &Study, metric: &str) -> String {
    let constant = StudyFacts::of(study).baseline;
    let shown = |value| format!("\nbaseline: a constant prediction has {metric} {}", loss(value));
    constant.map(shown).unwrap_or_default()
}

/// How many trials were stopped early, and what that saved.
fn saving(study: &Study) -> String {
    let (Some(saving), Some(race)) = (study.saving(), &study.spec().race) else {
        return String::new();
    };
    let unit = if saving.is_counted { "multiply-adds" } else { "folds and epochs" };
    format!(
        "\nracing stopped {} of {} early; {:.0} % of the {unit} of full trials; risk {} %",
        saving.n_raced,
        count(saving.n_trials as u64, "trial"),
        100.0 * saving.share,
        (1000.0 * race.risk).round() / 10.0
    )
}

/// The best set and the number of ties: the first compares all trials with one another, the second
/// tests them one by one.
fn best_set(ranking: &Ranking<'_>) -> String {
    let rows = || ranking.board.rows.iter();
    let set = rows().filter(|row| row.in_best_set == Some(true)).count();
    let tied = rows().filter(|row| row.is_tied == Some(true)).count();
    let ok = rows().filter(|row| row.loss.is_some()).count();
    let Some(tied) = tied_for_best(tied, ok) else { return String::new() };

    let held = format!("{:.0} % of the probability to be the best (p_best)", 100.0 * HELD);
    let ok = count(ok as u64, "trial");
    match set {
        1 => format!("\n1 of {ok} holds {held}, marked *; {tied}"),
        n => format!("\n{n} of {ok} hold {held}, marked *; {tied}"),
    }
}

/// A note if the winner is not better than the baseline; every metric of the trainer is a loss
/// here.
fn no_gain(study: &Study, best: &Row) -> String {
    match (StudyFacts::of(study).baseline, best.loss) {
        (Some(constant), Some(found)) if found >= constant => {
            "\nnote: no trial is better than the baseline".to_owned()
        }
        _ => String::new(),
    }
}

fn one_se(ranking: &Ranking<'_>) -> String {
    let (Some(simple), Some(best)) = (ranking.board.one_se(), ranking.board.best()) else {
        return String::new();
    };
    // Programs need not say how many parameters their models have.
    let (Some(n), Some(of)) = (simple.n_parameters, best.n_parameters) else {
        return String::new();
    };

    if simple.number == best.number {
        return String::new();
    }

    format!(
        "\nsimplest within one standard error: trial {} with {n} parameters instead of {of}",
        simple.number
    )
}

/// The first `top` rows of the ranking, with the searched parameters that fit the terminal.
pub fn ranked(study: &Study, ranking: &Ranking<'_>, top: usize) -> String {
    let width = width();
    let axes = study.spec().space.axes();
    let most = axes.len().min(MOST_COLUMNS);

    // A narrow window first loses the last hyperparameters, then the further metrics; the loss
    // stays.
    let layouts = (0..=most).rev().map(|n| (true, n)).chain(std::iter::once((false, 0)));
    let mut narrow = String::new();

    for (has_metrics, n) in layouts {
        let metrics: &[String] = if has_metrics { &ranking.board.metric_names } else { &[] };
        narrow = ranked_by(study, ranking, top, (metrics, &axes[..n]));
        let fits = narrow.lines().all(|line| line.chars().count() <= width);
        narrow.push_str(&left_out(&ranking.board.metric_names[metrics.len()..], axes.len() - n));
        if fits {
            break;
        }
    }

    narrow
}

/// Names the columns that were left out: metrics, and a number of hyperparameters.
fn left_out(metrics: &[String], n: usize) -> String {
    let hyperparameters = (n > 0).then(|| count(n as u64, "hyperparameter"));
    let parts: Vec<String> = metrics.iter().cloned().chain(hyperparameters).collect();
    if parts.is_empty() {
        return String::new();
    }
    let are = if metrics.len() + n == 1 { "is" } else { "are" };
    format!("\n… {} {are} left out: widen the window, or see leaderboard.csv", parts.join(", "))
}

fn ranked_by(
    study: &Study,
    ranking: &Ranking<'_>,
    top: usize,
    (metrics, shown): (&[String], &[usize]),
) -> String {
    let parameters = study.spec().space.parameters();
    let mut header = vec!["rank", "trial", ranking.metric().unwrap_or("loss"), "se", ""];
    header.extend(metrics.iter().map(String::as_str));
    header.extend(shown.iter().map(|&i| parameters[i].name.as_str()));

    let rows: Vec<Vec<String>> = ranking
        .board
        .rows
        .iter()
        .take(top)
        .map(|row| {
            let mut cells = cells(ranking, row, metrics.len(), shown);
            if study.slot(row.number).is_some_and(|slot| !slot.is_in_space()) {
                cells[MARK].push('o');
            }
            cells
        })
        .collect();

    let mut text = plain(&header, &rows);
    let left = ranking.board.rows.len().saturating_sub(top);
    if left > 0 {
        text.push_str(&format!("\n… and {left} more"));
    }

    text
}

/// The column of marks in a row.
const MARK: usize = 4;

fn cells(ranking: &Ranking<'_>, row: &Row, n_metrics: usize, shown: &[usize]) -> Vec<String> {
    let trial = ranking.trial(row);
    let mark = if row.in_best_set == Some(true) { "*" } else { "" };
    // Without a loss, its column says why.
    let outcome = match trial.state() {
        State::Ok => row.loss.map(loss).unwrap_or_default(),
        state => state.name().to_owned(),
    };

    let mut cells = vec![
        row.rank.to_string(),
        row.number.to_string(),
        outcome,
        row.se.map(loss).unwrap_or_default(),
        mark.to_owned(),
    ];

    let metrics = ranking.board.metric_means(&trial).into_iter().take(n_metrics);
    cells.extend(metrics.map(|m| m.map(loss).unwrap_or_default()));
    cells.extend(shown.iter().map(|&i| trial.config.get(i).map(short).unwrap_or_default()));
    cells
}

/// A table of typed cells; losses have five significant digits.
pub fn of_cells(header: &[&str], rows: Vec<Vec<Cell>>) -> String {
    let shown = |cell: Cell| match cell {
        Some(Value::Float(value)) => loss(value),
        cell => cell.map(|value| value.to_string()).unwrap_or_default(),
    };
    let rows: Vec<Vec<String>> =
        rows.into_iter().map(|row| row.into_iter().map(shown).collect()).collect();
    plain(header, &rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_that_do_not_fit_are_counted() {
        let metrics = ["r2".to_owned(), "mae".to_owned()];
        assert_eq!(left_out(&[], 0), "");
        assert!(
            left_out(&[], 1).contains("… 1 hyperparameter is left out")
                && left_out(&metrics[..1], 0).contains("… r2 is")
        );
        assert!(
            left_out(&[], 4).contains("… 4 hyperparameters are")
                && left_out(&metrics, 1).contains("… r2, mae, 1 hyper")
        );
    }
}
