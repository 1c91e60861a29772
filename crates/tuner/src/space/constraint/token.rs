//! The tokens of an expression.

use crate::error::ExpressionFault;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Number(f64),
    Text(String),
    Name(String),
    /// An operator, parenthesis, comma or keyword.
    Sign(&'static str),
    End,
}

impl Token {
    pub(super) fn describe(&self) -> String {
        match self {
            Self::Number(v) => v.to_string(),
            Self::Text(t) => format!("\"{t}\""),
            Self::Name(n) => format!("`{n}`"),
            Self::Sign(s) => format!("`{s}`"),
            Self::End => "the end".to_owned(),
        }
    }
}

/// Longer signs come before their prefixes.
const SIGNS: [&str; 17] =
    ["<=", ">=", "==", "!=", "//", "<", ">", "+", "-", "*", "/", "%", "^", "(", ")", ",", "="];
const KEYWORDS: [&str; 5] = ["and", "or", "not", "true", "false"];

/// Splits an expression into tokens with their byte offsets; the last is [`Token::End`].
pub(super) fn tokens(text: &str) -> Result<Vec<(usize, Token)>, (usize, ExpressionFault)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let start = at;
        let token = if c.is_whitespace() {
            at += c.len_utf8();
            continue;
        } else if c.is_ascii_digit() || c == '.' {
            at += number_len(&text[at..]);
            let word = &text[start..at];
            Token::Number(
                word.parse().map_err(|_| (start, ExpressionFault::UnexpectedCharacter(c)))?,
            )
        } else if c.is_alphabetic() || c == '_' {
            at += text[at..]
                .find(|c: char| !(c.is_alphanumeric() || c == '_'))
                .unwrap_or(text.len() - at);
            let word = &text[start..at];
            KEYWORDS
                .iter()
                .find(|k| **k == word)
                .map_or_else(|| Token::Name(word.to_owned()), |k| Token::Sign(k))
        } else if c == '"' {
            let len = text[at + 1..].find('"').ok_or((start, ExpressionFault::UnclosedText))?;
            at += len + 2;
            Token::Text(text[start + 1..at - 1].to_owned())
        } else {
            let sign = SIGNS.iter().find(|s| text[at..].starts_with(**s));
            let sign = sign.ok_or((start, ExpressionFault::UnexpectedCharacter(c)))?;
            at += sign.len();
            Token::Sign(sign)
        };
        found.push((start, token));
    }

    found.push((text.len(), Token::End));
    Ok(found)
}

/// Returns the length of the number at the start of `text`: digits, a point, an exponent with its
/// sign.
fn number_len(text: &str) -> usize {
    let bytes = text.as_bytes();
    let digits = |from: usize| {
        from + bytes[from..].iter().take_while(|b| b.is_ascii_digit() || **b == b'.').count()
    };

    let end = digits(0);
    // Only with digits behind it: otherwise `e` begins a name.
    if end < bytes.len() && matches!(bytes[end], b'e' | b'E') {
        let sign = usize::from(bytes.get(end + 1).is_some_and(|b| matches!(b, b'+' | b'-')));
        let exponent = digits(end + 1 + sign);
        if exponent > end + 1 + sign {
            return exponent;
        }
    }

    end
}
