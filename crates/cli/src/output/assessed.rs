//! How good predictions were, as text: each metric with its interval, and the rows that a loss
//! comes from.

use super::sheet::{Cell, Sheet, number, text};
use super::table::loss;
use experiment::trainer::NamedChoice;
use experiment::trainer::model::{Measure, Owners};

/// Metrics as a text table.
pub fn table(measures: &[Measure]) -> String {
    let shown = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), loss);
    let rows = measures.iter().map(|measure| {
        let (low, high) = measure.interval.unzip();
        let name = measure.metric.name().to_owned();
        [name, shown(measure.value.ok()), shown(low), shown(high)]
    });

    let header = ["metric", "value", "95 % from", "to"].map(str::to_owned);
    let all: Vec<[String; 4]> = std::iter::once(header).chain(rows).collect();
    let width = |column: usize| all.iter().map(|row| row[column].chars().count()).max();
    let widths = [0, 1, 2, 3].map(|column| width(column).unwrap_or(0));
    let line = |[name, value, low, high]: &[String; 4]| {
        let [a, b, c, d] = widths;
        format!(" {name:<a$}  {value:>b$}  {low:>c$}  {high:>d$}")
    };

    all.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Metrics as cells.
pub fn sheet(measures: &[Measure]) -> Sheet<'_> {
    let header = ["metric", "value", "low", "high", "reason"].map(str::to_owned).to_vec();
    let cell = |value: Option<f64>| -> Cell { value.and_then(number) };
    Sheet::new(
        header,
        measures.iter().map(move |measure| {
            let (low, high) = measure.interval.unzip();
            let reason = measure.value.err().and_then(text);
            let value = cell(measure.value.ok());
            vec![text(measure.metric.name()), value, cell(low), cell(high), reason]
        }),
    )
}

/// The rows that account for most of the loss; `rows` are the positions in the table of the
/// assessed rows, from 0.
pub fn owners(owners: &Owners, rows: &[u32]) -> String {
    const SHOWN: usize = 5;
    let named: Vec<String> =
        owners.rows.iter().take(SHOWN).map(|&at| (rows[at] + 1).to_string()).collect();
    let more = owners.rows.len().saturating_sub(SHOWN);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let (few, rows_or_row) = match owners.rows.len() {
        1 => ("1 row accounts for".to_owned(), "row"),
        n => (format!("{n} rows account for"), "rows"),
    };
    format!(
        "{few} {:.0} % of {} over {} rows: {rows_or_row} {}{more} of the table, counted from 1 below the header",
        100.0 * owners.share,
        owners.metric.name(),
        rows.len(),
        named.join(", ")
    )
}
