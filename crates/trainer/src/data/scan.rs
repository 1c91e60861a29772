//! A scanner for short texts, from left to right.

/// Names of months and their usual abbreviations in English, German, French, Spanish, Italian,
/// Portuguese and Dutch, in lower case; where two languages share a name it is the same month.
const MONTHS: [&[&str]; 12] = [
    &[
        "january", "jan", "januar", "jänner", "jän", "janvier", "janv", "enero", "ene", "gennaio",
        "janeiro", "januari",
    ],
    &[
        "february",
        "feb",
        "februar",
        "février",
        "fevrier",
        "févr",
        "fév",
        "febrero",
        "febbraio",
        "fevereiro",
        "fev",
        "februari",
    ],
    &[
        "march", "mar", "märz", "maerz", "mär", "mrz", "mars", "marzo", "março", "marco", "maart",
        "mrt",
    ],
    &["april", "apr", "avril", "avr", "abril", "abr", "aprile"],
    &["may", "mai", "mayo", "maggio", "maio", "mei"],
    &["june", "jun", "juni", "juin", "junio", "giugno", "giu", "junho"],
    &["july", "jul", "juli", "juillet", "juil", "julio", "luglio", "lug", "julho"],
    &["august", "aug", "août", "aout", "agosto", "ago", "augustus"],
    &["september", "sep", "sept", "septembre", "septiembre", "settembre", "setembro"],
    &["october", "oct", "oktober", "okt", "octobre", "octubre", "ottobre", "ott", "outubro", "out"],
    &["november", "nov", "novembre", "noviembre", "novembro"],
    &[
        "december",
        "dec",
        "dezember",
        "dez",
        "décembre",
        "decembre",
        "déc",
        "diciembre",
        "dic",
        "dicembre",
        "dezembro",
    ],
];

/// Abbreviations of time zones that mean one offset, with their hours east of Greenwich.
const ZONES: [(&str, i32); 16] = [
    ("cet", 1),
    ("cest", 2),
    ("mez", 1),
    ("mesz", 2),
    ("wet", 0),
    ("eet", 2),
    ("eest", 3),
    ("msk", 3),
    ("jst", 9),
    ("est", -5),
    ("edt", -4),
    ("cdt", -5),
    ("mst", -7),
    ("mdt", -6),
    ("pst", -8),
    ("pdt", -7),
];
const WEEKDAYS: [&str; 7] =
    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// A position in a text.
pub(super) struct Scan<'a> {
    rest: &'a [u8],
}

