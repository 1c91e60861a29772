//! Detects the form of a file from its first part: the separator, whether the first line names the
//! columns, and the decimal mark.

use std::collections::BTreeSet;

use csv::{ByteRecord, ReaderBuilder};

use super::cell::{self, Cell};
use super::decorated::{self, Decimal};
use super::foreign::Foreign;
use super::instant;
use super::times::{self, Clock};

/// Number of bytes examined before a file is read.
pub(super) const SAMPLE: usize = 1 << 16;
/// Number of records examined.
const RECORDS: usize = 400;
/// Separators, first those that hardly occur in texts, last those that are rare.
const SEPARATORS: [u8; 7] = [b'\t', b';', b'|', b',', b'\x01', b'^', b'~'];

/// The form of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sniffed {
    pub(super) separator: u8,
    /// Whether the first line is a row like the others.
    pub(super) lacks_header: bool,
    /// The decimal mark that the columns show.
    pub(super) decimal: Decimal,
    /// The format, if it is not separated text.
    pub(super) foreign: Option<Foreign>,
}

/// Examines the first part of a file; `stated` is the separator from the settings.
pub(super) fn sniff(sample: &[u8], is_whole: bool, stated: Option<u8>) -> Sniffed {
    // The last line may be incomplete.
    let end = if is_whole { None } else { sample.iter().rposition(|&byte| byte == b'\n') };
    let sample = end.map_or(sample, |end| &sample[..=end]);
    let separator = stated.unwrap_or_else(|| separator(sample));
    let records = records(sample, separator);
    let (header, rows) = records.split_first().map_or((None, &[][..]), |(h, r)| (Some(h), r));
    let is_blanks = stated.is_none()
        && match separator {
            b',' => are_of_blanks(header, rows),
            b'\t' => is_first_of_blanks(&records),
            _ => false,
        };

    Sniffed {
        separator,
        lacks_header: header.is_some_and(|header| is_row(header, rows)),
        decimal: decimal(header, rows),
        foreign: is_blanks.then_some(Foreign::Blanks),
    }
}

fn records(sample: &[u8], separator: u8) -> Vec<ByteRecord> {
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator)
        .from_reader(sample);
    reader.byte_records().take(RECORDS).filter_map(Result::ok).collect()
}

/// Returns the separator that divides all records alike; else the one that divides the header,
/// preferring a comma.
fn separator(sample: &[u8]) -> u8 {
    let widths = |separator| -> (usize, bool) {
        let records = records(sample, separator);
        let width = records.first().map_or(0, ByteRecord::len);
        (width, records.len() > 1 && records.iter().all(|record| record.len() == width))
    };

    let found = SEPARATORS.map(|separator| (separator, widths(separator)));
    let even = found.iter().find(|(_, (width, is_even))| *width > 1 && *is_even);
    if let Some(&(separator, _)) = even {
        return separator;
    }

    let width = |wanted: u8| found.iter().find(|(s, _)| *s == wanted).map_or(0, |(_, (w, _))| *w);
    if width(b',') > 1 {
        return b',';
    }

    let widest = found.iter().max_by_key(|(_, (width, _))| *width);
    widest.filter(|(_, (width, _))| *width > 1).map_or(b',', |&(separator, _)| separator)
}

/// Whether one column is several columns separated by blanks, the same number in every record.
fn are_of_blanks(header: Option<&ByteRecord>, rows: &[ByteRecord]) -> bool {
    let parts = |record: &ByteRecord| {
        if record.len() != 1 {
            return 0;
        }
        record[0].split(u8::is_ascii_whitespace).filter(|part| !part.is_empty()).count()
    };

    let is_number = |part: &[u8]| matches!(cell::read(part), Cell::Number(_));
    let has_numbers = |record: &ByteRecord| {
        record.iter().flat_map(|cell| cell.split(u8::is_ascii_whitespace)).any(is_number)
    };

    let n = header.map_or(0, parts);
    n > 1 && !rows.is_empty() && rows.iter().all(|row| parts(row) == n && has_numbers(row))
}

/// Whether the first cell before a tab is several numbers separated by blanks in every record, as
/// in older files that were made for reading by eye.
fn is_first_of_blanks(records: &[ByteRecord]) -> bool {
    const FEWEST_NUMBERS: usize = 3;
    let n_numbers = |record: &ByteRecord| {
        let cell = record.get(0).unwrap_or_default();
        let parts = || cell.split(u8::is_ascii_whitespace).filter(|part| !part.is_empty());
        parts().all(|part| cell::read(part) != Cell::Text).then(|| parts().count())
    };
    let n = records.first().and_then(n_numbers).unwrap_or(0);
    n >= FEWEST_NUMBERS && records.iter().all(|record| n_numbers(record) == Some(n))
}

