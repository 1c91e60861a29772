//! Infers what a column holds while it is read cell by cell.
//!
//! Until the end a column may turn out to be categorical, so its texts must not be lost. Whole
//! numbers in plain notation can be printed again and are kept as numbers. Other texts are
//! interned, so that each distinct text is parsed once. A column with many distinct texts that are
//! all numbers or dates keeps only the values, so memory does not depend on how many digits a file
//! writes.

use super::cell::{self, Cell};
use super::column::{Cells, Dates, NO_INTEGER};
use super::error::Reason;
use super::form::{Form, NumberForm};
use super::instant::{DateOrder, Instant};
use super::interned::{Interned, date};
use super::kind::ColumnKind;
use super::reading::{Reading, Remark};
use super::refusal::Refusal;
use super::rules::Rules;
use super::survey::{Survey, Verdict};
use super::values::Values;

/// A column drops its texts after this many distinct numbers at most …
const INTERNED_NUMBERS: (usize, usize) = (32, 1024);
/// … or when all columns together hold about this many, so that a wide table does not fill the
/// memory with texts.
const INTERNED_IN_ALL: usize = 1 << 20;

/// What is known about a column before its first cell.
#[derive(Clone, Debug)]
pub(super) enum Known {
    /// Nothing.
    Nothing,
    /// Its kind, from a setting.
    Kind(ColumnKind),
    /// Its form and missing-value texts, from another file.
    Form(Form, Vec<String>),
}

/// The cells of one column so far.
pub(super) struct Builder {
    known: Known,
    /// Number of distinct texts at which the column is examined next.
    look_at: usize,
    content: Content,
}

enum Content {
    Integers(Vec<i32>),
    Interned(Box<Interned>),
    Values(Box<Values>),
}

/// A finished column.
pub(super) struct Built {
    pub(super) cells: Cells,
    pub(super) reading: Reading,
    /// The original texts of numbers, where they differ from how the numbers are printed.
    pub(super) spellings: Vec<String>,
}

impl Builder {
    /// An empty column of a table with `n_columns`.
    pub(super) fn new(known: Known, n_columns: usize) -> Self {
        let (least, most) = INTERNED_NUMBERS;
        let look_at = (INTERNED_IN_ALL / n_columns.max(1)).clamp(least, most);
        let content = match &known {
            Known::Nothing | Known::Kind(ColumnKind::Number) => Content::Integers(Vec::new()),
            Known::Kind(_) | Known::Form(Form::Category { .. }, _) => {
                Content::Interned(Box::default())
            }
            Known::Form(form, also_missing) => {
                Content::Values(Box::new(Values::new(form.clone(), also_missing)))
            }
        };

        Self { known, look_at, content }
    }

    /// Adds the cell of the next row; returns by how many bytes the memory for texts grew, or
    /// shrank if negative.
    pub(super) fn push(&mut self, bytes: &[u8], rules: &Rules) -> Result<i64, Refusal> {
        match &mut self.content {
            Content::Integers(integers) => match integer(bytes, rules) {
                Some(integer) => {
                    integers.push(integer);
                    Ok(0)
                }
                // At the first cell that is not a short integer, the column becomes texts, which a
                // survey needs.
                None => Ok(self.intern_integers(rules)? + self.push(bytes, rules)?),
            },
            Content::Interned(interned) => {
                let growth = interned.push(bytes, &rules.missing, is_literal(&self.known))?;
                // A long column of different numbers is recognised early, so that its texts need
                // not be kept.
                if growth > 0 && interned.n_texts() > self.look_at {
                    return Ok(self.look_over(rules, growth));
                }
                Ok(growth)
            }
            Content::Values(values) => {
                values.push(bytes, rules)?;
                Ok(0)
            }
        }
    }

