//! Removes blanks between a separator and an opening quote: `1, "a, b"` is two cells.

/// The parser's state at the end of the bytes so far.
#[derive(Clone, Copy, Debug)]
pub(super) struct Quotes {
    is_quoted: bool,
    /// Whether a cell begins here, ignoring blanks.
    is_at_start: bool,
    /// The previous byte.
    before: u8,
    /// Blanks after a separator at the end, held back until the next byte shows whether a quote
    /// follows.
    n_held: usize,
}

impl Default for Quotes {
    fn default() -> Self {
        Self { is_quoted: false, is_at_start: true, before: b'\n', n_held: 0 }
    }
}

fn is_separator(byte: u8) -> bool {
    matches!(byte, b',' | b';' | b'\t' | b'|' | b'\n')
}

impl Quotes {
    /// Removes such blanks from `bytes` after `start`, and holds back those at the end.
    pub(super) fn tidy(&mut self, bytes: &mut Vec<u8>, start: usize) {
        if self.n_held > 0 {
            let held = std::iter::repeat_n(b' ', self.n_held);
            bytes.splice(start..start, held);
            self.n_held = 0;
        }

        if bytes[start..].contains(&b'"') {
            self.take_away(bytes, start);
        } else if let Some(at) = bytes[start..].iter().rposition(|&byte| byte != b' ') {
            // Without a quote only the state at the end changes.
            let last = bytes[start + at];
            self.is_at_start = !self.is_quoted && is_separator(last);
            self.before = bytes[bytes.len() - 1];
        }

        if self.is_at_start {
            let n = bytes[start..].iter().rev().take_while(|&&byte| byte == b' ').count();
            self.n_held = n;
            bytes.truncate(bytes.len() - n);
        }
    }

    /// Returns the blanks that were held back.
    pub(super) fn release(&mut self, bytes: &mut Vec<u8>) {
        bytes.extend(std::iter::repeat_n(b' ', self.n_held));
        self.n_held = 0;
    }

    fn take_away(&mut self, bytes: &mut Vec<u8>, start: usize) {
        let mut kept = start;
        // Start of the blanks at the beginning of a cell.
        let mut blanks = start;

        for position in start..bytes.len() {
            let byte = bytes[position];
            if byte == b'"' {
                if self.is_quoted {
                    self.is_quoted = false;
                } else if self.is_at_start {
                    kept = blanks;
                    self.is_quoted = true;
                } else if self.before == b'"' {
                    // The second of a pair of quotes inside a quoted cell.
                    self.is_quoted = true;
                }
                self.is_at_start = false;
            } else if !self.is_quoted && is_separator(byte) {
                self.is_at_start = true;
            } else if byte != b' ' {
                self.is_at_start = false;
            }
            bytes[kept] = byte;
            kept += 1;
            if !(self.is_at_start && byte == b' ') {
                blanks = kept;
            }
            self.before = byte;
        }

        bytes.truncate(kept);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tidied(text: &str, chunk: usize) -> String {
        let mut quotes = Quotes::default();
        let mut all = Vec::new();
        for part in text.as_bytes().chunks(chunk) {
            let start = all.len();
            all.extend_from_slice(part);
            quotes.tidy(&mut all, start);
        }
        quotes.release(&mut all);
        String::from_utf8(all).unwrap()
    }

    #[test]
    fn blanks_before_a_quote_go_and_others_stay() {
        for (text, expected) in [
            ("1, \"a, b\",  \"c\"\n  \"d\", e f \n", "1,\"a, b\",\"c\"\n\"d\", e f \n"),
            ("\"x, \"\"y\"\" z\", 5\n", "\"x, \"\"y\"\" z\", 5\n"),
            ("a b \"c\", d\n", "a b \"c\", d\n"),
            ("5\" pipe, \"long\"\n", "5\" pipe,\"long\"\n"),
            ("\"two\n lines, \"\" \", 1\n", "\"two\n lines, \"\" \", 1\n"),
            ("a,  \n", "a,  \n"),
        ] {
            for chunk in [1, 2, 3, 7, 100] {
                assert_eq!(tidied(text, chunk), expected, "{text:?} by {chunk}");
            }
        }
    }
}
