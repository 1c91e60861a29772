//! Numbers with decoration: currency, percent, units, bounds, thousands separators, a decimal
//! comma, other minus signs, hours and minutes.

use std::fmt::Write as _;

use super::affixes::{
    APPROXIMATE_SIGNS, APPROXIMATE_WORDS, BOUND_ENDINGS, BOUND_WORDS, BOUNDS, CURRENCIES, GROUPS,
    MINUS, SCALES,
};
pub use super::decoration::{Decimal, Decoration};
use super::notation;

/// A text that holds one number.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Decorated {
    /// The value with a decimal point, if the text allows it.
    pub(super) point: Option<f64>,
    /// The value with a decimal comma, if the text allows it.
    pub(super) comma: Option<f64>,
    /// The decoration besides the marks within the digits.
    pub(super) decoration: Decoration,
    /// The text after the number: a unit, or empty.
    pub(super) unit: String,
    /// The currency, as the texts of one are written alike; empty if there is none.
    pub(super) currency: &'static str,
    /// The factor of a letter such as K or M.
    pub(super) scale: f64,
    /// Whether there are points or commas among the digits.
    pub(super) has_marks: bool,
}

impl Decorated {
    /// Returns the number under a decimal mark.
    pub(super) fn under(&self, decimal: Decimal) -> Option<f64> {
        match decimal {
            Decimal::Point => self.point,
            Decimal::Comma => self.comma,
        }
    }

    /// Returns the whole decoration under a decimal mark.
    pub(super) fn decoration_under(&self, decimal: Decimal, text: &str) -> Decoration {
        let mut all = self.decoration;
        if decimal == Decimal::Comma && text.contains(',') {
            all.add(Decoration::DECIMAL_COMMA);
        }
        if (decimal == Decimal::Point && text.contains(','))
            || (decimal == Decimal::Comma && text.contains('.'))
        {
            all.add(Decoration::THOUSANDS);
        }
        all
    }
}

const LONGEST_UNIT: usize = 16;
/// Longer texts are not read as numbers.
const LONGEST: usize = 64;

/// Reads a text that holds one number and its decoration; returns `None` for any other.
pub(super) fn read(text: &str) -> Option<Decorated> {
    let may_be = |byte: u8| byte.is_ascii_digit() || byte >= 0x80;
    if text.len() > LONGEST || !text.bytes().any(may_be) {
        return None;
    }

    let plain = notation::western(text);
    let mut decoration = Decoration::default();
    if *plain != *text {
        decoration.add(Decoration::SCRIPT);
    }
    read_plain(plain.trim(), decoration)
}

fn read_plain(text: &str, mut decoration: Decoration) -> Option<Decorated> {
    let mut rest = text;
    let mut is_negative = false;

    if let Some(inner) = unquoted(rest) {
        decoration.add(Decoration::QUOTES);
        rest = inner.trim();
    }

    if let Some(composed) = composed(rest, decoration) {
        return Some(composed);
    }

    if let Some(inner) = rest.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')) {
        decoration.add(Decoration::PARENTHESES);
        (rest, is_negative) = (inner.trim(), true);
    }

    rest = without_bounds(rest, &mut decoration);
    rest = without_notes(rest, &mut decoration);
    let side = notation::side_in_front(rest);
    rest = side.map_or(rest, |(_, inner)| inner);

    take_sign(&mut rest, &mut is_negative, &mut decoration);
    let mut currency = "";
    if let Some(&found) = CURRENCIES.iter().find(|currency| rest.starts_with(**currency)) {
        decoration.add(Decoration::CURRENCY);
        currency = found;
        rest = rest[found.len()..].trim_start();
        take_sign(&mut rest, &mut is_negative, &mut decoration);
    }

    let (digits, behind) = rest.split_at(length_of_digits(rest));
    let (exponent, behind) = match notation::exponent(behind) {
        Some((power, behind)) => (Some(power), behind),
        None => (None, behind),
    };
    if exponent.is_some() && !rest[digits.len()..].starts_with(['e', 'E']) {
        decoration.add(Decoration::POWER);
    }
    // `341,-` and `9'117.–` are prices without cents.
    let is_price = (digits.ends_with([',', '.']) && is_dash(behind)) || behind.trim() == ":-";
    let (digits, behind) =
        if is_price { (digits.trim_end_matches([',', '.']), "") } else { (digits, behind) };
    if is_price {
        decoration.add(Decoration::CURRENCY);
    }
    let suffix = take_suffix(behind, &mut is_negative, &mut decoration)?;

    let sign = if is_negative { -1.0 } else { 1.0 };
    let value = |decimal| Some(sign * value(digits, exponent, decimal)? + 0.0);

    let (point, comma) = (value(Decimal::Point), value(Decimal::Comma));
    // Both readings are kept: the column as a whole decides between point and comma.
    if point.is_none() && comma.is_none() {
        return None;
    }

    if digits.contains(GROUPS) {
        decoration.add(Decoration::THOUSANDS);
    }

    let unit = match side {
        Some((side, _)) if matches!(suffix.unit, "" | "°") => {
            decoration.add(Decoration::UNIT);
            side.to_owned()
        }
        Some(_) => return None,
        None => suffix.unit.to_owned(),
    };
    let currency = canonical(if currency.is_empty() { suffix.currency } else { currency });
    let has_marks = digits.contains(['.', ',']);
    let scale = suffix.scale;
    Some(Decorated { point, comma, decoration, unit, currency, scale, has_marks })
}

