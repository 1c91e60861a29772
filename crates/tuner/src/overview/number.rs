//! How many digits a reader is shown: the same on the screen, in pages and in pictures.

use crate::cast;
use crate::space::Value;

/// A loss to five significant digits.
pub fn loss(value: f64) -> String {
    significant(value, 5)
}

/// A value as a table shows it: numbers to four significant digits.
pub fn short(value: &Value) -> String {
    match value {
        Value::Float(v) => significant(*v, 4),
        other => other.to_string(),
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
    fn numbers_show_their_leading_digits() {
        let shown: Vec<String> =
            [0.061_234_9, 1234.567, 0.0, 1e-7, 0.5, 123_456.7].map(loss).to_vec();
        assert_eq!(shown, ["0.061235", "1234.6", "0", "1.0000e-7", "0.5", "123457"]);
    }
}
