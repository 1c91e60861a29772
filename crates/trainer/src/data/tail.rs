//! Rows at the end of a table that are not data: totals and notes, as spreadsheets and statistical
//! offices write them.
//!
//! They are reported and never left out: only the user knows whether they are data.

use csv::ByteRecord;

use super::column::{Cells, Column};
use super::place::At;

/// A row that is probably not data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stray {
    /// The row; if there are more of the kind, the first.
    pub at: At,
    /// The text by which it was recognised; the sum if it has no such text.
    pub text: String,
    /// What it probably is.
    pub kind: StrayKind,
    /// Number of such rows.
    pub n_rows: u64,
}

impl Stray {
    /// Whether a row is one of them.
    pub(super) fn holds(&self, at: At) -> bool {
        (self.at.row..self.at.row + self.n_rows).contains(&at.row)
    }
}

/// What a row is that is probably not data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StrayKind {
    /// It sums up the rows above it.
    Summary,
    /// It holds a text in its first cell alone.
    Note,
}

/// Names of rows that sum up others, in lower case.
const SUMMARIES: [&str; 40] = [
    "total",
    "totals",
    "grand total",
    "grand totals",
    "subtotal",
    "sub total",
    "sub-total",
    "total general",
    "total général",
    "sum",
    "sums",
    "average",
    "averages",
    "avg",
    "mean",
    "median",
    "overall",
    "all",
    "count",
    "minimum",
    "maximum",
    "min",
    "max",
    "std",
    "summe",
    "summen",
    "gesamt",
    "gesamtsumme",
    "insgesamt",
    "durchschnitt",
    "mittelwert",
    "somme",
    "moyenne",
    "ensemble",
    "suma",
    "promedio",
    "media",
    "totale",
    "somma",
    "totaal",
];
/// The name of a summary is looked for in this many cells from the first on.
const FIRST_CELLS: usize = 3;
/// The most bytes of a name of a summary.
const LONGEST: usize = 24;
/// With fewer rows nothing is reported: a last row that differs is no exception there.
const FEW_ROWS: usize = 6;
/// The most rows at the end that are examined.
const LAST: usize = 8;

/// Watches the rows of a table while it is read.
#[derive(Default)]
pub(super) struct Watch {
    /// The last rows that look like summaries or notes, in order.
    suspects: Vec<Suspect>,
    /// The names of summaries in all rows, with their numbers of rows.
    names: Vec<(String, u64)>,
}

struct Suspect {
    row: usize,
    text: String,
    kind: StrayKind,
}

impl Watch {
    /// Looks at row `row`, counted from 0.
    pub(super) fn see(&mut self, row: usize, record: &ByteRecord) {
        let Some((kind, text)) = suspicion(record) else { return };
        if kind == StrayKind::Summary {
            let name = text.to_lowercase();
            match self.names.iter_mut().find(|(other, _)| *other == name) {
                Some((_, n)) => *n += 1,
                None => self.names.push((name, 1)),
            }
        }

        if self.suspects.len() == LAST {
            self.suspects.remove(0);
        }
        self.suspects.push(Suspect { row, text, kind });
    }

    /// Returns the rows at the end of a table of `n_rows` that are probably not data.
    pub(super) fn strays(self, n_rows: usize, at: impl Fn(usize) -> At) -> Vec<Stray> {
        if n_rows < FEW_ROWS {
            return Vec::new();
        }

        let n_last = (self.suspects.iter().rev().zip(1..))
            .take_while(|(suspect, n)| suspect.row + n == n_rows)
            .count();
        let last = &self.suspects[self.suspects.len() - n_last..];
        let mut strays: Vec<Stray> = Vec::new();
        for Suspect { row, text, kind } in last {
            // If rows further up have the same text, it is a category ("All") and not a summary.
            let is_here = |other: &&Suspect| other.text.eq_ignore_ascii_case(text);
            let n_here = last.iter().filter(is_here).count() as u64;
            let name = text.to_lowercase();
            if self.names.iter().any(|(other, n)| *other == name && *n > n_here) {
                continue;
            }
            match strays.iter_mut().find(|stray| stray.kind == *kind) {
                Some(stray) => stray.n_rows += 1,
                None => {
                    strays.push(Stray { at: at(*row), text: text.clone(), kind: *kind, n_rows: 1 });
                }
            }
        }

        strays
    }
}

