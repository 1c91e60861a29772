//! Signals. The first Ctrl-C, TERM or HUP asks a run to stop where it can continue later; the
//! second ends the program. A signal that was ignored when the program started stays ignored, as
//! `nohup` and background jobs of a shell intend. The signal for a file that may not grow becomes
//! an error of the write.

use crate::report::Failure;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock};

static IS_ASKED: LazyLock<Arc<AtomicBool>> = LazyLock::new(Arc::default);

/// Starts listening for signals.
///
/// # Errors
/// If the system does not allow it.
pub fn listen() -> Result<(), Failure> {
    listening().map_err(|error| Failure::store(format!("cannot listen to signals: {error}")))
}

#[cfg(unix)]
fn listening() -> std::io::Result<()> {
    use crate::report::Exit;
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    use signal_hook::flag::{register, register_conditional_shutdown};

    let ignored = ignored_signals();
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        if ignored & (1 << (signal - 1)) == 0 {
            // In this order, so that the first signal finds the flag unset and the second finds it
            // set.
            let asked = Arc::clone(&IS_ASKED);
            register_conditional_shutdown(signal, Exit::Interrupted as i32, Arc::clone(&asked))?;
            register(signal, asked)?;
        }
    }

    Ok(())
}

/// The signals that this process ignores, one bit each from the first; without `/proc`, none are
/// known.
#[cfg(unix)]
fn ignored_signals() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
}

#[cfg(not(unix))]
fn listening() -> Result<(), ctrlc::Error> {
    ctrlc::set_handler(|| {
        if IS_ASKED.swap(true, Ordering::Relaxed) {
            std::process::exit(crate::report::Exit::Interrupted as i32);
        }
    })
}

/// Makes a write beyond the file size limit fail, as on a full disk; by default the system would
/// end the process. Programs started from here get the default again.
pub fn survive_file_size_limits() {
    #[cfg(unix)]
    {
        use signal_hook::consts::SIGXFSZ;
        // The handler does nothing. If it cannot be installed, the default remains.
        let _ = signal_hook::flag::register(SIGXFSZ, Arc::new(AtomicBool::new(false)));
    }
}

/// Whether a run has been asked to stop.
pub fn is_asked() -> bool {
    IS_ASKED.load(Ordering::Relaxed)
}
