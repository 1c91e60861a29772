//! The view of a running study in a terminal.

use super::leaderboard::Ranking;
use super::table;
use crate::report::{Failure, count};
use experiment::StudyFacts;
use experiment::folder::StudyFolder;
use experiment::tuner::store::{Curves, Record};
use experiment::tuner::study::Study;
use experiment::tuner::trial::{Direction, State};
use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

/// Columns of the sparkline, and trials under way that are listed.
const N_COLUMNS: usize = 60;
const N_OPEN: usize = 8;

/// Eighths of a line, from the best to the worst.
const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// The state of a study that `tune watch` shows.
pub struct WatchState {
    name: String,
    study: Study,
    folds: u64,
    /// Seconds of the study's runs at which open trials were proposed, and at which something was
    /// last recorded.
    proposed_at: BTreeMap<u64, f64>,
    last_at: f64,
    /// The time since something was last recorded.
    quiet: Duration,
}

impl WatchState {
    /// Reads a study.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub fn of(folder: &StudyFolder) -> Result<Self, Failure> {
        let (file, mut study) = experiment::look(folder, &crate::terminal::screen::warn)?;
        let (mut proposed_at, mut last_at) = (BTreeMap::new(), 0.0f64);
        // Curves take most of the file, and the screen shows none.
        study.store().replay(Curves::Skip, &mut |record| match record {
            Record::Trial(proposal) => {
                last_at = last_at.max(proposal.at_seconds);
                proposed_at.insert(proposal.trial, proposal.at_seconds);
            }
            Record::Fold(fold) => last_at = last_at.max(fold.at_seconds),
            _ => {}
        })?;

        Ok(Self {
            name: file.plan.name.clone(),
            folds: file.plan.cv.folds,
            study,
            proposed_at,
            last_at,
            quiet: quiet(folder),
        })
    }

    /// Whether all trials have ended.
    pub fn is_done(&self) -> bool {
        let total = self.study.total_with_manual();
        total.is_some_and(|total| self.study.trials_ended() as u64 >= total)
    }

    /// The whole screen.
    pub fn in_words(&self, is_held: bool) -> String {
        let ranking = Ranking::new(&self.study, self.folds);
        let mut parts = vec![self.head(&ranking, is_held)];

        let best = self.best_so_far();
        if best.len() > 1 {
            parts.push(format!("best so far  {}", sparkline(&best, self.study.spec().direction)));
        }

        if !ranking.board.rows.is_empty() {
            parts.push(table::ranked(&self.study, &ranking, table::TOP));
        }
        parts.extend(self.under_way(is_held));
        parts.extend(self.failures());

        parts.join("\n\n")
    }

    fn head(&self, ranking: &Ranking<'_>, is_held: bool) -> String {
        let ended = self.study.trials_ended();
        let total = self.study.total_with_manual();
        let progress =
            total.map_or_else(|| ended.to_string(), |total| format!("{ended} of {total}"));

        let state = match (is_held, self.is_done()) {
            (true, _) => "running",
            (false, true) => "done",
            (false, false) => "not running",
        };

        let facts = StudyFacts::of(&self.study);
        let metric = facts.loss_name();
        let best = ranking.best().and_then(|(row, trial)| Some((row.loss?, trial.number)));
        let best = best.map_or_else(String::new, |(loss, trial)| {
            format!(", best {metric} {} (trial {trial})", table::loss(loss))
        });

        format!(
            "study `{}`: {state}, {} search, {progress} trials{best}",
            self.name,
            self.study.spec().method.name()
        )
    }

    /// The best loss after each ended trial.
    fn best_so_far(&self) -> Vec<f64> {
        let direction = self.study.spec().direction;
        let mut best: Option<f64> = None;
        let mut course = Vec::new();

        for trial in self.study.trials() {
            if let Some(loss) = trial.loss() {
                best = Some(match best {
                    Some(best) if direction.inner(best) <= direction.inner(loss) => best,
                    _ => loss,
                });
            }
            // A trial without a loss repeats the value before it, so that places remain trials.
            course.extend(best);
        }

        course
    }

    /// Trials that have not ended all folds, with their age.
    fn under_way(&self, is_held: bool) -> Option<String> {
        let open: Vec<u64> = self
            .study
            .slots()
            .numbered()
            .filter(|(_, slot)| !slot.is_final())
            .map(|(number, _)| number)
            .collect();

        if open.is_empty() {
            return None;
        }

        let n_splits = self.study.spec().n_splits;
        let line = |number: &u64| {
            let n_done = self.study.results(*number).iter().flatten().count();
            let since = self.proposed_at.get(number).map_or(0.0, |at| self.last_at - at);
            // While no process works on it, the study's time stands still.
            let since = since + if is_held { self.quiet.as_secs_f64() } else { 0.0 };
            format!("  trial {number}: {n_done} of {n_splits} folds, {}", age(since))
        };

        let mut lines = vec![format!("under way: {}", count(open.len() as u64, "trial"))];
        lines.extend(open.iter().take(N_OPEN).map(line));
        if open.len() > N_OPEN {
            lines.push(format!("  … and {} more", open.len() - N_OPEN));
        }

        Some(lines.join("\n"))
    }

    /// How many trials have no loss of their own, by state.
    fn failures(&self) -> Option<String> {
        let mut counts: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
        for trial in self.study.trials().filter(|trial| trial.state() != State::Ok) {
            let name = match trial.state() {
                State::Raced => "stopped early",
                state => state.name(),
            };
            let (n, last) = counts.entry(name).or_default();
            (*n, *last) = (*n + 1, trial.number);
        }
        let parts: Vec<String> = counts
            .iter()
            .map(|(state, (n, last))| format!("{n} {state} (last: trial {last})"))
            .collect();
        (!parts.is_empty()).then(|| format!("without a loss: {}", parts.join(", ")))
    }
}