/// Returns what a record looks like if it looks like a summary or a note, and the text that says
/// so.
fn suspicion(record: &ByteRecord) -> Option<(StrayKind, String)> {
    if record.len() < 2 {
        return None;
    }

    let mut cells = record.iter().map(<[u8]>::trim_ascii);
    let summary = cells.clone().take(FIRST_CELLS).find(|cell| is_name_of_summary(cell));
    if let Some(cell) = summary {
        return Some((StrayKind::Summary, String::from_utf8_lossy(cell).into_owned()));
    }

    let first = cells.next()?;
    let is_note = record.len() > 2
        && first.iter().any(u8::is_ascii_alphabetic)
        && cells.all(<[u8]>::is_empty);
    is_note.then(|| (StrayKind::Note, String::from_utf8_lossy(first).into_owned()))
}

fn is_name_of_summary(cell: &[u8]) -> bool {
    if cell.len() < 3 || cell.len() > LONGEST || !cell[0].is_ascii_alphabetic() {
        return false;
    }
    let n_behind = cell.iter().rev().take_while(|byte| b":. ".contains(byte)).count();
    let name = &cell[..cell.len() - n_behind];
    SUMMARIES.iter().any(|other| name.eq_ignore_ascii_case(other.as_bytes()))
}

/// Returns the last row if it lacks a value that others have, while one of its numbers is the sum
/// of those above it.
pub(super) fn unnamed_sum(columns: &[Column], n_rows: usize, at: At) -> Option<Stray> {
    let last = n_rows.checked_sub(1)?;
    if n_rows < FEW_ROWS || !columns.iter().any(|column| column.is_missing(last)) {
        return None;
    }

    let is_sum = |column: &&Column| {
        if matches!(column.cells, Cells::Categories { .. } | Cells::Dates(_)) {
            return false;
        }
        let above = (0..last).map(|row| column.number(row)).filter(|number| !number.is_nan());
        let (sum, greatest) =
            above.fold((0.0_f64, 0.0_f64), |(sum, max), x| (sum + x, max.max(x.abs())));
        let number = column.number(last);
        // The tolerance is for rounding. A sum also exceeds each of its terms: without that test, a
        // column of zeros and one number would end with its own sum.
        (number - sum).abs() <= 1e-9 * sum.abs() && number.abs() > greatest
    };

    let column = columns.iter().find(is_sum)?;
    let kind = StrayKind::Summary;
    Some(Stray { at, text: column.number(last).to_string(), kind, n_rows: 1 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{ReadOptions, Table};

    fn strays(below: &str) -> Vec<(u64, String, StrayKind, u64)> {
        let rows: String =
            (0..40).map(|i| format!("{},{i},{}.5\n", ["N", "S"][i % 2], i % 7)).collect();
        let text = format!("region,units,price\n{rows}{below}");
        let table = Table::read(text.as_bytes(), &ReadOptions::default()).unwrap();
        let found = table.strays().iter();
        found.map(|s| (s.at.line, s.text.clone(), s.kind, s.n_rows)).collect()
    }

    #[test]
    fn summaries_and_notes_below_a_table_are_named() {
        let summary = |text: &str, n| vec![(42, text.to_owned(), StrayKind::Summary, n)];
        assert_eq!(strays("Total,780,136.5\n"), summary("Total", 1));
        assert_eq!(strays("Grand Total:,780,136.5\n"), summary("Grand Total:", 1));
        assert_eq!(strays("Average,19,3.4\nTotal,780,136.5\n"), summary("Average", 2));
        assert_eq!(strays(",780,136.5\n"), summary("780", 1));
        let note = vec![(42, "Source: an office".to_owned(), StrayKind::Note, 2)];
        assert_eq!(strays("Source: an office,,\nLast updated: May,,\n"), note);
    }

    #[test]
    fn ordinary_rows_are_no_strays() {
        assert_eq!(strays(""), []);
        assert_eq!(strays("N,,3.5\n"), []);
        assert_eq!(strays("N,779,136.5\n"), []);
        // A label of other rows, or one that is not at the end.
        assert_eq!(strays("All,1,2.5\nN,2,1.5\nAll,2,2.5\n"), []);
        assert_eq!(strays("Total,780,136.5\nN,1,2.5\n"), []);
    }
}