    /// Drops the texts if all distinct ones so far are numbers or dates; otherwise examines the
    /// column again when their number has doubled.
    fn look_over(&mut self, rules: &Rules, growth: i64) -> i64 {
        let Content::Interned(interned) = &self.content else { return growth };
        // The interval doubles, so that all surveys together cost about twice the last.
        self.look_at = 2 * interned.n_texts();
        let is_of_kind = |form: &Form| match self.known {
            Known::Nothing => true,
            Known::Kind(kind) => form.kind() == kind,
            Known::Form(..) => false,
        };

        let survey = Survey::of(interned, rules);
        // Only where nothing is open: unknown texts or dates of either order may change the
        // verdict.
        let form = match survey.verdict(rules) {
            Verdict::Values(form)
                if is_of_kind(&form) && !survey.has_words() && !survey.is_date_open(rules) =>
            {
                form
            }
            _ => return growth,
        };

        // Negative growth: the texts are released.
        let shrinkage = interned.bytes() - growth;
        let values = values(interned, &survey, form, rules, &self.known);
        self.content = Content::Values(Box::new(values));
        -shrinkage
    }

    pub(super) fn finish(self, rules: &Rules) -> Result<Built, Refusal> {
        let is_stated = !matches!(self.known, Known::Nothing);
        let built = |(cells, reading): (Cells, Reading)| Built {
            cells,
            reading: Reading { is_stated, ..reading },
            spellings: Vec::new(),
        };

        match self.content {
            Content::Integers(integers) => {
                let form = Form::Number(NumberForm::default());
                Ok(built((Cells::Integers(integers), Reading::plain(form))))
            }
            Content::Values(values) => values.finish().map(built),
            Content::Interned(interned) => finish(*interned, &self.known, rules),
        }
    }

    /// Converts integers back to texts, because a cell is not a number.
    fn intern_integers(&mut self, rules: &Rules) -> Result<i64, Refusal> {
        let interned = Content::Interned(Box::default());
        let Content::Integers(integers) = std::mem::replace(&mut self.content, interned) else {
            return Ok(0);
        };

        let mut growth = 0;
        for integer in integers {
            growth += match integer {
                NO_INTEGER => self.push(b"", rules)?,
                integer => self.push(integer.to_string().as_bytes(), rules)?,
            };
        }

        Ok(growth)
    }
}

fn is_literal(known: &Known) -> bool {
    matches!(
        known,
        Known::Kind(ColumnKind::Category) | Known::Form(Form::Category { literal: true }, _)
    )
}

/// Decides what an interned column holds.
fn finish(interned: Interned, known: &Known, rules: &Rules) -> Result<Built, Refusal> {
    let survey = Survey::of(&interned, rules);
    let (date_order, is_open) = order(&interned, &survey, rules);
    let form = match known {
        Known::Kind(ColumnKind::Number) => Some(Form::Number(survey.stated_number(rules))),
        Known::Kind(ColumnKind::Date) => Some(Form::Date(date_order)),
        Known::Kind(ColumnKind::Category | ColumnKind::Text) | Known::Form(..) => None,
        Known::Nothing => match survey.verdict(rules) {
            Verdict::Values(Form::Date(_)) => Some(Form::Date(date_order)),
            Verdict::Values(form) => Some(form),
            Verdict::Labels => None,
            Verdict::Fault => return Err(fault(&interned)),
            Verdict::FaultIn(form) => {
                let reason = match form {
                    Form::Date(_) => Reason::MostlyDates,
                    _ => Reason::MostlyNumbers,
                };
                let refusal = misfit(&interned, &form, reason, rules);
                return Err(refusal.unwrap_or_else(|| fault(&interned)));
            }
        },
    };

    let Some(form) = form else {
        return labels(interned, &survey, known, rules);
    };

    // A stated or learned form holds for all cells, so that one that does not fit is an error.
    let reason = match known {
        Known::Kind(ColumnKind::Date) => Reason::StatedDate,
        _ => Reason::Stated,
    };
    if !matches!(known, Known::Nothing)
        && let Some(refusal) = misfit(&interned, &form, reason, rules)
    {
        return Err(refusal);
    }

    let is_plain = matches!(&form, Form::Number(form) if form.is_plain());
    let spellings = if is_plain { interned.spellings() } else { Vec::new() };
    let (cells, mut reading) = values(&interned, &survey, form, rules, known).finish()?;
    reading.remarks.retain(|remark| is_open || !matches!(remark, Remark::OpenDate { .. }));
    Ok(Built { cells, reading, spellings })
}

