//! Remarks on a table's columns and rows for the user: each a message and a hint.

use crate::report::{count, printable, quoted};
use std::collections::BTreeMap;
use trainer::data::{
    Clockwork, Decoration, Described, Identifier, Moments, Remark, Stray, StrayKind,
};

/// Fewer different numbers are labels, perhaps.
const FEW_VALUES: usize = 10;

/// The remarks on one column.
///
/// `list` is a label that is a list of parts, if most labels are.
pub(super) fn remarks(
    column: &Described,
    is_feature: bool,
    list: Option<&str>,
) -> Vec<(String, String)> {
    let name = quoted(&column.name);
    let mut found: Vec<(String, String)> =
        column.reading.remarks.iter().map(|remark| of_reading(&column.name, remark)).collect();
    found.extend(presumed(column));

    if let Some((value, n_rows)) = &column.sentinel {
        found.push((
            format!("column {name}: {value} occurs in {n_rows} rows, far from all other values, and is read as a {}", column.reading.form.kind()),
            format!("missing = [\"{value}\"] in [data] if it stands for no value"),
        ));
    }
    found.extend(percent(column));
    if is_feature && let Some(moments) = &column.moments {
        found.push(times(&column.name, moments));
    }
    if is_feature {
        found.extend(identified(column, list, found.is_empty()));
    }
    found
}

