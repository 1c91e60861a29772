//! The live page: the same cards, replaced when records arrive.
//!
//! One thread answers requests; another writes pages, one at a time, and only while a browser asks.
//! The server only reads: it answers GET and HEAD, from this machine unless configured otherwise,
//! under a path that begins with a token that other pages and users cannot guess. It reads a study
//! again when its files have changed, and holds no lock.

mod gate;
mod listing;
mod live;
mod routes;
mod shared;
mod snapshot;
mod source;
mod url;

pub use gate::Gate;
pub use listing::Listed;
pub use source::StudySource;

use crate::card::Logs;
use shared::{Cache, Shared};
use std::io;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

/// How often the server checks whether to end.
const TICK: Duration = Duration::from_millis(100);

/// Answers requests until `is_over` says so.
///
/// # Errors
/// If the socket cannot be used.
pub fn serve(
    listener: TcpListener,
    source: Box<dyn StudySource>,
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

    // Open streams end with the process; the server does not wait for them.
    runtime.shutdown_background();
    ended
}

async fn over(is_over: impl Fn() -> bool) {
    while !is_over() {
        tokio::time::sleep(TICK).await;
    }
}

/// Returns the path of a study's page below [`Gate::root`].
pub fn path_of(study: &str) -> String {
    format!("study/{}", url::encode(study))
}
