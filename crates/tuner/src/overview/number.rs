//! Numbers as they are shown: the same on the screen, in pages and in pictures.

use crate::cast;
use crate::space::Value;

/// A loss to five significant digits.
pub fn loss(value: f64) -> String {
    significant(value, 5)
}

/// A value as in a table: numbers with four significant digits.
pub fn short(value: &Value) -> String {
    match value {
        Value::Float(v) => significant(*v, 4),
        other => other.to_string(),
    }
}

/// How many of `n_ok` trials with a loss are tied for best, as a clause for the screen and for
/// pages. Returns `None` if nothing was tested.
pub fn tied_for_best(n_tied: usize, n_ok: usize) -> Option<String> {
    match (n_tied, n_ok) {
        (0, _) | (_, 0 | 1) => None,
        (1, 2) => Some("the other trial is not statistically tied for best".to_owned()),
        (1, n) => Some(format!("none of the {} others is statistically tied for best", n - 1)),
        (tied, n) => Some(format!("{tied} of {n} trials are statistically tied for best")),
    }
}

fn significant(value: f64, digits: u8) -> String {
    let magnitude = if value == 0.0 { 0 } else { cast::trunc(value.abs().log10().floor()) };
    if !(-4..15).contains(&magnitude) {
        return format!("{value:.*e}", usize::from(digits) - 1);
    }
    let decimals = usize::try_from(i64::from(digits) - 1 - magnitude).unwrap_or(0);
    let text = format!("{value:.decimals$}");
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tie_is_told_where_it_was_tested() {
        assert_eq!(tied_for_best(0, 9), None);
        assert_eq!(tied_for_best(1, 1), None);
        assert!(tied_for_best(1, 2).unwrap().starts_with("the other trial is not"));
        assert!(tied_for_best(1, 9).unwrap().starts_with("none of the 8 others is"));
        assert!(tied_for_best(3, 9).unwrap().starts_with("3 of 9 trials are"));
    }

    #[test]
    fn numbers_show_their_leading_digits() {
        let shown: Vec<String> =
            [0.061_234_9, 1234.567, 0.0, 1e-7, 0.5, 123_456.7].map(loss).to_vec();
        assert_eq!(shown, ["0.061235", "1234.6", "0", "1.0000e-7", "0.5", "123457"]);
    }
}
