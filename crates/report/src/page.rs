//! A study as one HTML page.

use crate::card::{Card, Logs};
use crate::cards::cards;
use crate::data::data;
use crate::policy::{policy, script, style};
use askama::Template;
use tuner::overview::StudyView;

/// The contents of the page's template.
#[derive(Template)]
#[template(path = "page.html")]
pub(crate) struct Page<'a> {
    pub(crate) title: &'a str,
    pub(crate) subtitle: String,
    pub(crate) policy: String,
    pub(crate) style: String,
    pub(crate) script: String,
    pub(crate) cards: Vec<Card>,
    pub(crate) data: String,
    /// The address at which the page receives new records; `None` in a file.
    pub(crate) events: Option<String>,
}

/// Writes the page of a study as one file.
pub fn page(view: &StudyView, logs: Logs) -> String {
    let parts = Page {
        title: &view.summary.name,
        subtitle: subtitle(view),
        policy: policy(&script(), false),
        style: style(),
        script: script(),
        cards: cards(view, logs),
        data: data(view),
        events: None,
    };
    parts.render().unwrap_or_default()
}

/// The line under the name.
pub(crate) fn subtitle(view: &StudyView) -> String {
    let summary = &view.summary;
    let progress = match summary.total {
        Some(total) => format!("{} of {total} trials", summary.n_ended),
        None => format!("{} trials", summary.n_ended),
    };
    format!("{} search by {}, {progress}", summary.method, summary.metric)
}
