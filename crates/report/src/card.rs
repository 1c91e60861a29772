//! A card: one sentence of conclusion, and what it is drawn from.

use crate::html::Trusted;
use askama::Template;

/// One part of a page.
#[derive(Clone, Debug, PartialEq, Template)]
#[template(path = "card.html")]
pub struct Card {
    /// Its anchor in the page, and its name among the cards that are swapped.
    pub id: &'static str,
    /// What it shows.
    pub title: String,
    /// What follows from it, calculated from the study.
    pub sentence: String,
    /// The rest.
    pub body: Trusted,
    /// Whether it takes the whole width.
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

    /// The same over the whole width.
    pub(crate) fn wide(mut self) -> Self {
        self.is_wide = true;
        self
    }

    /// The card as an element of a page.
    pub fn html(&self) -> String {
        self.render().unwrap_or_default()
    }
}

/// Whether a page holds what programs wrote to stderr: it may name paths, hosts and users.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Logs {
    /// It does not.
    LeftOut,
    /// The last lines, beside the trials that did not end well.
    Shown,
}
