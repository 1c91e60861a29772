//! The live page: the same cards, swapped when records arrive.
//!
//! One thread answers; pages are written on another, one at a time, and only while a browser asks. The server reads, and
//! that is all: GET and HEAD, from this machine unless it is told otherwise, under a path that begins with a token that
//! other pages and users cannot guess. A study is looked at anew when its files have changed; no lock is held.

mod gate;
mod listing;
mod live;
mod routes;
mod url;

pub use gate::Gate;
pub use listing::Listed;

use crate::card::Logs;
use live::Cache;
use std::io;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;
use tuner::overview::StudyView;

/// How often the end is asked for.
const TICK: Duration = Duration::from_millis(100);

/// Where studies come from.
pub trait Source: Send + Sync {
    /// The studies, by name.
    ///
    /// # Errors
    /// Why they cannot be listed.
    fn list(&self) -> Result<Vec<Listed>, String>;

    /// A number that changes when a study does; none if there is no such study. Cheap.
    fn version(&self, study: &str) -> Option<u64>;

    /// Looks at a study.
    ///
    /// # Errors
    /// Why it cannot be read: in words for the user.
    fn view(&self, study: &str) -> Result<StudyView, String>;
}

/// What all requests share.
pub(crate) struct Shared {
    source: Box<dyn Source>,
    gate: Gate,
    cache: Cache,
    logs: Logs,
}

/// Answers requests until `is_over` says so.
///
/// # Errors
/// If the socket cannot be used.
pub fn serve(
    listener: TcpListener,
    source: Box<dyn Source>,
    gate: Gate,
    is_over: impl Fn() -> bool,
) -> io::Result<()> {
    let shared = Arc::new(Shared { source, gate, cache: Cache::default(), logs: Logs::LeftOut });
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .enable_time()
        .max_blocking_threads(1)
        .build()?;
    let ended = runtime.block_on(async {
        listener.set_nonblocking(true)?;
        let listener = tokio::net::TcpListener::from_std(listener)?;
        tokio::select! {
            ended = async { axum::serve(listener, routes::router(shared)).await } => ended,
            () = over(is_over) => Ok(()),
        }
    });
    // Streams that are open end with the process, not before: nobody waits for them.
    runtime.shutdown_background();
    ended
}

async fn over(is_over: impl Fn() -> bool) {
    while !is_over() {
        tokio::time::sleep(TICK).await;
    }
}

/// The path of a study's page below [`Gate::root`].
pub fn path_of(study: &str) -> String {
    format!("study/{}", url::encode(study))
}
