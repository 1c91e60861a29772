//! Remarks on a table's columns and rows for the user: each a message and a hint.

use crate::report::{printable, quoted};
use std::collections::BTreeMap;
use trainer::data::{Described, Identifier, Remark, Stray, StrayKind};

/// The remarks on one column.
pub(super) fn remarks(column: &Described, is_feature: bool) -> Vec<(String, String)> {
    let name = quoted(&column.name);
    let key = crate::file::key(&column.name);
    let kinds = |kind: &str| format!("kinds = {{ {key} = \"{kind}\" }}");
    let mut found: Vec<(String, String)> = Vec::new();
    for remark in &column.reading.remarks {
        found.push(match remark {
            Remark::MostlyNumbers { n_rows, of, other } => {
                let other = other.as_ref().map_or_else(
                    || "they are written in more than one way".to_owned(),
                    |text| format!("`{}` is not", cut(text)),
                );
                (
                    format!("column {name} is read as categories, though {n_rows} of {of} cells hold a number, a time or a date: {other}"),
                    format!("missing = [\"…\"] names texts that stand for no value, {} finds the others, {} confirms the categories", kinds("number"), kinds("category")),
                )
            }
            Remark::BeginWithDigits { example, n_rows, of } => (
                format!(
                    "column {name} is read as categories, though {n_rows} of {of} cells begin with a digit, such as `{}`",
                    cut(example)
                ),
                format!(
                    "if they are quantities or dates, write them as numbers or as 2024-05-31; {} confirms the categories",
                    kinds("category")
                ),
            ),
            Remark::LeadingZeros { example, n_rows } => (
                format!("column {name} is read as numbers, but {} with zeros in front, such as `{}`", if *n_rows == 1 { "1 row is written".to_owned() } else { format!("{n_rows} rows are written") }, cut(example)),
                format!("if they are codes: {}", kinds("category")),
            ),
            Remark::OpenMark { example, taken, other } => (
                format!("column {name}: `{}` is read as {taken}, and could be {other}", cut(example)),
                "decimal = \",\" or decimal = \".\" in [data] says which mark is decimal".to_owned(),
            ),
            Remark::OpenDate { example } => (
                format!("column {name}: `{}` is read with the day first, and could have the month first", cut(example)),
                "dates = \"day first\" or dates = \"month first\" in [data] says which".to_owned(),
            ),
        });
    }

    if !column.reading.presumed.is_empty() {
        let texts: Vec<String> = column
            .reading
            .presumed
            .iter()
            .map(|(text, n)| format!("`{}` ({n} rows)", cut(text)))
            .collect();
        let listed: Vec<String> =
            column.reading.presumed.iter().map(|(text, _)| crate::file::literal(text)).collect();
        found.push((
            format!(
                "column {name} is numbers or dates but for {}, taken for missing",
                texts.join(", ")
            ),
            format!(
                "missing = [{}] in [data] confirms it, {} keeps them as texts",
                listed.join(", "),
                kinds("category")
            ),
        ));
    }

    if let Some((value, n_rows)) = column.sentinel {
        found.push((
            format!("column {name}: {value} occurs in {n_rows} rows, far from all other values, and is read as a number"),
            format!("missing = [\"{value}\"] in [data] if it stands for no value"),
        ));
    }

    let drop = format!("drop = [{}] leaves it out", crate::file::literal(&column.name));
    match column.identifier {
        Some(Identifier::Named | Identifier::Distinct) if is_feature => found.push((
            format!(
                "column {name} has a different integer in each of its {} rows, as identifiers have",
                column.n_rows
            ),
            drop,
        )),
        // Columns that count the rows in order have a warning of their own.
        _ => {}
    }
    found
}

/// The remark on a row that is probably not data.
pub(super) fn stray(stray: &Stray) -> (String, String) {
    let Stray { at, text, kind, n_rows } = stray;
    let line = at.line;
    let which = if *n_rows == 1 {
        format!("line {line}")
    } else {
        format!("{n_rows} lines from {line} on")
    };
    let (looks, is_row) = match kind {
        StrayKind::Summary if text.starts_with(|c: char| c.is_ascii_digit() || c == '-') => {
            ("the sum of the rows above", "it is read as a row like them")
        }
        StrayKind::Summary => ("a summary of the rows above", "it is read as a row like them"),
        StrayKind::Note => ("a note below the table", "it is read as a row without other values"),
    };
    (
        format!("{which} (`{}`) looks like {looks}, and {is_row}", cut(text)),
        "delete it from the table if it is one".to_owned(),
    )
}

/// The first labels that differ in case and blanks only; empty if there are none.
pub(super) fn alike(labels: &[String]) -> Vec<String> {
    let mut by_folded: BTreeMap<String, Vec<&String>> = BTreeMap::new();
    for label in labels {
        let folded = label.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
        by_folded.entry(folded).or_default().push(label);
    }
    let first = by_folded.into_values().find(|labels| labels.len() > 1);
    first.map(|labels| labels.into_iter().cloned().collect()).unwrap_or_default()
}

/// The remark on labels that differ in case and blanks only.
pub(super) fn alike_labels(name: &str, labels: &[String]) -> Option<(String, String)> {
    const SHOWN: usize = 3;
    let shown: Vec<String> =
        labels.iter().take(SHOWN).map(|text| format!("`{}`", cut(text))).collect();
    (!labels.is_empty()).then(|| {
        (
            format!(
                "column {}: {} differ in case or blanks only, and are {} labels",
                quoted(name),
                shown.join(", "),
                labels.len()
            ),
            "spell them alike in the table if they are one label".to_owned(),
        )
    })
}

/// The beginning of a text, enough to recognise it.
pub(super) fn cut(text: &str) -> String {
    const LONGEST: usize = 40;
    let text = printable(text);
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
