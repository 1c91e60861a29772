//! The events that update a study's page in a browser.

use super::shared::Shared;
use axum::body::{Body, Bytes};
use serde_json::json;
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::{self, Sender};
use tokio_stream::wrappers::ReceiverStream;

/// How often a study's files are checked while a browser is connected.
const POLL: Duration = Duration::from_millis(500);

/// A sign of life is sent after this many checks without a change.
const QUIET: u32 = 20;

/// The event stream for a browser that has the page of version `has`.
pub(super) fn events(shared: Arc<Shared>, study: String, has: Option<u64>) -> Body {
    // At most one event waits: a slow reader gets the newest state, not all states.
    let (sender, receiver) = mpsc::channel::<Result<Bytes, Infallible>>(1);
    tokio::spawn(watch(shared, study, has, sender));
    Body::from_stream(ReceiverStream::new(receiver))
}

/// Watches a study until the browser disconnects.
async fn watch(
    shared: Arc<Shared>,
    study: String,
    mut has: Option<u64>,
    sender: Sender<Result<Bytes, Infallible>>,
) {
    let mut known = BTreeMap::new();
    if let Ok(now) = shared.snapshot(&study).await
        && has == Some(now.version)
    {
        known = now.known();
    }

    // The page may be of the state that is there: then nothing is sent until it changes.
    let mut trouble = String::new();
    for turn in 0u32.. {
        // Nothing is read again while the version is the one that the page has.
        let text = if has.is_some() && shared.source.version(&study) == has && trouble.is_empty() {
            turn.is_multiple_of(QUIET).then(|| ": still here\n\n".to_owned())
        } else {
            match shared.snapshot(&study).await {
                Ok(now) => {
                    trouble.clear();
                    has = Some(now.version);
                    let event = now.event(&known);
                    known = now.known();
                    Some(event)
                }
                // An error is reported once until the state changes.
                Err(why) if why != trouble => {
                    trouble.clone_from(&why);
                    Some(format!("event: trouble\ndata: {}\n\n", json!(why)))
                }
                Err(_) => turn.is_multiple_of(QUIET).then(|| ": still here\n\n".to_owned()),
            }
        };
        if let Some(text) = text
            && sender.send(Ok(Bytes::from(text))).await.is_err()
        {
            return;
        }
        tokio::time::sleep(POLL).await;
    }
}
