//! The progress of a run: a bar on a terminal, plain lines elsewhere, always on stderr.

use super::cursor::Terminal;
use crate::output::failures::kind;
use crate::output::table;
use crate::report::tame;
use experiment::tuner::study::{Event, Study};
use experiment::tuner::trial::{State, Trial};
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::collections::BTreeSet;
use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

/// How much a run displays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Show {
    /// No progress is shown.
    Nothing,
    /// A line per trial.
    Lines,
    /// A bar and the running folds.
    Bar,
}

impl Show {
    /// A bar on a terminal, lines elsewhere.
    pub fn for_stderr() -> Self {
        if std::io::stderr().is_terminal() { Self::Bar } else { Self::Lines }
    }
}

/// The progress display of a run.
pub struct Progress {
    show: Show,
    bars: MultiProgress,
    bar: ProgressBar,
    running: BTreeSet<(u64, usize)>,
    best: Option<(u64, f64)>,
    n_failed: u64,
    /// The kinds of failures already shown.
    kinds: BTreeSet<String>,
    began: Instant,
    n_folds_here: u64,
}

impl Progress {
    /// Starts the display of a study, which may have trials already.
    pub fn new(show: Show, study: &Study) -> Self {
        let target = target(show);
        let bars = MultiProgress::with_draw_target(target);
        let bar = bars.add(ProgressBar::new(0));
        bar.set_style(
            ProgressStyle::with_template("{bar:24} {prefix}\n  {wide_msg}")
                .expect("the template is a constant"),
        );

        let mut progress = Self {
            show,
            bars,
            bar,
            running: BTreeSet::new(),
            best: None,
            n_failed: 0,
            kinds: BTreeSet::new(),
            began: Instant::now(),
            n_folds_here: 0,
        };

        // A continued study has its best and its failures from before.
        for trial in study.trials() {
            progress.note_best(study, trial.number, trial.loss());
            progress.n_failed += u64::from(kind(&trial).is_some());
        }

        if show == Show::Bar {
            progress.bar.enable_steady_tick(Duration::from_millis(500));
        }
        progress
    }

    /// Handles an event of the run.
    pub fn observe(&mut self, study: &Study, event: Event<'_>) {
        match event {
            Event::Proposed(_) | Event::Epoch { .. } => {}
            Event::Started { trial, split } => drop(self.running.insert((trial, split))),
            Event::Dropped { trial, split } => drop(self.running.remove(&(trial, split))),
            Event::Finished { trial, split, .. } => {
                self.running.remove(&(trial, split));
                self.n_folds_here += 1;
            }
            Event::Final(number) => self.finish_trial(study, number),
        }

        if self.show == Show::Bar {
            self.draw(study);
        }
    }

    /// Removes the display.
    pub fn clear(&self) {
        self.bar.finish_and_clear();
        // A display that cannot be cleared must not fail the run.
        let _ = self.bars.clear();
    }

    fn note_best(&mut self, study: &Study, number: u64, loss: Option<f64>) {
        let direction = study.spec().direction;
        if let Some(loss) = loss
            && self.best.is_none_or(|(_, best)| direction.inner(loss) < direction.inner(best))
        {
            self.best = Some((number, loss));
        }
    }

    /// Counts a failure; on a terminal the first of each kind is shown.
    fn note_failure(&mut self, trial: &Trial) {
        let Some(kind) = kind(trial) else { return };
        self.n_failed += 1;
        if self.show == Show::Bar && self.kinds.insert(kind) {
            let (number, state) = (trial.number, trial.state().name());
            let reason = tame(trial.reason());
            let line = format!("trial {number}, first failure of this kind: {state}: {reason}");
            // Above the bar, where it stays; a terminal that cannot be written to must not fail the
            // run.
            let _ = self.bars.println(line);
        }
    }

