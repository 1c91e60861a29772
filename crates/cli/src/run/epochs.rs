//! The progress of a single training on a terminal: its epochs and the time left, on stderr.

use super::interrupt;
use experiment::bridge::model::FitAround;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal;
use std::time::Duration;

/// Runs a training with a bar that follows its epochs, then removes the bar.
///
/// There is no bar if stderr is not a terminal, or with `-q`.
pub fn followed<T>(is_quiet: bool, train: impl FnOnce(&FitAround<'_>) -> T) -> T {
    let is_shown = !is_quiet && std::io::stderr().is_terminal();
    let target = if is_shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let bar = ProgressBar::with_draw_target(None, target);
    bar.set_style(
        ProgressStyle::with_template("{bar:24} epochs {pos}/{len}  {elapsed}, {eta} left")
            .expect("the template is a constant"),
    );

    if is_shown {
        bar.enable_steady_tick(Duration::from_millis(500));
    }

    // The number of epochs is known only when the first one ends.
    let after_epoch = |done: u32, all: u32| {
        bar.set_length(u64::from(all));
        bar.set_position(u64::from(done));
    };

    let result =
        train(&FitAround { is_interrupted: &interrupt::is_asked, after_epoch: &after_epoch });
    bar.finish_and_clear();
    result
}
