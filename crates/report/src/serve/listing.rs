//! The list of studies.

use super::url::encode;
use crate::policy::{policy, style};
use askama::Template;
use tuner::overview::loss;

/// A study in the list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Listed {
    /// The study's name.
    pub name: String,
    /// The study's search method.
    pub method: String,
    /// `running`, `open` or `done`, or why it cannot be read.
    pub state: String,
    /// Trials that have ended.
    pub ended: usize,
    /// Planned number of trials.
    pub total: Option<u64>,
    /// The best loss.
    pub best: Option<f64>,
    /// The name of its metric.
    pub metric: String,
}

#[derive(Template)]
#[template(path = "list.html")]
struct List {
    policy: String,
    style: String,
    studies: Vec<Line>,
}

struct Line {
    href: String,
    name: String,
    cells: [String; 5],
}

#[derive(Template)]
#[template(path = "notice.html")]
struct Notice<'a> {
    policy: String,
    style: String,
    title: &'a str,
    text: &'a str,
}

/// The page of all studies.
pub(super) fn page(studies: &[Listed]) -> String {
    let line = |study: &Listed| Line {
        href: format!("study/{}", encode(&study.name)),
        name: study.name.clone(),
        cells: [
            study.method.clone(),
            study.state.clone(),
            study.total.map_or_else(
                || study.ended.to_string(),
                |total| format!("{} of {total}", study.ended),
            ),
            study.best.map(loss).unwrap_or_default(),
            study.metric.clone(),
        ],
    };

    let studies = studies.iter().map(line).collect();
    let list = List { policy: policy("", false), style: style(), studies };
    list.render().unwrap_or_default()
}

/// A page that reports a problem.
pub(super) fn notice(title: &str, text: &str) -> String {
    let notice = Notice { policy: policy("", false), style: style(), title, text };
    notice.render().unwrap_or_default()
}
