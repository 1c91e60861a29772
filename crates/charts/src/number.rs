//! Number formats: positions with one decimal, labels as short as possible.

/// A position in the picture: one decimal, no trailing zero, no minus before zero.
pub(crate) fn position(value: f64) -> String {
    let tenths = (value * 10.0).round() as i64;
    let (sign, size) = (if tenths < 0 { "-" } else { "" }, tenths.unsigned_abs());

    match size % 10 {
        0 => format!("{sign}{}", size / 10),
        tenth => format!("{sign}{}.{tenth}", size / 10),
    }
}

/// A label of at most four significant digits: `0.05`, `1250`, `3.2e-5`.
pub fn label(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return if value == 0.0 { "0".to_owned() } else { "–".to_owned() };
    }

    let exponent = value.abs().log10().floor() as i32;
    if (-4..6).contains(&exponent) {
        let decimals = (3 - exponent).max(0) as usize;
        return trimmed(&format!("{value:.decimals$}"));
    }

    let text = format!("{value:.3e}");
    let (mantissa, power) = text.split_once('e').unwrap_or((&text, "0"));
    format!("{}e{power}", trimmed(mantissa))
}

/// Removes zeros at the end of the decimals.
fn trimmed(text: &str) -> String {
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_have_one_decimal_at_most() {
        assert_eq!(position(12.04), "12");
        assert_eq!(position(12.05), "12.1");
        assert_eq!(position(-0.04), "0");
        assert_eq!(position(-0.3), "-0.3");
    }

    #[test]
    fn labels_are_short_and_keep_four_digits() {
        assert_eq!(label(0.050_000_000_1), "0.05");
        assert_eq!(label(1250.0), "1250");
        assert_eq!(label(3.2e-5), "3.2e-5");
        assert_eq!(label(1e-7), "1e-7");
        assert_eq!(label(12_345_678.0), "1.235e7");
        assert_eq!(label(f64::NAN), "–");
        assert_eq!(label(-0.25), "-0.25");
    }
}