fn labels(
    interned: Interned,
    survey: &Survey,
    known: &Known,
    rules: &Rules,
) -> Result<Built, Refusal> {
    // Without a marker among the labels there is no difference.
    let literal = is_literal(known) && interned.texts().any(|(text, _)| cell::is_missing(text));
    let form = Form::Category { literal };
    let is_stated = !matches!(known, Known::Nothing);
    let markers = interned.texts().filter(|(text, _)| literal && cell::is_missing(text));
    let marker_labels = markers.map(|(text, _)| text.to_owned()).collect();
    let mut reading =
        Reading { missing: interned.missing(), marker_labels, ..Reading::plain(form) };

    if !is_stated {
        reading.remarks = survey.remarks(&reading.form, rules);
    }
    reading.is_stated = is_stated;
    let cells = interned.into_categories()?;

    Ok(Built { cells, reading, spellings: Vec::new() })
}

/// Returns the values of an interned column under a form, and how they were read.
fn values(
    interned: &Interned,
    survey: &Survey,
    form: Form,
    rules: &Rules,
    known: &Known,
) -> Values {
    let (decoration, example, n_decorated) = survey.decorated(&form);
    let is_stated = !matches!(known, Known::Nothing);
    let mut missing = interned.missing();
    missing.extend(survey.markers());
    // With a stated form unknown texts are errors, and are not presumed to be missing.
    let presumed = if is_stated { Vec::new() } else { survey.presumed() };
    let remarks = survey.remarks(&form, rules);

    let reading = Reading {
        form: form.clone(),
        is_stated,
        decoration,
        example,
        n_decorated,
        missing,
        presumed,
        marker_labels: Vec::new(),
        remarks,
    };

    match form {
        Form::Date(order) => {
            let dates: Dates = interned.instants(order).into_iter().collect();
            Values::of_dates(dates, reading)
        }
        // Integers beyond 2^53 are kept exactly: as doubles, different ones would be equal.
        Form::Number(form) => match interned.wide().filter(|_| form.is_plain()) {
            Some(wide) => Values::of_wide(wide, reading),
            None => Values::of_numbers(interned.numbers(&form), reading),
        },
        Form::Category { .. } => Values::of_numbers(Vec::new(), reading),
    }
}

/// Returns the order of day and month: the one that the dates require, else the one in which the
/// rows are sorted by time, else day first; and whether it is ambiguous.
fn order(interned: &Interned, survey: &Survey, rules: &Rules) -> (DateOrder, bool) {
    if !survey.is_date_open(rules) {
        return (survey.date_order(rules).unwrap_or_default(), false);
    }

    let is_sorted = |order| {
        let instants: Vec<Instant> = Dates::present(interned.instants(order)).collect();
        instants.is_sorted() || instants.iter().rev().is_sorted()
    };

    match (is_sorted(DateOrder::DayFirst), is_sorted(DateOrder::MonthFirst)) {
        (false, true) => (DateOrder::MonthFirst, false),
        (true, false) => (DateOrder::DayFirst, false),
        // Dates of a few days of each month are in order either way.
        (true, true) | (false, false) => (DateOrder::DayFirst, true),
    }
}

/// Returns the first text that does not fit a form.
fn misfit(interned: &Interned, form: &Form, reason: Reason, rules: &Rules) -> Option<Refusal> {
    let fits = |text: &str, cell: Cell| {
        rules.missing.is_marker(text)
            || match form {
                Form::Number(form) => form.read_cell(text.as_bytes(), cell).is_some(),
                Form::Date(order) => date(text.as_bytes(), *order).is_some(),
                Form::Category { .. } => true,
            }
    };

    first(interned, |text, cell| !fits(text, cell), reason)
}