/// Returns one name for each currency.
fn canonical(currency: &'static str) -> &'static str {
    match currency {
        "US$" | "USD" => "$",
        "EUR" => "€",
        "GBP" => "£",
        "JPY" => "¥",
        "CNY" | "RMB" => "CNY",
        "INR" | "Rs." | "Rs" => "₹",
        "R$" | "BRL" => "R$",
        "SEK" | "NOK" | "DKK" => "kr",
        "PLN" => "zł",
        "C$" | "CAD" => "C$",
        "A$" | "AUD" => "A$",
        other => other,
    }
}

/// Whether a text is one or two dashes.
fn is_dash(text: &str) -> bool {
    matches!(text.trim(), "-" | "--" | "\u{2013}" | "\u{2014}")
}

/// Reads a number of several parts: degrees, feet, fractions.
fn composed(text: &str, mut decoration: Decoration) -> Option<Decorated> {
    let (value, unit, kind) = if let Some(found) = notation::degrees(text) {
        (found.value, found.unit, Decoration::COMPASS)
    } else if let Some(found) = notation::feet(text) {
        (found.value, found.unit, Decoration::FEET)
    } else {
        (notation::fraction(text)?, "", Decoration::FRACTION)
    };

    decoration.add(kind);
    Some(Decorated {
        point: Some(value),
        comma: Some(value),
        decoration,
        unit: unit.to_owned(),
        currency: "",
        scale: 1.0,
        has_marks: false,
    })
}

/// Returns the text without signs and words that make the number a bound or approximate.
fn without_bounds<'a>(text: &'a str, decoration: &mut Decoration) -> &'a str {
    if let Some(inner) = BOUNDS.iter().find_map(|bound| text.strip_prefix(bound)) {
        decoration.add(Decoration::BOUND);
        return inner.trim_start();
    }
    if let Some(inner) = text.strip_prefix(APPROXIMATE_SIGNS) {
        decoration.add(Decoration::APPROXIMATE);
        return inner.trim_start();
    }

    let behind = |word: &&str| {
        let inner = text.get(word.len()..)?;
        let is_word = text[..word.len()].eq_ignore_ascii_case(word);
        let is_whole = word.ends_with('.') || inner.starts_with(' ');
        (is_word && is_whole).then(|| inner.trim_start())
    };
    if let Some(inner) = BOUND_WORDS.iter().find_map(behind) {
        decoration.add(Decoration::BOUND);
        return inner;
    }
    if let Some(inner) = APPROXIMATE_WORDS.iter().find_map(behind) {
        decoration.add(Decoration::APPROXIMATE);
        return inner;
    }
    if let Some(inner) = BOUND_ENDINGS.iter().find_map(|ending| text.strip_suffix(ending)) {
        decoration.add(Decoration::BOUND);
        return inner.trim_end();
    }
    text
}

