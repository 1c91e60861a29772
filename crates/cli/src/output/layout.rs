//! Tables without a frame and sentences, within the width of the terminal.

use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, Table, Width};

/// The width of text that does not go to a terminal.
const WIDTH: usize = 200;

/// The least room for words beside an indent; in a narrower window the terminal breaks the lines.
const LEAST: usize = 20;

/// The blanks beside a cell.
const PADDING: usize = 2;

/// By how many columns the further lines of a sentence are indented.
#[derive(Clone, Copy, Debug)]
pub struct Hang(pub usize);

/// The width of the terminal, or of a page if stdout is not one.
pub fn width() -> usize {
    Table::new().width().map_or(WIDTH, usize::from)
}

/// A table of texts; columns of numbers are right-aligned.
pub fn plain(header: &[&str], rows: &[Vec<String>]) -> String {
    table(header, rows, ContentArrangement::Disabled).trim_fmt()
}

/// Like [`plain`], but wraps cells if the table is wider than `width`.
pub fn fitted(header: &[&str], rows: &[Vec<String>], width: usize) -> String {
    let whole = plain(header, rows);
    if fits(&whole, width) {
        return whole;
    }
    let mut broken = table(header, rows, ContentArrangement::Dynamic);
    broken.set_width(u16::try_from(width).unwrap_or(u16::MAX));

    // Names of parameters are not broken: the first column keeps its longest one whole, up to a
    // third of the width.
    let words = rows.iter().filter_map(|row| row.first()).flat_map(|name| name.split(' '));
    let longest = words.map(|word| word.chars().count()).max().unwrap_or(0);
    let least = u16::try_from((longest + PADDING).min(width / 3)).unwrap_or(u16::MAX);
    if let Some(names) = broken.column_mut(0) {
        names.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(least)));
    }
    broken.trim_fmt()
}

/// Whether no line is wider than `width`.
pub fn fits(text: &str, width: usize) -> bool {
    text.lines().all(|line| line.chars().count() <= width)
}

/// Breaks lines between words where the terminal on stdout is narrower; unchanged elsewhere, since
/// programs read lines.
pub fn in_window(text: &str, hang: Hang) -> String {
    within(Table::new().width(), text, hang)
}

/// Like [`in_window`], for the terminal on stderr.
pub fn message(text: &str, hang: Hang) -> String {
    within(Table::new().use_stderr().width(), text, hang)
}

fn within(window: Option<u16>, text: &str, hang: Hang) -> String {
    match window {
        Some(width) => wrapped(text, usize::from(width), hang),
        None => text.to_owned(),
    }
}

/// Breaks lines wider than `width` between words.
pub fn wrapped(text: &str, width: usize, hang: Hang) -> String {
    let lines: Vec<String> =
        text.split('\n').map(|line| wrapped_line(line, width, hang.0)).collect();
    lines.join("\n")
}

fn wrapped_line(line: &str, width: usize, hang: usize) -> String {
    if line.chars().count() <= width || width < hang + LEAST {
        return line.to_owned();
    }

    let mut text = String::new();
    let mut used = 0;
    // Splitting at single blanks keeps runs of them, as in a column of names.
    for (at, word) in line.split(' ').enumerate() {
        let len = word.chars().count();
        if at > 0 && used + 1 + len > width {
            text.truncate(text.trim_end().len());
            text.push('\n');
            text.push_str(&" ".repeat(hang));
            used = hang;
        } else if at > 0 {
            text.push(' ');
            used += 1;
        }
        text.push_str(word);
        used += len;
    }
    text
}

fn table(header: &[&str], rows: &[Vec<String>], arrangement: ContentArrangement) -> Table {
    let mut table = Table::new();
    table.load_style(comfy_table::presets::NOTHING).set_content_arrangement(arrangement);
    table.set_header(header.iter().copied());
    for row in rows {
        table.add_row(row);
    }

    for (at, column) in table.column_iter_mut().enumerate() {
        let is_number = |row: &Vec<String>| row[at].is_empty() || row[at].parse::<f64>().is_ok();
        if rows.iter().all(is_number) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_break_between_words_and_hang() {
        let text =
            wrapped("acquisition 0.12      the search minimises it, less a cost", 42, Hang(22));
        assert_eq!(
            text,
            "acquisition 0.12      the search minimises\n                      it, less a cost"
        );
        assert_eq!(wrapped("short\n\nlines", 42, Hang(2)), "short\n\nlines");
        let lines = "a table\n  numbers: `a`, `b` (such as `1`)";
        assert_eq!(
            within(Some(26), lines, Hang(4)),
            "a table\n  numbers: `a`, `b` (such\n    as `1`)"
        );
        assert_eq!(within(None, lines, Hang(4)), lines);
        assert_eq!(wrapped("a window of few columns", 5, Hang(2)), "a window of few columns");
    }

    #[test]
    fn a_table_that_fits_is_left_and_a_wide_one_is_broken() {
        let rows = vec![vec!["0.5".to_owned(), "several words in one cell".to_owned()]];
        let whole = plain(&["value", "meaning"], &rows);
        assert_eq!(fitted(&["value", "meaning"], &rows, 80), whole);
        let broken = fitted(&["value", "meaning"], &rows, 24);
        assert!(fits(&broken, 24) && broken.lines().count() > 2, "{broken}");
        assert!(!fits(&whole, 24));

        let rows =
            vec![vec!["learning_rate".to_owned(), "a few words".repeat(3), "0.1".to_owned()]];
        let broken = fitted(&["parameter", "meaning", "value"], &rows, 48);
        assert!(fits(&broken, 48) && broken.contains("learning_rate"), "{broken}");
    }
}
