//! Building blocks of messages.

use std::fmt;

/// Shows a name between backticks: control characters and marks of writing direction escaped, at
/// most 60 characters.
pub fn quoted(name: &str) -> String {
    const LONGEST: usize = 60;
    let mut shown = String::from("`");
    let cut = name.char_indices().nth(LONGEST).map(|(at, _)| at);
    shown.push_str(&printable(&name[..cut.unwrap_or(name.len())]));
    if cut.is_some() {
        shown.push('…');
    }
    shown.push('`');
    shown
}

/// Quotes a text as one argument for a shell.
pub fn pasted(text: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "-_./,:=@%+".contains(c);
    if text.chars().all(is_plain) && !text.is_empty() {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// Escapes characters that move the cursor or change the direction of writing.
pub(crate) fn printable(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        if is_invisible(character) {
            shown.extend(character.escape_unicode());
        } else {
            shown.push(character);
        }
    }
    shown
}

/// Makes text printable, but keeps line breaks and tabs.
pub fn tame(text: &str) -> String {
    text.split('\n')
        .map(|line| line.split('\t').map(printable).collect::<Vec<_>>().join("\t"))
        .collect::<Vec<_>>()
        .join("\n")
}

/// Whether a character controls the terminal instead of being shown.
pub(crate) fn is_invisible(character: char) -> bool {
    character.is_control() || is_directional(character)
}

/// Characters that change the direction of writing or have no width, which can make a text look
/// like another.
fn is_directional(character: char) -> bool {
    matches!(
        character,
        '\u{061c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'
            | '\u{2066}'..='\u{2069}' | '\u{feff}'
    )
}

/// Joins items: `a, b or c`.
pub fn in_words<T: fmt::Display>(items: impl IntoIterator<Item = T>) -> String {
    let mut items: Vec<String> = items.into_iter().map(|item| item.to_string()).collect();
    match items.pop() {
        None => String::new(),
        Some(last) if items.is_empty() => last,
        Some(last) => format!("{} or {last}", items.join(", ")),
    }
}

/// Counts things: `1 trial`, `2 trials`.
pub fn count(n: u64, thing: &str) -> String {
    if n == 1 { format!("1 {thing}") } else { format!("{n} {thing}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_shell_would_take_apart_is_quoted() {
        assert_eq!(pasted("größe-2/a.b"), "größe-2/a.b");
        assert_eq!(pasted("x & y's"), r"'x & y'\''s'");
    }

    #[test]
    fn names_cannot_move_the_cursor() {
        assert_eq!(quoted("a\u{1b}[2J\u{202e}b"), "`a\\u{1b}[2J\\u{202e}b`");
        assert_eq!(quoted(&"x".repeat(100)).chars().count(), 63);
    }

    #[test]
    fn texts_cannot_command_the_terminal() {
        assert_eq!(
            tame("a\tb\n\u{1b}[31mc\u{202e}\r\u{9b}\u{200b}"),
            "a\tb\n\\u{1b}[31mc\\u{202e}\\u{d}\\u{9b}\\u{200b}"
        );
    }

    #[test]
    fn lists_read_as_sentences() {
        assert_eq!(in_words(["a", "b", "c"]), "a, b or c");
        assert_eq!(in_words(["a"]), "a");
    }
}