/// Returns the text without footnote marks at its end, and without an error after `±`.
fn without_notes<'a>(text: &'a str, decoration: &mut Decoration) -> &'a str {
    const MARKS: [char; 5] = ['*', '†', '‡', '§', '#'];
    let ends_in_digit = |text: &str| text.ends_with(|c: char| c.is_ascii_digit() || c == '%');

    if let Some((number, error)) = text.split_once('±')
        && ends_in_digit(number.trim_end())
        && error.trim_start().starts_with(|c: char| c.is_ascii_digit())
    {
        decoration.add(Decoration::NOTE);
        return number.trim_end();
    }

    let without_marks = text.trim_end_matches(MARKS);
    let without_mark = text
        .strip_suffix(']')
        .or_else(|| text.strip_suffix(')'))
        .and_then(|inner| inner.rsplit_once(['[', '(']))
        .filter(|(_, mark)| mark.len() == 1 && mark.bytes().all(|b| b.is_ascii_alphanumeric()));
    let number = without_mark.map_or(without_marks, |(number, _)| number).trim_end();
    if number.len() < text.len() && ends_in_digit(number) {
        decoration.add(Decoration::NOTE);
        return number;
    }
    text
}

/// Returns the text between quotation marks.
fn unquoted(text: &str) -> Option<&str> {
    const QUOTES: [(char, char); 4] =
        [('\'', '\''), ('"', '"'), ('\u{2018}', '\u{2019}'), ('\u{201c}', '\u{201d}')];
    QUOTES.iter().find_map(|&(open, close)| text.strip_prefix(open)?.strip_suffix(close))
}

fn take_sign(rest: &mut &str, is_negative: &mut bool, decoration: &mut Decoration) {
    if let Some(inner) = rest.strip_prefix('+') {
        *rest = inner;
    } else if let Some(inner) = rest.strip_prefix(MINUS) {
        if !rest.starts_with('-') {
            decoration.add(Decoration::MINUS);
        }
        *is_negative = !*is_negative;
        *rest = inner.trim_start();
    }
}

/// Returns how many bytes at the start are digits with marks among them; a blank counts if digits
/// follow it.
fn length_of_digits(text: &str) -> usize {
    let mut end = 0;
    let mut characters = text.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        let is_before_digit =
            characters.peek().is_some_and(|&(_, following)| following.is_ascii_digit());
        if character.is_ascii_digit()
            || matches!(character, '.' | ',') && (is_before_digit || end > 0)
            || GROUPS.contains(&character) && end > 0 && is_before_digit
        {
            end = at + character.len_utf8();
        } else {
            break;
        }
    }

    end
}

/// What stands behind the digits.
struct Suffix<'a> {
    unit: &'a str,
    scale: f64,
    currency: &'static str,
}

/// Reads what follows the digits: a minus, percent, a currency, a factor or a unit.
fn take_suffix<'a>(
    behind: &'a str,
    is_negative: &mut bool,
    decoration: &mut Decoration,
) -> Option<Suffix<'a>> {
    let of = |unit, scale| Some(Suffix { unit, scale, currency: "" });
    let mut rest = behind.trim();
    if rest == "-" {
        decoration.add(Decoration::PARENTHESES);
        *is_negative = !*is_negative;
        return of("", 1.0);
    }

    // 10+ and `10+ years` are bounds.
    if let Some(inner) = rest.strip_prefix('+') {
        decoration.add(Decoration::BOUND);
        rest = inner.trim_start();
    }
    if behind == rest && matches!(rest, "st" | "nd" | "rd" | "th") {
        decoration.add(Decoration::ORDINAL);
        return of("", 1.0);
    }

    let mut scale = 1.0;
    let has_currency = decoration.has(Decoration::CURRENCY);
    // A single letter is a factor after a currency, or if the column has more such capitals.
    if let Some(&(_, factor)) =
        SCALES.iter().find(|(name, _)| rest == *name && (has_currency || *name != "m"))
    {
        decoration.add(Decoration::SCALE);
        return of(rest, factor);
    }

    if let Some((head, tail)) = rest.split_once(' ')
        && let Some(&(_, factor)) = SCALES.iter().find(|(name, _)| head == *name)
        && CURRENCIES.contains(&tail.trim())
    {
        decoration.add(Decoration::SCALE);
        scale = factor;
        rest = tail.trim();
    }

    if rest.is_empty() {
        return of("", scale);
    }
    if matches!(rest, "%" | "‰" | "pct" | "percent") {
        decoration.add(Decoration::PERCENT);
        return of(rest, scale);
    }
    let currencies = CURRENCIES.iter().chain(&["kr", "Kč", "Ft"]);
    if let Some(currency) = currencies.copied().find(|currency| rest == *currency) {
        decoration.add(Decoration::CURRENCY);
        return Some(Suffix { unit: "", scale, currency });
    }
    if is_unit(rest) || is_highest_mark(rest) {
        decoration.add(Decoration::UNIT);
        return of(rest, scale);
    }
    None
}

