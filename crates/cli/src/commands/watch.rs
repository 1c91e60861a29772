//! `tune watch STUDY`

use super::Common;
use crate::live::version;
use crate::output::layout::{self, Hang};
use crate::output::watched;
use crate::report::{Exit, Failure};
use crate::run::interrupt;
use crate::terminal::screen;
use console::Term;
use experiment::folder::StudyFolder;
use experiment::storage::StudyLock;
use std::io::IsTerminal;
use std::time::Duration;

/// Watch a study in the terminal: progress, the best loss, the top ten, running and failed trials
///
/// Reads the study at most once a second, when something was recorded, and holds no lock. It ends
/// when the study ends, or at Ctrl-C. If the output is not a terminal, it prints each change below
/// the last.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// A study's name or folder
    study: String,
    /// Print once and end
    #[arg(long)]
    once: bool,
}

/// How often the study is read.
const EVERY: Duration = Duration::from_secs(1);

/// How often the command checks whether to end.
const TICK: Duration = Duration::from_millis(100);

/// Watches until the study ends.
pub fn run(args: &Args, common: &Common) -> Result<Exit, Failure> {
    let folder = StudyFolder::find(&common.results, &args.study)?;
    if !args.once {
        interrupt::listen()?;
    }

    let term = std::io::stdout().is_terminal().then(Term::stdout);
    let mut known = None;
    let mut n_lines = 0;

    loop {
        let now = version(&folder);
        let is_held = StudyLock::holder(folder.path()).is_some();
        // On a terminal ages grow although nothing is recorded.
        if now != known || term.is_some() {
            let state = watched::WatchState::of(&folder)?;
            let mut text = state.in_words(is_held);
            if term.is_some() {
                // A line that the terminal breaks would not be cleared as a whole.
                text = layout::wrapped(&text, layout::width(), Hang(2));
            }
            match &term {
                Some(term) if known.is_some() => {
                    // A closed terminal ends the command like a closed pipe.
                    let _ = term.clear_last_lines(n_lines);
                }
                None if known.is_some() => screen::data(""),
                _ => {}
            }
            n_lines = text.lines().count();
            screen::data(&text);
            if args.once || (state.is_done() && !is_held) {
                return Ok(Exit::Done);
            }
            known = now;
        }
        for _ in 0..EVERY.as_millis() / TICK.as_millis() {
            if interrupt::is_asked() {
                return Ok(Exit::Done);
            }
            std::thread::sleep(TICK);
        }
    }
}
