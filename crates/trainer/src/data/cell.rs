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
    if let Some(number) = short_decimal(bytes) {
        return Cell::Number(number);
    }

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

/// Powers of ten that doubles hold exactly, up to the most digits that [`short_decimal`] reads.
const TENS: [f64; 16] =
    [1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

/// Reads a number of up to fifteen digits, with or without sign and point, which most cells are;
/// `None` for any other text.
///
/// The digits as an integer and the power of ten are exact, so the one division rounds as the
/// standard library's parser does.
fn short_decimal(bytes: &[u8]) -> Option<f64> {
    let (is_negative, digits) = match bytes {
        [b'-', rest @ ..] => (true, rest),
        _ => (false, bytes.strip_prefix(b"+").unwrap_or(bytes)),
    };
    // Fifteen digits and a point.
    if digits.len() > TENS.len() {
        return None;
    }

    let (mut whole, mut point) = (0_u64, None);
    for (at, &byte) in digits.iter().enumerate() {
        match byte {
            b'0'..=b'9' => whole = whole * 10 + u64::from(byte - b'0'),
            b'.' if point.is_none() => point = Some(at),
            _ => return None,
        }
    }

    let n_digits = digits.len() - usize::from(point.is_some());
    let n_behind = point.map_or(0, |at| digits.len() - at - 1);
    if n_digits == 0 || n_digits >= TENS.len() {
        return None;
    }
    let number = whole as f64 / TENS[n_behind];
    // Adding zero makes -0 the same value as 0.
    Some(if is_negative { -number } else { number } + 0.0)
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
    use proptest::prelude::*;

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

    proptest! {
        #[test]
        fn short_decimals_have_the_bits_of_the_parser(text in "[+-]?[0-9]{0,17}[.]?[0-9]{0,17}") {
            let parsed = text.parse::<f64>().ok().map(|number| (number + 0.0).to_bits());
            let short = short_decimal(text.as_bytes()).map(f64::to_bits);
            prop_assert!(short.is_none() || short == parsed, "{}", text);
            // What is short is read here, with a sign or without.
            let n_digits = text.bytes().filter(u8::is_ascii_digit).count();
            prop_assert!(short.is_some() == (1..=15).contains(&n_digits), "{}", text);
        }
    }

    #[test]
    fn infinity_is_neither_number_nor_missing() {
        for text in ["inf", "-Infinity", "1e999", "2e30"] {
            assert_eq!(read(text.as_bytes()), Cell::OutOfRange, "{text}");
        }
    }
}