    fn finish_trial(&mut self, study: &Study, number: u64) {
        let Some(trial) = study.trial(number) else {
            return;
        };
        self.note_best(study, number, trial.loss());
        self.note_failure(&trial);

        if self.show != Show::Lines {
            return;
        }

        let outcome = match (trial.state(), trial.loss()) {
            (State::Ok, Some(loss)) => format!("loss {}", table::loss(loss)),
            (state, _) => format!("{}: {}", state.name(), tame(trial.reason())),
        };

        // After the last line of a program's output.
        let best = self
            .best
            .filter(|_| trial.state() == State::Ok)
            .map(|(n, loss)| format!(", best {} (trial {n})", table::loss(loss)))
            .unwrap_or_default();

        let done = study.trials_ended();
        let total = study.total_with_manual().map(|t| format!(" of {t}")).unwrap_or_default();

        // A closed stderr must not stop the study.
        let _ = writeln!(std::io::stderr(), "trial {number} ({done}{total}): {outcome}{best}");
    }

    fn draw(&self, study: &Study) {
        let n_splits = study.spec().n_splits as u64;
        let done = study.folds_ended();

        let total = study.total_with_manual();
        if let Some(total) = total {
            let folds = total.saturating_mul(n_splits);
            self.bar.set_length(folds);
            self.bar.set_position(done.min(folds));
        }

        let of = |total: Option<u64>| total.map(|t| format!("/{t}")).unwrap_or_default();
        let mut prefix = format!(
            "trials {}{}  folds {done}{}",
            study.trials_ended(),
            of(total),
            of(total.map(|t| t.saturating_mul(n_splits)))
        );

        if self.n_failed > 0 {
            prefix.push_str(&format!("  {} failed", self.n_failed));
        }
        let n_left = total.map(|total| total.saturating_mul(n_splits).saturating_sub(done));

        let left = n_left.and_then(|n| time_left(self.began.elapsed(), self.n_folds_here, n));
        if let Some(left) = left {
            prefix.push_str(&format!("  {} left", in_words(left)));
        }

        self.bar.set_prefix(prefix);
        // The second line is cut at the terminal's edge.
        let best = self
            .best
            .map(|(n, loss)| format!("best {} (trial {n})  ", table::loss(loss)))
            .unwrap_or_default();

        let running: Vec<String> =
            self.running.iter().take(8).map(|(t, s)| format!("{t}.{s}")).collect();
        self.bar.set_message(format!("{best}running trial.fold {}", running.join(" ")));
    }
}

/// The display of a counter, on a terminal only.
pub struct Counter {
    bar: ProgressBar,
}

impl Counter {
    /// Starts counting `thing` up to `total`.
    pub fn new(show: Show, thing: &'static str, total: usize) -> Self {
        let target = target(show);
        let style = ProgressStyle::with_template("{bar:24} {msg} {pos}/{len}")
            .expect("the template is a constant");
        let bar = ProgressBar::with_draw_target(Some(total as u64), target)
            .with_style(style)
            .with_message(thing);
        Self { bar }
    }

    /// Adds one, from any thread.
    pub fn count(&self) {
        self.bar.inc(1);
    }

    /// Removes the display.
    pub fn clear(&self) {
        self.bar.finish_and_clear();
    }
}

/// The target of bars, updated at most twenty times a second.
fn target(show: Show) -> ProgressDrawTarget {
    match show {
        Show::Bar => ProgressDrawTarget::term_like_with_hz(Box::new(Terminal::stderr()), 20),
        Show::Nothing | Show::Lines => ProgressDrawTarget::hidden(),
    }
}

/// Estimates the time for `n_left` folds if `n_done` took `elapsed`. Returns `None` before the
/// first fold, and beyond a century.
fn time_left(elapsed: Duration, n_done: u64, n_left: u64) -> Option<Duration> {
    const CENTURY: f64 = 100.0 * 365.25 * 86_400.0;
    let seconds = elapsed.as_secs_f64() * (n_left as f64 / n_done as f64);
    (n_done > 0 && seconds <= CENTURY).then(|| Duration::from_secs_f64(seconds))
}

/// A duration as people write it.
pub fn in_words(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, s) => format!("{s} s"),
        (0, m, s) => format!("{m} min {s} s"),
        (h, m, _) => format!("{h} h {m} min"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_total_without_end_has_no_time_left() {
        let second = Duration::from_secs(1);
        assert_eq!(time_left(second, 2, 6), Some(3 * second));
        assert_eq!(time_left(second, 0, 6), None);
        assert_eq!(time_left(4 * second, 1, u64::MAX), None);
    }
}
