//! The limit of open files and pipes: a program needs four, and the usual limit is 1,024.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::sync::OnceLock;

/// A cap, since the hard limit may be infinite.
const ENOUGH: u64 = 1 << 16;

/// The limit with which this process was started.
static STARTED_WITH: OnceLock<Option<u64>> = OnceLock::new();

/// Raises the limit of this process as far as allowed; returns the limit when the process started,
/// `None` if there was none.
pub fn raise() -> Option<u64> {
    *STARTED_WITH.get_or_init(|| {
        let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
        let wanted = maximum.map_or(ENOUGH, |most| most.min(ENOUGH));
        if current.is_some_and(|current| current < wanted) {
            // If it cannot be raised, the old one applies.
            let _ = setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), maximum });
        }
        current
    })
}

/// Restores the limit for a program: some programs close or scan every possible descriptor.
pub fn lower_to(limit: u64) {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    // A supervisor that cannot set it runs the program with a higher limit, which rarely matters.
    let _ = setrlimit(Resource::Nofile, Rlimit { current: Some(limit), maximum });
}
