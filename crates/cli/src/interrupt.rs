//! Ctrl-C, TERM and HUP: the first asks a run to stop where it can go on later, the second ends the program.

use crate::report::{Exit, Failure};
use std::sync::atomic::{AtomicBool, Ordering};

static IS_ASKED: AtomicBool = AtomicBool::new(false);

/// Listens from now on.
///
/// # Errors
/// If the system does not let this process listen.
pub fn listen() -> Result<(), Failure> {
    let handler = || {
        if IS_ASKED.swap(true, Ordering::Relaxed) {
            std::process::exit(Exit::Interrupted as i32);
        }
    };
    ctrlc::set_handler(handler).map_err(|error| Failure::store(format!("cannot listen to signals: {error}")))
}

/// Tells whether a run is to stop.
pub fn is_asked() -> bool {
    IS_ASKED.load(Ordering::Relaxed)
}
