//! Notations of numbers beside digits, sign and point: digits of other scripts, invisible marks,
//! fractions, degrees with minutes and seconds, feet with inches, directions of the compass.

use std::borrow::Cow;

/// The digit zero of scripts whose digits follow one another: Arabic, Persian, Devanagari, Bengali,
/// Thai, full width.
const ZEROS: [char; 6] = ['\u{660}', '\u{6f0}', '\u{966}', '\u{9e6}', '\u{e50}', '\u{ff10}'];

/// Whether a character is not seen: marks of direction, zero-width blanks, soft hyphens. Controls are
/// a damaged file.
fn is_invisible(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// Returns the text with ASCII digits and marks, and without what is not seen.
pub(super) fn western(text: &str) -> Cow<'_, str> {
    // Nearly all texts of tables are plain.
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }

    let digit = |character: char| {
        let of = |zero: &char| (character as u32).checked_sub(*zero as u32).filter(|n| *n < 10);
        ZEROS.iter().find_map(of).and_then(|digit| char::from_digit(digit, 10))
    };

    let plain = |character: char| match character {
        '\u{66b}' | '\u{ff0e}' => '.',
        '\u{66c}' | '\u{ff0c}' => ',',
        '\u{66a}' | '\u{ff05}' => '%',
        '\u{ff0b}' => '+',
        '\u{ff1a}' => ':',
        '\u{ff0f}' => '/',
        other => digit(other).unwrap_or(other),
    };

    let changed: String = text.chars().filter(|c| !is_invisible(*c)).map(plain).collect();
    if changed == text { Cow::Borrowed(text) } else { Cow::Owned(changed.trim().to_owned()) }
}

/// A number of several parts, and the unit that it is in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Composed<'a> {
    pub(super) value: f64,
    pub(super) unit: &'a str,
}

/// Reads `36°50'55"N`, in degrees; the unit is the direction.
pub(super) fn degrees(text: &str) -> Option<Composed<'_>> {
    let (degrees, rest) = text.split_once('°')?;
    let (minutes, rest) = rest.split_once(['\'', '′', '’'])?;
    let (seconds, direction) = match rest.rsplit_once(['"', '″', '”', '\'']) {
        Some((seconds, direction)) => (seconds.trim_end_matches(['\'', '′', '’']), direction),
        None => ("0", rest),
    };

    let (sign, degrees) = match degrees.trim().strip_prefix(['-', '\u{2212}']) {
        Some(degrees) => (-1.0, degrees),
        None => (1.0, degrees.trim()),
    };
    let (degrees, minutes, seconds) = (number(degrees)?, number(minutes)?, number(seconds)?);
    let unit = direction.trim();
    let is_angle = degrees <= 360.0 && minutes < 60.0 && seconds < 60.0;
    (is_angle && (unit.is_empty() || side(unit).is_some()))
        .then_some(Composed { value: sign * (degrees + minutes / 60.0 + seconds / 3600.0), unit })
}

/// Reads `5'9"`, `5'9` or `5 ft 9 in`, in inches.
pub(super) fn feet(text: &str) -> Option<Composed<'static>> {
    const SIGNS: [&str; 3] = ["'", "′", "’"];
    let (mark, feet, rest) = SIGNS
        .iter()
        .chain(&["ft.", "ft", "feet"])
        .find_map(|mark| text.split_once(mark).map(|(feet, rest)| (mark, feet, rest)))
        .filter(|(_, feet, _)| feet.trim_end().bytes().all(|byte| byte.is_ascii_digit()))?;
    let mut marks = ["\"", "″", "”", "''", "in.", "inches", "in"].iter();
    let inches = marks.find_map(|mark| rest.trim_end().strip_suffix(mark));
    // Three digits behind a mark are thousands: 1'234.
    let is_short = SIGNS.contains(mark) && (1..=2).contains(&rest.trim_end().len());
    let inches = inches.or_else(|| is_short.then_some(rest))?;
    let (feet, inches) = (number(feet)?, number(inches)?);
    (inches < 12.0).then_some(Composed { value: 12.0 * feet + inches, unit: "in" })
}

/// Reads `1 1/2`, `1½` and `½`, but not `1/2`, which may be a day, a score or two numbers.
pub(super) fn fraction(text: &str) -> Option<f64> {
    const VULGAR: [(char, f64); 13] = [
        ('½', 0.5),
        ('¼', 0.25),
        ('¾', 0.75),
        ('⅓', 1.0 / 3.0),
        ('⅔', 2.0 / 3.0),
        ('⅛', 0.125),
        ('⅜', 0.375),
        ('⅝', 0.625),
        ('⅞', 0.875),
        ('⅕', 0.2),
        ('⅖', 0.4),
        ('⅗', 0.6),
        ('⅘', 0.8),
    ];
    let (sign, text) = match text.strip_prefix('-') {
        Some(rest) => (-1.0, rest),
        None => (1.0, text),
    };

    if let Some(&(_, part)) = VULGAR.iter().find(|(vulgar, _)| text.ends_with(*vulgar)) {
        let mut whole = text.chars();
        whole.next_back();
        let whole = whole.as_str().trim_end();
        return Some(sign * (if whole.is_empty() { 0.0 } else { integer(whole)? } + part));
    }

    let (whole, rest) = text.split_once([' ', '-'])?;
    let (above, below) = rest.trim().split_once('/')?;
    let (whole, above, below) = (integer(whole)?, integer(above)?, integer(below)?);
    let is_part = above > 0.0 && above < below && below <= 64.0;
    is_part.then_some(sign * (whole + above / below))
}

