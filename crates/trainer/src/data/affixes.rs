//! Words and marks before and after a number: currencies, bounds, factors.

/// Thousands separators besides point and comma.
pub(super) const GROUPS: [char; 7] = ['\'', '\u{2019}', ' ', '\u{a0}', '\u{202f}', '\u{2009}', '_'];
pub(super) const MINUS: [char; 6] =
    ['-', '\u{2212}', '\u{2013}', '\u{2012}', '\u{fe63}', '\u{ff0d}'];
pub(super) const CURRENCIES: [&str; 40] = [
    "US$", "R$", "A$", "C$", "NZ$", "HK$", "S$", "$", "€", "£", "¥", "₹", "₽", "₩", "₪", "₺", "₫",
    "฿", "¢", "₱", "₦", "₴", "USD", "EUR", "GBP", "CHF", "JPY", "CNY", "RMB", "INR", "CAD", "AUD",
    "BRL", "SEK", "NOK", "DKK", "PLN", "Rs.", "Rs", "zł",
];
pub(super) const BOUNDS: [&str; 6] = ["<=", ">=", "<", ">", "≤", "≥"];
/// Signs that say that a number is not exact.
pub(super) const APPROXIMATE_SIGNS: [char; 4] = ['~', '≈', '∼', '≃'];
/// Words before a number that say that it is a bound …
pub(super) const BOUND_WORDS: [&str; 12] = [
    "less than",
    "more than",
    "at least",
    "at most",
    "up to",
    "under",
    "over",
    "below",
    "above",
    "unter",
    "über",
    "bis",
];
/// … or not exact …
pub(super) const APPROXIMATE_WORDS: [&str; 11] = [
    "approximately",
    "approx.",
    "approx",
    "circa",
    "ca.",
    "ca",
    "c.",
    "about",
    "around",
    "etwa",
    "env.",
];
/// … and after it, that it is a bound.
pub(super) const BOUND_ENDINGS: [&str; 9] = [
    "and over",
    "or over",
    "and above",
    "or above",
    "or more",
    "and older",
    "or older",
    "or less",
    "and more",
];
pub(super) const SCALES: [(&str, f64); 16] = [
    ("k", 1e3),
    ("K", 1e3),
    ("M", 1e6),
    ("B", 1e9),
    ("T", 1e12),
    ("bn", 1e9),
    ("mn", 1e6),
    ("mio", 1e6),
    ("Mio", 1e6),
    ("Mio.", 1e6),
    ("thousand", 1e3),
    ("million", 1e6),
    ("billion", 1e9),
    ("Million", 1e6),
    ("Billion", 1e9),
    ("m", 1e6),
];