/// Returns the first text that makes a numeric column faulty.
fn fault(interned: &Interned) -> Refusal {
    let is_number = |cell: Cell| matches!(cell, Cell::Number(_));
    first(interned, |_, cell| !is_number(cell), Reason::MostlyNumbers)
        .unwrap_or(Refusal::Utf8 { row: 0 })
}

fn first(
    interned: &Interned,
    is_wrong: impl Fn(&str, Cell) -> bool,
    reason: Reason,
) -> Option<Refusal> {
    let wrong = interned.texts().filter(|(text, facts)| is_wrong(text, facts.cell));
    let (text, facts) = wrong.min_by_key(|(_, facts)| facts.first_row)?;
    let (row, value) = (facts.first_row, text.as_bytes().to_vec());
    Some(match facts.cell {
        Cell::OutOfRange => Refusal::OutOfRange { row, value },
        _ => Refusal::Text { row, value, reason, n_rows: facts.count },
    })
}

/// Reads a plain integer of at most nine digits, or an empty cell.
fn integer(bytes: &[u8], rules: &Rules) -> Option<i32> {
    const MOST_DIGITS: usize = 9;
    let digits = bytes.strip_prefix(b"-").unwrap_or(bytes);
    // A leading zero, as in 007, may belong to a code: such cells are surveyed as texts.
    match digits {
        [] if bytes.is_empty() => return Some(NO_INTEGER),
        b"0" if bytes.len() == 1 => {}
        [b'1'..=b'9', ..] if digits.len() <= MOST_DIGITS => {}
        _ => return None,
    }

    let mut magnitude = 0;
    for &digit in digits {
        if !digit.is_ascii_digit() {
            return None;
        }
        magnitude = magnitude * 10 + i32::from(digit - b'0');
    }

    // The user may have declared a number, such as -999, as missing.
    if !rules.missing.spares_numbers() && rules.missing.read(bytes, false) == cell::Cell::Missing {
        return None;
    }

    Some(if digits.len() < bytes.len() { -magnitude } else { magnitude })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::column::ABSENT;

    fn built(cells: &[&str], stated: Option<ColumnKind>) -> Result<Cells, Refusal> {
        let rules = Rules::default();
        let mut builder = Builder::new(stated.map_or(Known::Nothing, Known::Kind), 1);
        for cell in cells {
            builder.push(cell.as_bytes(), &rules)?;
        }
        builder.finish(&rules).map(|built| built.cells)
    }

    #[test]
    fn categories_are_sorted_whatever_their_order_of_appearance() {
        let Ok(Cells::Categories { codes, labels }) = built(&["b", "10", "", "9", "b", "NA"], None)
        else {
            panic!("expected categories");
        };
        assert_eq!(labels, ["9", "10", "b"]);
        assert_eq!(codes, [2, 1, ABSENT, 0, 2, ABSENT]);
    }

    #[test]
    fn text_among_dates_and_decorated_numbers_is_refused_as_among_plain_ones() {
        let day = |i: usize| format!("{:02}.{:02}.2023", i % 28 + 1, i / 28 + 1);
        let price = |i: usize| format!("${},{:03}", i + 1, i * 7);
        let of = |cell: &dyn Fn(usize) -> String, stray: &str| {
            let mut cells: Vec<String> = (0..60).map(cell).collect();
            cells.push(stray.to_owned());
            built(&cells.iter().map(String::as_str).collect::<Vec<_>>(), None)
        };
        let dates = of(&day, "Source: an office");
        assert!(
            matches!(dates, Err(Refusal::Text { row: 60, reason: Reason::MostlyDates, .. })),
            "a footer below dates"
        );
        let prices = of(&price, "on request");
        assert!(
            matches!(prices, Err(Refusal::Text { row: 60, reason: Reason::MostlyNumbers, .. })),
            "a word among prices"
        );
        assert!(of(&day, "").is_ok());
        // A few prices that repeat are labels.
        let few = of(&|i| format!("${}", i % 4), "free");
        assert!(matches!(few, Ok(Cells::Categories { .. })));
    }

    #[test]
    fn text_among_numbers_is_refused_where_it_first_stands() {
        let mut cells = vec!["1"; 30];
        cells[17] = "one";
        assert!(matches!(
            built(&cells, None),
            Err(Refusal::Text { row: 17, reason: Reason::MostlyNumbers, .. })
        ));
        assert!(matches!(
            built(&cells, Some(ColumnKind::Number)),
            Err(Refusal::Text { row: 17, reason: Reason::Stated, .. })
        ));
        assert!(matches!(built(&cells, Some(ColumnKind::Category)), Ok(Cells::Categories { .. })));
    }

    #[test]
    fn texts_that_repeat_beside_few_numbers_are_labels() {
        let mut cells = vec!["1"; 95];
        cells.extend(["U"; 5]);
        assert!(
            matches!(built(&cells, None), Ok(Cells::Categories { labels, .. }) if labels == ["1", "U"])
        );
    }

    #[test]
    fn many_numbers_are_kept_without_their_texts() {
        let texts: Vec<String> = (0..3000).map(|i| format!("{i}.50")).collect();
        let cells: Vec<&str> = texts.iter().map(String::as_str).collect();
        let Ok(Cells::Numbers(numbers)) = built(&cells, None) else {
            panic!("expected numbers");
        };
        assert_eq!(numbers[2999], 2999.5);
        let mut with_text = cells.clone();
        with_text.push("x");
        assert!(matches!(built(&with_text, None), Err(Refusal::Text { row: 3000, .. })));
        let labelled = built(&cells, Some(ColumnKind::Category));
        assert!(matches!(labelled, Ok(Cells::Categories { labels, .. }) if labels.len() == 3000));
    }

    #[test]
    fn infinity_is_refused_in_numbers_and_a_label_among_texts() {
        assert!(matches!(built(&["1", "inf"], None), Err(Refusal::OutOfRange { row: 1, .. })));
        assert!(matches!(built(&["a", "inf"], None), Ok(Cells::Categories { .. })));
    }

    #[test]
    fn a_wide_table_soon_keeps_no_texts() {
        let rules = Rules::default();
        let mut builder = Builder::new(Known::Nothing, 20_000);
        let mut push = |row| builder.push(format!("{row}.5").as_bytes(), &rules).unwrap();
        let growths: Vec<i64> = (0..54).map(&mut push).collect();
        assert_eq!(growths.iter().filter(|&&growth| growth > 0).count(), 52);
        assert_eq!(growths.iter().sum::<i64>(), 0);
    }

    #[test]
    fn whole_numbers_become_texts_again_if_need_be() {
        let whole = built(&["10", "", "-7", "0"], None);
        assert!(
            matches!(whole, Ok(Cells::Integers(integers)) if integers == [10, NO_INTEGER, -7, 0])
        );
        let mixed = built(&["10", "", "-7", "0", "a", "b"], None);
        assert!(
            matches!(mixed, Ok(Cells::Categories { labels, .. }) if labels == ["-7", "0", "10", "a", "b"])
        );
        let decimal = built(&["10", "2.5", "1e1"], None);
        assert!(matches!(decimal, Ok(Cells::Numbers(numbers)) if numbers == [10.0, 2.5, 10.0]));
        for text in ["-0", "00", "+1", "1.0", "1234567890", "-"] {
            assert_eq!(integer(text.as_bytes(), &Rules::default()), None, "{text}");
        }
        assert_eq!(integer(b"-999999999", &Rules::default()), Some(-999_999_999));
    }
}