impl<'a> Scan<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { rest: text.as_bytes() }
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }

    /// Skips `byte` if it is next.
    pub(super) fn take(&mut self, byte: u8) -> bool {
        self.separator(&[byte]).is_some()
    }

    /// Skips the next byte if it is one of `bytes`.
    pub(super) fn separator(&mut self, bytes: &[u8]) -> Option<u8> {
        let (&first, rest) = self.rest.split_first()?;
        bytes.contains(&first).then(|| {
            self.rest = rest;
            first
        })
    }

    /// Skips blanks; returns whether there was one.
    pub(super) fn skip_blanks(&mut self) -> bool {
        let blanks = self.rest.iter().take_while(|&&byte| byte == b' ').count();
        self.rest = &self.rest[blanks..];
        blanks > 0
    }

    /// Reads up to nine digits; returns the number and the number of digits.
    pub(super) fn number(&mut self) -> Option<(i32, usize)> {
        let n = self.rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if n == 0 || n > 9 {
            return None;
        }
        let (digits, rest) = self.rest.split_at(n);
        self.rest = rest;
        Some((digits.iter().fold(0, |number, digit| number * 10 + i32::from(digit - b'0')), n))
    }

    pub(super) fn two_digits(&mut self) -> Option<i32> {
        self.number().filter(|&(_, n)| n == 2).map(|(number, _)| number)
    }

    /// Reads a year of four digits, or of two.
    pub(super) fn year(&mut self) -> Option<i32> {
        match self.number()? {
            (year, 4) => Some(year),
            (year, 2) => Some(century(year)),
            _ => None,
        }
    }

    /// Reads the fraction of a second in nanoseconds, without further digits; 0 if there is none,
    /// `None` if it has no digits.
    pub(super) fn fraction(&mut self) -> Option<i32> {
        if self.separator(b".,").is_none() {
            return Some(0);
        }
        let n = self.rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (digits, rest) = self.rest.split_at(n);
        self.rest = rest;
        let nine = digits.iter().copied().chain(std::iter::repeat(b'0')).take(9);
        (n > 0).then(|| nine.fold(0, |nanos, digit| nanos * 10 + i32::from(digit - b'0')))
    }

    /// Reads AM or PM, with or without points; returns whether it is PM.
    pub(super) fn half_of_day(&mut self) -> Option<bool> {
        ["am", "a.m.", "pm", "p.m."]
            .into_iter()
            .find(|half| self.word(half))
            .map(|half| half.starts_with('p'))
    }

    /// Reads Z, UTC, GMT, CET, +02:00, +0200 or +02, in seconds east of Greenwich; 0 at the end.
    pub(super) fn offset(&mut self) -> Option<i32> {
        if self.is_at_end() || ["z", "utc", "gmt"].into_iter().any(|name| self.word(name)) {
            return Some(0);
        }
        if let Some((_, hours)) = ZONES.into_iter().find(|(name, _)| self.word(name)) {
            return Some(hours * 3600);
        }
        let sign = if self.separator(b"+-")? == b'-' { -1 } else { 1 };
        let (hours, minutes) = match self.number()? {
            (hours, 2) if self.take(b':') => (hours, self.two_digits()?),
            (hours, 2) => (hours, 0),
            (both, 4) => (both / 100, both % 100),
            _ => return None,
        };
        (minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
    }

    /// Reads the name of a month, in full or abbreviated; returns its number from 1.
    pub(super) fn month_name(&mut self) -> Option<i32> {
        let n = self.rest.iter().take_while(|byte| !byte.is_ascii() || byte.is_ascii_alphabetic());
        let n = n.count();
        let word = std::str::from_utf8(&self.rest[..n]).ok()?.to_lowercase();
        let index = MONTHS.iter().position(|names| names.contains(&word.as_str()))?;
        self.rest = &self.rest[n..];
        Some(index as i32 + 1)
    }

    /// Skips the English name of a weekday, in full or abbreviated to three letters.
    pub(super) fn weekday_name(&mut self) -> bool {
        let n = self.rest.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
        let Ok(word) = std::str::from_utf8(&self.rest[..n]) else { return false };
        let word = word.to_ascii_lowercase();
        let is_name = |name: &&str| n >= 3 && (word == **name || word == name[..3]);
        let is_here = WEEKDAYS.iter().any(is_name);
        if is_here {
            self.rest = &self.rest[n..];
        }
        is_here
    }

    /// Skips the ending of an ordinal number: 8th.
    pub(super) fn skip_ordinal(&mut self) {
        _ = ["st", "nd", "rd", "th"].into_iter().any(|ending| self.word(ending));
    }

    /// Skips `de`, as Spanish and Portuguese have it between day, month and year.
    pub(super) fn skip_of(&mut self) {
        if self.word("de") {
            self.skip_blanks();
        }
    }

    /// Skips a word in any case, if no letter follows.
    pub(super) fn word(&mut self, word: &str) -> bool {
        let n = word.len();
        let is_here = self.rest.len() >= n
            && self.rest[..n].eq_ignore_ascii_case(word.as_bytes())
            && !self.rest.get(n).is_some_and(u8::is_ascii_alphabetic);
        if is_here {
            self.rest = &self.rest[n..];
        }
        is_here
    }
}

/// Returns the year that two digits mean in POSIX: 69 to 99 lie in the 20th century.
pub(super) fn century(year: i32) -> i32 {
    if year < 69 { 2000 + year } else { 1900 + year }
}