/// Whether a text can be a unit: letters, a slash, a power, but no number of its own.
fn is_unit(text: &str) -> bool {
    let first = text.chars().next();
    let begins = first.is_some_and(|c| {
        c.is_alphabetic() || matches!(c, '°' | '"' | '\'' | 'µ' | '/' | '′' | '″')
    });

    let is_part = |c: char| {
        c.is_alphabetic()
            || matches!(
                c,
                '/' | '²'
                    | '³'
                    | '°'
                    | '"'
                    | '\''
                    | '^'
                    | '.'
                    | '·'
                    | '*'
                    | '⁻'
                    | '¹'
                    | '-'
                    | ' '
                    | '′'
                    | '″'
                    | '2'
                    | '3'
            )
    };

    let characters: Vec<char> = text.chars().collect();
    // A digit after a letter is a power.
    let is_power = |at: usize| {
        at > 0 && (characters[at - 1].is_alphabetic() || matches!(characters[at - 1], '^' | '-'))
    };

    begins
        && characters.len() <= LONGEST_UNIT
        && characters.iter().all(|&c| is_part(c))
        && characters.iter().enumerate().all(|(at, c)| !c.is_ascii_digit() || is_power(at))
        && text.split(' ').count() <= 3
}

/// Whether a text is what a mark is out of: `/5` or `/ 100`. Other ratios may be two numbers.
fn is_highest_mark(text: &str) -> bool {
    const HIGHEST: [&str; 9] = ["4", "5", "6", "7", "10", "12", "20", "100", "1000"];
    text.strip_prefix('/').is_some_and(|mark| HIGHEST.contains(&mark.trim_start()))
}

/// Returns the value of digits with marks among them under a decimal mark.
fn value(digits: &str, exponent: Option<i32>, decimal: Decimal) -> Option<f64> {
    let (mark, thousands) = match decimal {
        Decimal::Point => ('.', ','),
        Decimal::Comma => (',', '.'),
    };

    let (whole, fraction) = digits.split_once(mark).unwrap_or((digits, ""));
    if !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }

    // The first separator decides; any other one is not a digit, and fails below.
    let is_group = |c: char| c == thousands || GROUPS.contains(&c);
    let mut plain = String::with_capacity(digits.len() + 5);
    match whole.chars().find(|&c| is_group(c)) {
        None if whole.is_empty() && fraction.is_empty() => return None,
        None if whole.bytes().all(|byte| byte.is_ascii_digit()) => plain.push_str(whole),
        None => return None,
        // A mantissa has no thousands.
        Some(_) if exponent.is_some() => return None,
        Some(separator) => {
            are_groups(whole, separator).then_some(())?;
            plain.extend(whole.chars().filter(char::is_ascii_digit));
        }
    }

    if !fraction.is_empty() {
        plain.push('.');
        plain.push_str(fraction);
    }

    if let Some(power) = exponent {
        let _ = write!(plain, "e{power}");
    }
    plain.parse().ok()
}

/// Whether digits stand in groups of three, or of two before the last group as in India, and the
/// first group is not 0.
fn are_groups(whole: &str, separator: char) -> bool {
    let groups: Vec<&str> = whole.split(separator).collect();
    let [first, middle @ .., last] = groups.as_slice() else {
        return false;
    };
    let is_digits = |group: &&str| !group.is_empty() && group.bytes().all(|b| b.is_ascii_digit());
    let are_long = |n: usize| middle.iter().all(|group| group.len() == n);
    groups.iter().all(is_digits)
        && (1..=3).contains(&first.len())
        && *first != "0"
        && last.len() == 3
        && (are_long(3) || (are_long(2) && first.len() <= 2))
}