/// What the first rows show of a column.
struct Shown<'a> {
    name: &'a [u8],
    texts: BTreeSet<&'a [u8]>,
    n_cells: usize,
    n_numbers: usize,
}

impl Shown<'_> {
    fn is_of_numbers(&self) -> bool {
        self.n_cells > 0 && self.n_numbers * 10 >= self.n_cells * 9
    }

    /// Whether the name is one of the column's texts.
    fn is_named_like_a_cell(&self) -> bool {
        self.texts.contains(self.name)
    }

    /// Whether nearly every row has a distinct text, so that a name among them proves nothing.
    fn is_of_names(&self) -> bool {
        self.texts.len() * 10 >= self.n_cells * 9
    }
}

/// Whether the first record is a row like the others: the names of numeric columns are numbers, and
/// the names of text columns occur among their cells. Names that count (0, 1, 2 or 2019, 2020) are
/// names.
fn is_row(header: &ByteRecord, rows: &[ByteRecord]) -> bool {
    let rows: Vec<&ByteRecord> = rows.iter().filter(|row| *row != header).collect();
    let shown: Vec<Shown> = (0..header.len())
        .map(|column| {
            let cells = rows.iter().filter_map(|row| row.get(column).map(<[u8]>::trim_ascii));
            let cells: Vec<&[u8]> = cells.filter(|cell| !is_missing(cell)).collect();
            Shown {
                name: header[column].trim_ascii(),
                n_cells: cells.len(),
                n_numbers: cells.iter().filter(|cell| holds_number(cell)).count(),
                texts: cells.into_iter().collect(),
            }
        })
        .collect();

    let (numbers, texts): (Vec<&Shown>, Vec<&Shown>) =
        shown.iter().filter(|column| column.n_cells > 0).partition(|c| c.is_of_numbers());
    let names: Vec<&[u8]> = numbers.iter().map(|column| column.name).collect();
    let is_value = |name: &&&[u8]| holds_number(name) || is_missing(name);
    let are_texts_among_cells =
        texts.iter().all(|column| column.is_named_like_a_cell() || column.is_of_names());
    let is_any_among_cells =
        texts.iter().any(|column| column.is_named_like_a_cell() && !column.is_of_names());

    // Without numeric columns only texts can show it, which takes more rows to be sure.
    if names.is_empty() {
        const FEWEST_ROWS: usize = 5;
        return rows.len() >= FEWEST_ROWS
            && texts.len() > 1
            && texts.iter().all(|column| column.is_named_like_a_cell() && !column.is_of_names());
    }

    let are_values = names.iter().filter(is_value).count() == names.len()
        && names.iter().any(|name| holds_number(name));
    // A single number above a column may be a name such as 2019.
    let is_sure = names.len() > 1 || is_any_among_cells;
    are_values && are_texts_among_cells && is_sure && !do_count(&names)
}

/// Whether names are integers at even distances, as 0, 1, 2 or 2019, 2020 are.
fn do_count(names: &[&[u8]]) -> bool {
    let numbers: Option<Vec<i64>> = names
        .iter()
        .map(|name| std::str::from_utf8(name).ok().and_then(|name| name.parse().ok()))
        .collect();
    let Some(numbers) = numbers else { return false };
    let steps: BTreeSet<i64> =
        numbers.windows(2).map(|pair| pair[1].saturating_sub(pair[0])).collect();
    steps.len() == 1 && steps.first().is_some_and(|step| *step > 0)
}

fn is_missing(cell: &[u8]) -> bool {
    cell::read(cell) == Cell::Missing
}

fn holds_number(cell: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(cell) else { return false };
    matches!(cell::read(cell), Cell::Number(_))
        || instant::read(text).is_some()
        || decorated::read(text).is_some()
        || times::time(text, Clock::Hours).is_some()
}

