//! Parsing the text of one cell.

/// Texts that mean "no value", besides an empty cell and every spelling of NaN.
const MISSING: [&str; 9] = ["?", "NA", "N/A", "n/a", "#N/A", "<NA>", "NULL", "null", "None"];

/// Others, which were labels in columns of categories up to version 0.3: what databases write, and
/// the errors of spreadsheets.
const MISSING_SINCE_0_4: [&str; 7] =
    ["\\N", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#NULL!"];

/// The parsed content of one cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Cell {
    /// No value.
    Missing,
    /// A finite number within the range that the trainer takes.
    Number(f64),
    /// An infinite number, or one beyond ±1e30, whose square leaves the range of single precision.
    OutOfRange,
    /// Anything else.
    Text,
}

/// The largest magnitude of a number.
const LARGEST: f64 = 1e30;

/// 2^53: beyond it, not every integer has a double of its own.
pub(super) const LARGEST_EXACT: f64 = 9_007_199_254_740_992.0;

/// Parses a cell without surrounding white space.
///
/// A number is what Rust's `f64` parser accepts: decimal digits with an optional sign, point and
/// exponent. Thousands separators, percent signs and hexadecimal digits make it text.
pub(super) fn read(bytes: &[u8]) -> Cell {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Cell::Text;
    };
    match text.parse::<f64>() {
        Ok(number) if number.is_nan() => Cell::Missing,
        // Adding zero makes -0 the same value as 0.
        Ok(number) if number.abs() <= LARGEST => Cell::Number(number + 0.0),
        Ok(_) => Cell::OutOfRange,
        Err(_) if text.is_empty() || MISSING.contains(&text) => Cell::Missing,
        Err(_) if MISSING_SINCE_0_4.contains(&text) => Cell::Missing,
        Err(_) => Cell::Text,
    }
}

/// Whether a text means "no value" in any column.
pub(super) fn is_missing(text: &str) -> bool {
    read(text.as_bytes()) == Cell::Missing
}

/// Whether version 0.3 took it for one.
pub(super) fn is_missing_in_0_3(text: &str) -> bool {
    is_missing(text) && !MISSING_SINCE_0_4.contains(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_cells_are_recognised() {
        for text in ["", "NA", "NaN", "nan", "null", "None", "N/A", "?", "-nan", "NULL"] {
            assert_eq!(read(text.as_bytes()), Cell::Missing, "{text}");
        }
    }

    #[test]
    fn errors_of_spreadsheets_and_nulls_of_databases_are_missing_since_0_4() {
        for text in ["\\N", "#DIV/0!", "#REF!"] {
            assert!(is_missing(text) && !is_missing_in_0_3(text), "{text}");
        }
        assert!(is_missing_in_0_3("NULL") && is_missing_in_0_3("nan"));
    }

    #[test]
    fn numbers_are_decimal_and_without_separators() {
        for (text, number) in [("1", 1.0), ("-2.5e-3", -0.0025), ("+.5", 0.5), ("007", 7.0)] {
            assert_eq!(read(text.as_bytes()), Cell::Number(number), "{text}");
        }
        for text in ["1,000", "1_000", "0x10", "12%", "1e", "none", "na"] {
            assert_eq!(read(text.as_bytes()), Cell::Text, "{text}");
        }
    }

    #[test]
    fn infinity_is_neither_number_nor_missing() {
        for text in ["inf", "-Infinity", "1e999", "2e30"] {
            assert_eq!(read(text.as_bytes()), Cell::OutOfRange, "{text}");
        }
    }
}