/// Returns the direction that a unit such as `N`, `°S` or `° W` names, in upper case.
pub(super) fn side(unit: &str) -> Option<char> {
    let mut letters = unit.trim_start_matches(['°', ' ']).chars();
    let side = letters.next().filter(|_| letters.next().is_none())?;
    matches!(side, 'N' | 'S' | 'E' | 'W').then_some(side)
}

/// Returns 1 for north and east or no direction at all, and -1 for south and west; `None` for
/// another unit.
pub(super) fn sign_of_side(unit: &str) -> Option<f64> {
    match side(unit) {
        Some('S' | 'W') => Some(-1.0),
        Some(_) => Some(1.0),
        None => matches!(unit, "" | "°").then_some(1.0),
    }
}

/// Splits the direction from the front of `N 48.2` or `W12°30'`: a code such as `N1` has no
/// fraction.
pub(super) fn side_in_front(text: &str) -> Option<(&str, &str)> {
    let rest = text.strip_prefix(['N', 'S', 'E', 'W'])?;
    let is_coordinate =
        rest.trim_start().starts_with(|c: char| c.is_ascii_digit()) && rest.contains(['.', '°']);
    is_coordinate.then(|| (&text[..1], rest.trim_start()))
}

/// Splits the exponent from the front: `e-5`, `D+01` of Fortran, `×10^3`, `x 10⁻²`.
pub(super) fn exponent(behind: &str) -> Option<(i32, &str)> {
    const MOST_DIGITS: usize = 3;
    const SUPERSCRIPTS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    let signed = |text: &str| text.starts_with(['+', '-']);
    let power = |text: &str| {
        let rest = text.trim_start().strip_prefix(['×', 'x', 'X', '*', '·', '⋅'])?;
        Some(rest.trim_start().strip_prefix("10")?.to_owned())
    };

    let of_ten = power(behind);
    let rest = match &of_ten {
        Some(rest) => rest.as_str(),
        None => behind
            .strip_prefix(['e', 'E'])
            .or_else(|| behind.strip_prefix(['d', 'D']).filter(|rest| signed(rest)))?,
    };
    let start = behind.len() - rest.len();
    let (rest, skipped) = match rest.strip_prefix('^').or_else(|| rest.strip_prefix("**")) {
        Some(inner) => (inner, rest.len() - inner.len()),
        None => (rest, 0),
    };

    let mut digits = String::new();
    let mut end = start + skipped;
    for character in rest.chars() {
        let plain = match character {
            '+' | '-' if digits.is_empty() => character,
            '⁻' | '\u{2212}' if digits.is_empty() => '-',
            _ => match SUPERSCRIPTS.iter().position(|&other| other == character) {
                Some(digit) => char::from_digit(digit as u32, 10)?,
                None if character.is_ascii_digit() => character,
                None => break,
            },
        };
        digits.push(plain);
        end += character.len_utf8();
    }

    let n = digits.trim_start_matches(['+', '-']).len();
    (1..=MOST_DIGITS).contains(&n).then_some((digits.parse().ok()?, &behind[end..]))
}

fn number(text: &str) -> Option<f64> {
    let text = text.trim();
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if is_number { text.parse().ok() } else { None }
}

fn integer(text: &str) -> Option<f64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_of_other_scripts_and_invisible_marks_become_plain() {
        for (text, plain) in [
            ("\u{200f}4597\u{200e}", "4597"),
            ("٩٥٤٦", "9546"),
            ("۱۲٫۵", "12.5"),
            ("४२", "42"),
            ("４１２．５", "412.5"),
            ("1\u{feff}2", "12"),
            ("größer", "größer"),
        ] {
            assert_eq!(western(text), plain, "{text:?}");
        }
    }

    #[test]
    fn coordinates_and_heights_have_one_value() {
        let of = |text| degrees(text).map(|found| (found.value, found.unit));
        assert_eq!(of("36°30'36\"N"), Some((36.51, "N")));
        assert_eq!(of("10° 30′ W"), Some((10.5, "W")));
        assert_eq!(of("-10°30'"), Some((-10.5, "")));
        assert_eq!(of("36°70'"), None);
        for text in ["5'9\"", "5 ft 9 in", "5′9″", "5ft 9in."] {
            assert_eq!(feet(text).map(|found| found.value), Some(69.0), "{text}");
        }
        assert!(feet("5'13\"").is_none() && feet("left 5 in").is_none());
        assert_eq!(
            (sign_of_side("°W"), sign_of_side("N"), sign_of_side("NE")),
            (Some(-1.0), Some(1.0), None)
        );
    }

    #[test]
    fn fractions_need_a_whole_part_or_a_sign_of_their_own() {
        for (text, value) in [("1 1/2", 1.5), ("5½", 5.5), ("¾", 0.75), ("-2 ¼", -2.25)] {
            assert_eq!(fraction(text), Some(value), "{text}");
        }
        for text in ["1/2", "1 3/2", "10 / 12", "a½", "1-1-1/2"] {
            assert_eq!(fraction(text), None, "{text}");
        }
    }

    #[test]
    fn exponents_are_read_in_each_notation() {
        for (text, power, rest) in [
            ("e-5", -5, ""),
            ("D+01", 1, ""),
            ("×10^3 kg", 3, " kg"),
            (" x 10⁻²", -2, ""),
            ("*10**6", 6, ""),
        ] {
            assert_eq!(exponent(text), Some((power, rest)), "{text}");
        }
        for text in ["D4", "x", "eV", "x12", "e"] {
            assert_eq!(exponent(text), None, "{text}");
        }
    }
}
