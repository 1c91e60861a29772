//! What to do about a fault of a table, where its row shows what it is.

use super::error::{Reason, key, literal};
use super::place::{At, Mention};
use super::tail::StrayKind;

/// What a row looks like that has more or fewer cells than the header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Looks {
    /// Its last cell is empty.
    EndsEmpty,
    /// All its cells are texts, as names of columns are.
    Header,
    /// None of these.
    Row,
}

/// A title and its like stand at most this many lines above the header.
const TITLE_LINES: u64 = 20;

pub(super) fn ragged_hint(at: At, expected: usize, found: usize, looks: Looks) -> String {
    let line = at.line;
    match looks {
        Looks::EndsEmpty if found == expected + 1 => {
            "rows end with a separator and the header does not: add one at its end".to_owned()
        }
        Looks::Header if found > expected && line <= TITLE_LINES => format!(
            "the first line names the columns; if line {line} does, delete the lines above it: `tail -n +{line} OLD.csv > NEW.csv`"
        ),
        _ if found == 1 => {
            format!("a title or a note is no row of the table: delete line {line} if it is one")
        }
        _ if found < expected => {
            "a cell without a value stands as nothing between two separators".to_owned()
        }
        _ => "a cell that holds a separator stands in quotation marks".to_owned(),
    }
}

pub(super) fn text_hint(
    at: At,
    column: &str,
    value: &str,
    reason: Reason,
    stray: Option<StrayKind>,
) -> String {
    let column = key(column);
    let line = at.line;
    match stray {
        Some(StrayKind::Summary) => {
            return format!(
                "it is among the last rows and looks like a summary of those above it: delete line {line}"
            );
        }
        Some(StrayKind::Note) => {
            return format!("it looks like a note below the table: delete it from line {line} on");
        }
        None => {}
    }

    if at.row == 1 && matches!(reason, Reason::MostlyNumbers | Reason::MostlyDates) {
        return format!(
            "if line {line} holds units or names, as a second header does, delete it; else correct the cell"
        );
    }
    let missing = format!("missing = [{}] in [data] if it stands for no value", literal(value));
    match reason {
        Reason::Stated | Reason::StatedDate => format!("correct the cell, or {missing}"),
        Reason::MostlyNumbers | Reason::MostlyDates => format!(
            "correct the cell, or {missing}; kinds = {{ {column} = \"category\" }} would make each different text an input of its own"
        ),
    }
}

pub(super) fn missing_hints(
    mention: Mention,
    column: &str,
    text: &str,
    stray: Option<StrayKind>,
) -> String {
    let mut hints = String::new();
    if let Some(kind) = stray {
        let what = match kind {
            StrayKind::Summary => "a summary of the rows above",
            StrayKind::Note => "a note below the table",
        };
        hints.push_str(&format!("\nhint: the row looks like {what}: delete it if it is one"));
    }
    if !text.is_empty() {
        hints.push_str(&format!(
            "\nhint: {} stands for no value unless [data] says kinds = {{ {} = \"category\" }}, or missing = [\"\"], by which only empty cells are missing",
            literal(text),
            key(column)
        ));
    }

    if mention == Mention::Target {
        hints.push_str("\nhint: missing_target = \"drop\" in [data] leaves such rows out");
    }
    hints
}
