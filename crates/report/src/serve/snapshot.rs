//! A study's page at one version, whole and as the difference from what a browser shows.

use crate::card::{Card, Logs};
use crate::cards::cards;
use crate::data::data;
use crate::page::{Page, subtitle};
use crate::policy::{live_script, policy, style};
use serde_json::json;
use std::collections::BTreeMap;
use tuner::overview::StudyView;

/// The page of a study at one version.
pub(super) struct Snapshot {
    pub(super) version: u64,
    title: String,
    subtitle: String,
    data: String,
    cards: Vec<Card>,
}

impl Snapshot {
    /// Writes the page of a study that was read at `version`.
    pub(super) fn new(version: u64, view: &StudyView, logs: Logs) -> Self {
        Self {
            version,
            title: view.summary.name.clone(),
            subtitle: subtitle(view),
            data: data(view),
            cards: cards(view, logs),
        }
    }

    /// Returns the page, which then requests events at `events`.
    pub(super) fn page(&self, events: &str) -> String {
        let script = live_script();
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
    pub(super) fn event(&self, known: &BTreeMap<&'static str, String>) -> String {
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

    /// Returns the cards as a browser that shows this page has them.
    pub(super) fn known(&self) -> BTreeMap<&'static str, String> {
        self.cards.iter().map(|card| (card.id, card.html())).collect()
    }
}
