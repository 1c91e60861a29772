//! The space file as it was run.

use crate::card::Card;
use crate::html::Trusted;
use charts::escape;
use tuner::overview::StudyView;

pub(super) fn card(view: &StudyView) -> Card {
    let made = match &view.summary.made_by {
        (Some(version), Some(set)) => format!(" It was begun by version {version} on {set}."),
        (Some(version), None) => format!(" It was begun by version {version}."),
        _ => String::new(),
    };
    let data = view.summary.data.as_ref().map(|hash| format!(" The data's hash begins {hash}."));
    let sentence = format!("The file below repeats this study.{made}{}", data.unwrap_or_default());
    // Newlines stay newlines: they are text, not attributes.
    let text = view.file.lines().map(escape).collect::<Vec<_>>().join("\n");
    let body = format!(
        "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"Space file\"><pre>{text}</pre></div>\n"
    );
    Card::new("file", "Space file", sentence, Trusted(body)).wide()
}
