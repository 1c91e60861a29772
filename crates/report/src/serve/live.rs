//! A study's current page, and the events that update it.

use super::Shared;
use crate::cards::cards;
use crate::data::data;
use crate::page::{Page, subtitle};
use crate::policy::{policy, script, style};
use axum::body::{Body, Bytes};
use serde_json::json;
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc::{self, Sender};
use tokio_stream::wrappers::ReceiverStream;

/// How often a study's files are checked while a browser is connected.
const POLL: Duration = Duration::from_millis(500);

/// A sign of life is sent after this many checks without a change.
const QUIET: u32 = 20;

/// The page of a study at one version.
pub(super) struct Snapshot {
    version: u64,
    title: String,
    subtitle: String,
    data: String,
    cards: Vec<crate::card::Card>,
}

/// The last snapshot of each study that a browser asked for.
#[derive(Default)]
pub(super) struct Cache(Mutex<BTreeMap<String, Arc<Snapshot>>>);

/// Returns the snapshot of a study, written anew only if the study has changed.
///
/// # Errors
/// A message for the user, if there is no such study or it cannot be read.
pub(super) async fn snapshot(shared: &Arc<Shared>, study: &str) -> Result<Arc<Snapshot>, String> {
    let (shared, study) = (Arc::clone(shared), study.to_owned());
    let write = move || {
        let version = shared.source.version(&study).ok_or_else(|| {
            "The study no longer exists here: it was deleted or moved.".to_owned()
        })?;
        let lock = || shared.cache.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = lock().get(&study).filter(|s| s.version == version) {
            return Ok(Arc::clone(found));
        }

        let view = shared.source.view(&study)?;
        let snapshot = Arc::new(Snapshot {
            version,
            title: view.summary.name.clone(),
            subtitle: subtitle(&view),
            data: data(&view),
            cards: cards(&view, shared.logs),
        });
        lock().insert(study, Arc::clone(&snapshot));
        Ok(snapshot)
    };

    tokio::task::spawn_blocking(write).await.unwrap_or_else(|error| Err(error.to_string()))
}

impl Snapshot {
    /// Returns the page, which then requests events at `events`.
    pub(super) fn page(&self, events: &str) -> String {
        let script = script();
        let parts = Page {
            title: &self.title,
            subtitle: self.subtitle.clone(),
            policy: policy(&script, true),
            style: style(),
            script,
            cards: self.cards.clone(),
            data: self.data.clone(),
            events: Some(format!("{events}?v={}", self.version)),
        };

        askama::Template::render(&parts).unwrap_or_default()
    }

    /// Returns the cards that differ from those that a browser has, as one event.
    fn event(&self, known: &BTreeMap<&'static str, String>) -> String {
        let changed: serde_json::Map<String, serde_json::Value> = self
            .cards
            .iter()
            .map(|card| (card.id, card.html()))
            .filter(|(id, html)| known.get(id) != Some(html))
            .map(|(id, html)| (id.to_owned(), html.into()))
            .collect();
        let order: Vec<&str> = self.cards.iter().map(|card| card.id).collect();
        let news = json!({
            "subtitle": self.subtitle, "order": order, "cards": changed, "data": self.data,
        });
        format!("event: cards\nid: {}\ndata: {news}\n\n", self.version)
    }

    fn known(&self) -> BTreeMap<&'static str, String> {
        self.cards.iter().map(|card| (card.id, card.html())).collect()
    }
}

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
    if let Ok(now) = snapshot(&shared, &study).await
        && has == Some(now.version)
    {
        known = now.known();
    }

    let mut trouble = String::new();
    for turn in 0u32.. {
        let text = if has.is_some() && shared.source.version(&study) == has && trouble.is_empty() {
            turn.is_multiple_of(QUIET).then(|| ": still here\n\n".to_owned())
        } else {
            match snapshot(&shared, &study).await {
                Ok(now) => {
                    trouble.clear();
                    has = Some(now.version);
                    let event = now.event(&known);
                    known = now.known();
                    Some(event)
                }
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
