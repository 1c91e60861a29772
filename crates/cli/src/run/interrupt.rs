//! Signals. Of Ctrl-C, TERM and HUP, the first asks a run to stop where it can go on later, the second ends the program.
//! That a file may not grow any more is no end of the program, but an error of the write.

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
    ctrlc::set_handler(handler)
        .map_err(|error| Failure::store(format!("cannot listen to signals: {error}")))
}

/// Has a write beyond a limit on the size of files fail, as on a full disk; by default the system ends the process.
/// Programs that are started from here have the default again.
pub fn survive_file_size_limits() {
    #[cfg(unix)]
    {
        use signal_hook::consts::SIGXFSZ;
        // A handler that notes it for nobody. If there can be none, the default is what is left.
        let _ = signal_hook::flag::register(SIGXFSZ, std::sync::Arc::new(AtomicBool::new(false)));
    }
}

/// Tells whether a run is to stop.
pub fn is_asked() -> bool {
    IS_ASKED.load(Ordering::Relaxed)
}
