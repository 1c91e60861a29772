//! The space file that the study ran.

use crate::card::Card;
use crate::html::Trusted;
use charts::escape;
use tuner::overview::StudyView;

pub(super) fn card(view: &StudyView) -> Card {
    let made = match &view.summary.made_by {
        (Some(version), Some(set)) => format!(" Version {version} started it on {set}."),
        (Some(version), None) => format!(" Version {version} started it."),
        _ => String::new(),
    };

    let data = view.summary.data.as_ref().map(|hash| format!(" The data's hash begins {hash}."));
    let sentence = format!("The file below repeats this study.{made}{}", data.unwrap_or_default());

    // Newlines stay as they are, since they are text and not attributes.
    let text = view.file.lines().map(escape).collect::<Vec<_>>().join("\n");
    let body = format!(
        "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"Space file\"><pre>{text}</pre></div>\n"
    );

    Card::new("file", "Space file", sentence, Trusted(body)).wide()
}
