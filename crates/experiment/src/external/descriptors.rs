//! How many files and pipes may be open at once: a program takes four, and the usual limit is 1,024.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::sync::OnceLock;

/// More than anyone needs; the hard limit may be none.
const ENOUGH: u64 = 1 << 16;

/// The limit with which this process was started.
static STARTED_WITH: OnceLock<Option<u64>> = OnceLock::new();

/// Raises the limit of this process as far as it may; returns what it was when the process started, none: no limit.
pub fn raise() -> Option<u64> {
    *STARTED_WITH.get_or_init(|| {
        let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
        let wanted = maximum.map_or(ENOUGH, |most| most.min(ENOUGH));
        if current.is_some_and(|current| current < wanted) {
            // Where it cannot be raised, the old one holds.
            let _ = setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), maximum });
        }
        current
    })
}

/// Sets the limit to what it was: some programs close, or look through, as many as there may be.
pub fn lower_to(limit: u64) {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    // A supervisor that cannot set it runs the program with more than it expects, which few notice.
    let _ = setrlimit(Resource::Nofile, Rlimit { current: Some(limit), maximum });
}