/// Returns a comma if numeric columns have decimal commas and none has decimal points.
fn decimal(header: Option<&ByteRecord>, rows: &[ByteRecord]) -> Decimal {
    let mut has_commas = false;
    for column in 0..header.map_or(0, ByteRecord::len) {
        let (mut points, mut commas, mut others) = (0, 0, 0);
        for row in rows {
            let Some(text) = row.get(column).and_then(|cell| std::str::from_utf8(cell).ok()) else {
                continue;
            };
            let text = text.trim();
            // Dates such as 31.12.2024 have points and are not numbers.
            if text.is_empty() || instant::read(text).is_some() {
                continue;
            }
            match decorated::read(text) {
                Some(found) if found.comma.is_none() => points += 1,
                Some(found) if found.point.is_none() => commas += 1,
                Some(_) => {}
                None => others += 1,
            }
        }
        // A column that is mostly text is no evidence.
        if others > points + commas {
            continue;
        }
        // A number that can only have a decimal point decides: commas elsewhere separate thousands.
        if points > 0 {
            return Decimal::Point;
        }
        has_commas |= commas > 0;
    }

    if has_commas { Decimal::Comma } else { Decimal::Point }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Sniffed {
        sniff(text.as_bytes(), true, None)
    }

    #[test]
    fn separators_are_told_by_even_rows() {
        for (text, separator) in [
            ("a,b\n1,2\n", b','),
            ("a;b\n1,5;2,5\n", b';'),
            ("\"a, x\";\"b\"\n1,5;2,5\n", b';'),
            ("a, mm;b, mm\n1,5;2,5\n1,5;2,5\n", b';'),
            ("a\tb\n1\t2\n", b'\t'),
            ("a|b|c\n1|2|3\n", b'|'),
            ("a,b\nx;y,1\nz,2\n", b','),
            ("a\n1\n", b','),
            ("a;b;c\n1;2;3\n4;5\n", b';'),
        ] {
            assert_eq!(of(text).separator as char, separator as char, "{text:?}");
        }
    }

    #[test]
    fn a_first_line_of_data_is_no_header() {
        for text in [
            "3.6,8.7,-2.8,-0.4,0\n4.5,8.2,-2.5,-1.5,0\n",
            "30,64,1,1\n30,62,3,1\n30,65,0,1\n",
            "5.1,3.5,1.4,0.2,setosa\n4.9,3,1.4,0.2,setosa\n4.7,3.2,1.3,0.2,setosa\n",
            "842302,M,17.99\n842517,M,20.57\n84300903,B,19.69\n84348301,M,11.42\n",
            "vhigh,low,small\nvhigh,low,med\nhigh,low,small\nhigh,low,med\nlow,low,small\nvhigh,med,med\n",
        ] {
            assert!(of(text).lacks_header, "{text:?}");
        }
        for text in [
            "a,b\n1,2\n3,4\n",
            "0,1,2,y\n1,5,2,a\n3,4,6,b\n",
            "0,1,2\n1.5,2.5,3.5\n3,4,6\n",
            "country,2019,2020,2021\nchile,1.5,2,3\nperu,3,4,5\n",
            "name,1\nx,2\ny,3\n",
            "colour,size\nred,small\nblue,large\nred,large\nred,small\nblue,small\n",
            "1\n2\n3\n",
            "x,y\n",
        ] {
            assert!(!of(text).lacks_header, "{text:?}");
        }
    }

    #[test]
    fn decimal_commas_are_seen_where_no_point_is_decimal() {
        assert_eq!(of("a;b\n1,5;1.234\n2,25;5.678\n").decimal, Decimal::Comma);
        assert_eq!(of("a;b\n1,5;1.5\n").decimal, Decimal::Point);
        assert_eq!(of("a,b\n1.5,x\n").decimal, Decimal::Point);
        assert_eq!(of("t;a\n31.05.2024;1,5\n").decimal, Decimal::Comma);
    }

    #[test]
    fn blanks_between_columns_are_seen() {
        assert_eq!(of("x1 x2  y\n1 2 3\n4   5 6\n").foreign, Some(Foreign::Blanks));
        assert_eq!(of("first name\nanna bell\n").foreign, None);
        // Auto MPG: blanks between numbers, a tab before the name.
        let mpg = "18.0   8   307.0\t\"chevrolet malibu\"\n25.0   4   ?\t\"ford pinto\"\n";
        assert_eq!(of(mpg).foreign, Some(Foreign::Blanks));
        assert_eq!(of("1\t2 3\n4\t5 6\n").foreign, None);
        assert_eq!(of("1 2 3\t5\n4 5\t6\n").foreign, None);
    }
}
