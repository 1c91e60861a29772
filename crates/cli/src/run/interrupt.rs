//! Signals. Of Ctrl-C, TERM and HUP, the first asks a run to stop where it can go on later, the second ends the program.
//! One that was ignored when the program started stays ignored: `nohup` and a shell's background jobs mean it so. That a
//! file may not grow any more is no end of the program, but an error of the write.

use crate::report::Failure;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock};

static IS_ASKED: LazyLock<Arc<AtomicBool>> = LazyLock::new(Arc::default);

/// Listens from now on.
///
/// # Errors
/// If the system does not let this process listen.
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
            // In this order: the first signal finds the flag unset, the second finds it set.
            let asked = Arc::clone(&IS_ASKED);
            register_conditional_shutdown(signal, Exit::Interrupted as i32, Arc::clone(&asked))?;
            register(signal, asked)?;
        }
    }
    Ok(())
}

/// The signals that this process ignores, a bit each from the first; none are known where there is no `/proc`.
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

/// Has a write beyond a limit on the size of files fail, as on a full disk; by default the system ends the process.
/// Programs that are started from here have the default again.
pub fn survive_file_size_limits() {
    #[cfg(unix)]
    {
        use signal_hook::consts::SIGXFSZ;
        // A handler that notes it for nobody. If there can be none, the default is what is left.
        let _ = signal_hook::flag::register(SIGXFSZ, Arc::new(AtomicBool::new(false)));
    }
}

/// Tells whether a run is to stop.
pub fn is_asked() -> bool {
    IS_ASKED.load(Ordering::Relaxed)
}
