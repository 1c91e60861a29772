//! A card: one sentence of conclusion, and the evidence below it.

use crate::html::Trusted;
use askama::Template;

/// One part of a page.
#[derive(Clone, Debug, PartialEq, Template)]
#[template(path = "card.html")]
pub struct Card {
    /// The card's id: the anchor in the page, and the key by which the live page replaces it.
    pub id: &'static str,
    /// The card's title.
    pub title: String,
    /// The card's conclusion, computed from the study.
    pub sentence: String,
    /// The evidence: pictures and tables.
    pub body: Trusted,
    /// Whether the card spans the whole width.
    pub is_wide: bool,
}

impl Card {
    /// A card of half the width.
    pub(crate) fn new(
        id: &'static str,
        title: &str,
        sentence: impl Into<String>,
        body: Trusted,
    ) -> Self {
        Self { id, title: title.to_owned(), sentence: sentence.into(), body, is_wide: false }
    }

    /// Makes it span the whole width.
    pub(crate) fn wide(mut self) -> Self {
        self.is_wide = true;
        self
    }

    /// Writes the card as an element of a page.
    pub fn html(&self) -> String {
        self.render().unwrap_or_default()
    }
}

/// Whether a page includes what programs wrote to stderr, which may name paths, hosts and users.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Logs {
    /// The page leaves them out.
    LeftOut,
    /// The last lines, for trials that did not succeed.
    Shown,
}
