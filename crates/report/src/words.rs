//! Numbers and values in sentences.

use tuner::overview::short;
use tuner::space::Value;

/// `1 trial`, `20 trials`, `2,000 trials`.
pub(crate) fn count(n: usize, noun: &str) -> String {
    let s = if n == 1 { "" } else { "s" };
    format!("{} {noun}{s}", grouped(n))
}

/// Groups digits by three.
pub(crate) fn grouped(n: usize) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A share as a whole percentage.
pub(crate) fn percent(share: f64) -> String {
    format!("{:.0} %", 100.0 * share)
}

/// Joins names: `a`, `a and b`, `a, b and c`.
pub(crate) fn and(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// Describes where the best value probably lies: between two ends of a range, or among values of a
/// list.
pub(crate) fn among(best: &Value, values: &[Value]) -> String {
    let shown: Vec<String> = values.iter().map(short).collect();
    match (best, shown.as_slice()) {
        (Value::Int(_) | Value::Float(_), [low, high]) if low != high => {
            format!("between {low} and {high}")
        }
        (_, [one, rest @ ..]) if rest.iter().all(|v| v == one) => format!("at {one}"),
        _ => format!("among {}", and(&shown)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!(count(1, "trial"), "1 trial");
        assert_eq!(count(10_000, "trial"), "10,000 trials");
        assert_eq!(grouped(999), "999");
        assert_eq!(and(&["a".to_owned(), "b".to_owned(), "c".to_owned()]), "a, b and c");
    }

    #[test]
    fn likely_values_of_ranges_have_ends() {
        let ends = [Value::Float(0.04), Value::Float(0.14)];
        assert_eq!(among(&ends[0], &ends), "between 0.04 and 0.14");
        let texts = ["relu", "tanh"].map(|v| Value::Text(v.to_owned()));
        assert_eq!(among(&texts[0], &texts), "among relu and tanh");
        assert_eq!(among(&texts[0], &texts[..1]), "at relu");
    }
}