/// A remark on how a column is read.
fn of_reading(name: &str, remark: &Remark) -> (String, String) {
    let key = crate::file::key(name);
    let name = quoted(name);
    let kinds = |kind: &str| format!("kinds = {{ {key} = \"{kind}\" }}");
    match remark {
        Remark::MostlyNumbers { n_rows, of, other, units, n_values } => {
            let other = other.as_ref().map_or_else(
                || match units.as_slice() {
                    [] if *n_values < FEW_VALUES => {
                        format!(
                            "there {} only {}",
                            if *n_values == 1 { "is" } else { "are" },
                            count(*n_values as u64, "different number")
                        )
                    }
                    [] => "they are written in more than one way".to_owned(),
                    units => format!("they have more than one unit ({})", listed(units)),
                },
                |text| format!("`{}` is not", cut(text)),
            );
            (
                format!(
                    "column {name} is read as categories, though {n_rows} of {of} cells hold a number, a time or a date: {other}"
                ),
                format!(
                    "missing = [\"…\"] names texts that stand for no value, {} finds the others, {} confirms the categories",
                    kinds("number"),
                    kinds("category")
                ),
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
        Remark::Currencies { names } => (
            format!(
                "column {name} has more than one currency ({}), read as the same number",
                listed(names)
            ),
            "convert them to one in the table".to_owned(),
        ),
        Remark::LeadingZeros { example, n_rows } => (
            format!(
                "column {name} is read as numbers, but {} with zeros in front, such as `{}`",
                if *n_rows == 1 {
                    "1 row is written".to_owned()
                } else {
                    format!("{n_rows} rows are written")
                },
                cut(example)
            ),
            format!("if they are codes: {}", kinds("category")),
        ),
        Remark::OpenMark { example, taken, other } => (
            format!("column {name}: `{}` is read as {taken}, and could be {other}", cut(example)),
            "decimal = \",\" or decimal = \".\" in [data] says which mark is decimal".to_owned(),
        ),
        Remark::OpenDate { example } => (
            format!(
                "column {name}: `{}` is read with the day first, and could have the month first",
                cut(example)
            ),
            "dates = \"day first\" or dates = \"month first\" in [data] says which".to_owned(),
        ),
    }
}

/// A remark on texts that are taken for missing.
fn presumed(column: &Described) -> Option<(String, String)> {
    if column.reading.presumed.is_empty() {
        return None;
    }
    let texts: Vec<String> = column
        .reading
        .presumed
        .iter()
        .map(|(text, n)| format!("`{}` ({n} rows)", cut(text)))
        .collect();
    let listed: Vec<String> =
        column.reading.presumed.iter().map(|(text, _)| crate::file::literal(text)).collect();
    Some((
        format!(
            "column {} is numbers or dates but for {}, taken for missing",
            quoted(&column.name),
            texts.join(", ")
        ),
        format!(
            "missing = [{}] in [data] confirms it, {} keeps them as texts",
            listed.join(", "),
            format_args!("kinds = {{ {} = \"category\" }}", crate::file::key(&column.name))
        ),
    ))
}

/// A remark on a feature that identifies rows or holds lists.
fn identified(column: &Described, list: Option<&str>, is_first: bool) -> Option<(String, String)> {
    let name = quoted(&column.name);
    let drop = format!("drop = [{}] leaves it out", crate::file::literal(&column.name));
    match (column.identifier, list) {
        (Some(Identifier::Named | Identifier::Distinct), _) => Some((
            format!(
                "column {name} has a different integer in each of its {} rows, as identifiers have",
                column.n_rows
            ),
            drop,
        )),
        (_, Some(list)) => Some((
            format!(
                "column {name} holds lists such as `{}`, and each of its {} is an input",
                cut(list),
                count(column.n_labels as u64, "combination")
            ),
            format!("write each part as a column of 0 and 1, or {drop}"),
        )),
        (Some(Identifier::Repeated(n)), _) => Some((
            format!(
                "column {name} repeats {n} different values in {} rows, as identifiers do",
                column.n_rows
            ),
            format!(
                "if rows of one value belong together, group = {} in [cv] keeps them in one fold and the column out of the features",
                crate::file::literal(&column.name)
            ),
        )),
        (Some(Identifier::Texts), None) if is_first => Some((
            format!(
                "column {name} has {} different texts in {} rows, as names and identifiers have, and each is an input",
                column.n_labels, column.n_rows
            ),
            drop,
        )),
        // Columns that count the rows in order have a warning of their own.
        _ => None,
    }
}

/// A remark on percentages beside numbers without a percent sign.
fn percent(column: &Described) -> Option<(String, String)> {
    let reading = &column.reading;
    let n_present = (column.n_rows - column.n_missing) as u64;
    let n_bare = n_present.saturating_sub(reading.n_decorated);
    let is_mixed = reading.decoration.has(Decoration::PERCENT) && n_bare > 0;
    let (example, _) = reading.example.as_ref().filter(|_| is_mixed)?;
    Some((
        format!(
            "column {}: {} no percent sign, and `{}` is read as the number before the sign",
            quoted(&column.name),
            if n_bare == 1 { "1 row has".to_owned() } else { format!("{n_bare} rows have") },
            cut(example)
        ),
        "if 0.05 and 5% are to be the same, write them alike in the table".to_owned(),
    ))
}

/// A remark on numbers that look like times.
fn times(name: &str, moments: &Moments) -> (String, String) {
    let what = match moments.written {
        Clockwork::Seconds => "seconds since 1970",
        Clockwork::Milliseconds => "milliseconds since 1970",
        Clockwork::Microseconds => "microseconds since 1970",
        Clockwork::Nanoseconds => "nanoseconds since 1970",
        Clockwork::Digits => "the digits of dates",
        Clockwork::SpreadsheetDays => "the days of a spreadsheet",
    };
    let (first, last) = &moments.days;
    (
        format!(
            "column {} is read as plain numbers, and they look like {what} ({first} to {last})",
            quoted(name)
        ),
        format!(
            "kinds = {{ {} = \"date\" }} reads them as dates: elapsed time, hour, weekday, month",
            crate::file::key(name)
        ),
    )
}

/// A remark on a column that gives the target away.
pub(super) fn copy(name: &str) -> (String, String) {
    (
        format!("column {} gives the target in every row, as a copy of it does", quoted(name)),
        format!(
            "drop = [{}] leaves it out, if it is not known before the target is",
            crate::file::literal(name)
        ),
    )
}

/// Returns the first of many labels if most are lists such as `a|b` or `['a', 'b']`.
pub(super) fn list(labels: &[String]) -> Option<String> {
    const MANY: usize = 20;
    let is_list = |label: &&String| {
        label.contains(['|', ';']) || (label.starts_with('[') && label.ends_with(']'))
    };
    let n_lists = labels.iter().filter(is_list).count();
    let are_lists = labels.len() > MANY && 2 * n_lists > labels.len();
    labels.iter().find(is_list).filter(|_| are_lists).cloned()
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
            ("the sum of the rows above", "it is one of the rows read")
        }
        StrayKind::Summary => ("a summary of the rows above", "it is one of the rows read"),
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
        let seen: String = label
            .chars()
            .filter(|c| !matches!(c, '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{ad}'))
            .collect();
        let folded = seen.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
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

/// The first texts of a list, each in backquotes.
fn listed(texts: &[String]) -> String {
    const SHOWN: usize = 4;
    let shown: Vec<String> =
        texts.iter().take(SHOWN).map(|text| format!("`{}`", cut(text))).collect();
    let more = if texts.len() > SHOWN { ", …" } else { "" };
    shown.join(", ") + more
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