/// Whether a plain number has a point that cannot separate thousands: digits behind it, and other
/// than three. Nearly all have, and need not be read a second time.
pub(super) fn has_no_thousands(text: &str) -> bool {
    text.split_once('.').is_some_and(|(_, behind)| {
        behind.len() != 3 && !behind.is_empty() && behind.bytes().all(|byte| byte.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn plain_numbers_without_thousands_have_no_decimal_comma(
            text in "[+-]?[0-9]{0,4}[.][0-9]{0,5}(e[0-9])?",
        ) {
            let comma = read(&text).and_then(|found| found.comma);
            prop_assert!(!has_no_thousands(&text) || comma.is_none(), "{}", text);
        }
    }

    #[test]
    fn quotation_marks_around_a_number_are_decoration() {
        let found = read("'7'").unwrap();
        assert_eq!((found.point, found.decoration), (Some(7.0), Decoration::QUOTES));
        assert_eq!(read("\u{201c}2.5\u{201d}").unwrap().point, Some(2.5));
        assert!(read("'7").is_none() && read("''").is_none());
    }

    #[test]
    fn decorated_numbers_have_the_value_that_they_show() {
        for (text, expected) in [
            ("123,456", 123_456.0),
            ("$1,234.50", 1234.5),
            ("1'234.5", 1234.5),
            ("1 234", 1234.0),
            ("1\u{a0}234\u{202f}567", f64::NAN),
            ("1\u{a0}234\u{a0}567", 1_234_567.0),
            ("12,34,567", 1_234_567.0),
            ("12%", 12.0),
            ("€ 5", 5.0),
            ("5 €", 5.0),
            ("-$5", -5.0),
            ("$-5", -5.0),
            ("(1,234)", -1234.0),
            ("(5%)", -5.0),
            ("7-", -7.0),
            ("\u{2212}3.5", -3.5),
            ("<0.5", 0.5),
            (">= 10", 10.0),
            ("70 kg", 70.0),
            ("21.5°C", 21.5),
            ("1e3 m/s", 1000.0),
            ("USD 12", 12.0),
            ("1_000", 1000.0),
            (".5 mg/L", 0.5),
            ("5.", 5.0),
            ("341,-", 341.0),
            ("CHF 9'117.\u{2013}", 9117.0),
            ("460:-", 460.0),
            ("ca. 88", 88.0),
            ("approx 1,200", 1200.0),
            ("~ 1,200", 1200.0),
            ("4.1/5", 4.1),
            ("87 /100", 87.0),
            ("up to 5 kg", 5.0),
            ("10+ years", 10.0),
            ("85 and over", 85.0),
            ("3rd", 3.0),
            ("6.29***", 6.29),
            ("394[a]", 394.0),
            ("8.50 ± 0.24", 8.5),
            ("6.451D-01", 0.6451),
            ("3.08×10^2", 308.0),
            ("N 48.2", 48.2),
            ("12.5°W", 12.5),
            ("36°30'36\"N", 36.51),
            ("5'9\"", 69.0),
            ("1 1/2", 1.5),
            ("2¾", 2.75),
            ("٤٢", 42.0),
        ] {
            let found = read(text).and_then(|decorated| decorated.point);
            let expected = if expected.is_nan() { None } else { Some(expected) };
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn a_decimal_comma_is_another_reading() {
        let both = |text| read(text).map(|d| (d.point, d.comma));
        assert_eq!(both("1,5"), Some((None, Some(1.5))));
        assert_eq!(both("1.234,5"), Some((None, Some(1234.5))));
        assert_eq!(both("1,234.5"), Some((Some(1234.5), None)));
        assert_eq!(both("1,234"), Some((Some(1234.0), Some(1.234))));
        assert_eq!(both("0,512"), Some((None, Some(0.512))));
        assert_eq!(both("1,5 %"), Some((None, Some(1.5))));
        assert_eq!(both("1.5"), Some((Some(1.5), None)));
        assert_eq!(both("1,010e+00"), Some((None, Some(1.01))));
    }

    #[test]
    fn factors_are_kept_apart() {
        let of = |text| read(text).map(|d| (d.point.unwrap(), d.scale));
        assert_eq!(of("€110.5M"), Some((110.5, 1e6)));
        assert_eq!(of("565K"), Some((565.0, 1e3)));
        assert_eq!(of("$3m"), Some((3.0, 1e6)));
        assert_eq!(of("3 m"), Some((3.0, 1.0)));
    }

    #[test]
    fn other_texts_are_no_numbers() {
        for text in [
            "A12",
            "12-34",
            "1,23",
            "1,2345.5",
            "x",
            "",
            "-",
            "1.2.3",
            "10.0.0.1",
            "5x5 5x",
            "12 34",
            "10-20",
            "(20, 30]",
            "5 kg 3 g",
            "B-52",
            "3:15",
            "1/2",
            "12a9",
            "N1",
            "E10",
            "ca",
            "over",
            "cat 3",
            "4.66 (0.08)",
            "10-19",
            "12D4",
        ] {
            let found = read(text);
            assert!(found.as_ref().is_none_or(|d| d.point.is_none()), "{text}: {found:?}");
        }
    }
}