/// How long ago anything was recorded.
fn quiet(folder: &StudyFolder) -> Duration {
    let mut log = folder.database().into_os_string();
    log.push("-wal");
    let changed = [folder.database(), log.into()]
        .iter()
        .filter_map(|path| std::fs::metadata(path).ok()?.modified().ok())
        .max();
    changed.and_then(|at| SystemTime::now().duration_since(at).ok()).unwrap_or_default()
}

/// Seconds in the largest suitable units.
fn age(seconds: f64) -> String {
    let seconds = seconds.max(0.0) as u64;
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ => format!("{} h {} min", seconds / 3600, seconds % 3600 / 60),
    }
}

/// A sequence of values in one line; lower is better.
fn sparkline(values: &[f64], direction: Direction) -> String {
    let n = values.len().min(N_COLUMNS);
    let chosen: Vec<f64> =
        (0..n).map(|i| direction.inner(values[(i + 1) * values.len() / n - 1])).collect();
    let (low, high) =
        chosen.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(*v), h.max(*v)));
    let bar = |value: &f64| {
        let share = if high > low { (value - low) / (high - low) } else { 0.0 };
        BARS[(share * 7.0).round() as usize]
    };
    chosen.iter().map(bar).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sparkline_falls_as_losses_do() {
        assert_eq!(sparkline(&[8.0, 4.0, 1.0], Direction::Minimize), "█▄▁");
        assert_eq!(sparkline(&[1.0, 4.0, 8.0], Direction::Maximize), "█▅▁");
        assert_eq!(sparkline(&[2.0, 2.0], Direction::Minimize), "▁▁");
        assert_eq!(sparkline(&vec![1.0; 1000], Direction::Minimize).chars().count(), N_COLUMNS);
    }

    #[test]
    fn ages_are_in_units_that_say_enough() {
        assert_eq!([3.2, 75.0, 7265.0].map(age), ["3 s", "1 min 15 s", "2 h 1 min"]);
    }
}
