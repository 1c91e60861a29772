//! A scanner for short texts, from left to right.

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
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

    /// Reads Z, UTC, GMT, +02:00, +0200 or +02, in seconds east of Greenwich; 0 at the end.
    pub(super) fn offset(&mut self) -> Option<i32> {
        if self.is_at_end() || ["z", "utc", "gmt"].into_iter().any(|name| self.word(name)) {
            return Some(0);
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

    /// Reads the English name of a month, in full or abbreviated to three letters; returns its
    /// number from 1.
    pub(super) fn month_name(&mut self) -> Option<i32> {
        self.name_of(&MONTHS).map(|index| index as i32 + 1)
    }

    /// Skips the English name of a weekday, in full or abbreviated to three letters.
    pub(super) fn weekday_name(&mut self) -> bool {
        self.name_of(&WEEKDAYS).is_some()
    }

    fn name_of(&mut self, names: &[&str]) -> Option<usize> {
        let n = self.rest.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
        let word = std::str::from_utf8(&self.rest[..n]).ok()?.to_ascii_lowercase();
        let is_name = |name: &&str| {
            n >= 3 && (word == **name || word == name[..3])
                || (word == "sept" && name.starts_with("sept"))
        };
        let index = names.iter().position(is_name)?;
        self.rest = &self.rest[n..];
        Some(index)
    }

    /// Skips a word in any case, if no letter follows.
    fn word(&mut self, word: &str) -> bool {
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
