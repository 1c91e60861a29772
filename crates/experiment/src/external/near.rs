//! Finds what was probably meant as an answer in a program's other output.
//!
//! A line is read as an answer if it can be nothing else: a JSON object with text before or after
//! it, or an object over several lines. It counts if there is no other answer and only one of
//! these, since a program that logs its losses prints many. Any other line that names a loss is
//! quoted in the reason for the missing result.

use super::json::{object, parsed};
use crate::report::quoted;
use serde_json::{Map, Value as Json};

/// Greatest length in bytes of an object over several lines.
const LONGEST_BLOCK: usize = 1 << 16;
/// Number of lines that are tried as the end of its object.
const MOST_TRIES: u32 = 200;
/// Number of bytes of a line that are examined.
const LONGEST: usize = 1 << 12;
/// Number of characters kept of the last line.
const MOST_KEPT: usize = 200;
/// Number of opening braces of a line that are tried as the beginning of its object.
const MOST_BRACES: usize = 8;

/// What was found so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Near {
    /// The first object that could be the answer.
    answer: Option<String>,
    n_answers: u32,
    /// The last line that names a loss and is not an answer.
    line: Option<String>,
    /// The last line of all that is not empty.
    last: Option<String>,
    /// An object whose end has not been read.
    block: String,
    n_tries: u32,
}

impl Near {
    /// Examines a line that is not an answer.
    pub fn take(&mut self, line: &[u8]) {
        let text = String::from_utf8_lossy(line);
        let text = text.trim_end().rsplit('\r').next().unwrap_or_default();

        let text = text.trim_start_matches('\u{feff}').trim();
        if !text.is_empty() {
            self.last = Some(text.chars().take(MOST_KEPT).collect());
        }
        if self.go_on(text) || text.len() > LONGEST || !text.to_lowercase().contains("loss") {
            return;
        }

        // A nested loss may mean something else.
        let inner = if parsed(text).is_ok() { None } else { embedded(text) };
        match inner {
            // A point of a learning curve in a log is not an answer.
            Some(fields) if fields.contains_key("epoch") => {}
            Some(fields) => self.count(fields),
            None if names_a_number(text) => self.line = Some(text.to_owned()),
            None => {}
        }
    }

    /// Continues or begins an object over several lines; returns whether this line ended one with a
    /// loss.
    fn go_on(&mut self, text: &str) -> bool {
        if text.starts_with('{') && !(self.is_open() && self.block.ends_with([',', ':', '['])) {
            self.block.clear();
            self.n_tries = 0;
        } else if !self.is_open() {
            return false;
        }

        self.block.push_str(text);
        // Each line is parsed together with the block before it: without a limit, output with many
        // open braces would take quadratic time.
        let is_too_long = self.block.len() > LONGEST_BLOCK || self.n_tries > MOST_TRIES;
        if is_too_long {
            self.block.clear();
        }

        if is_too_long || !text.ends_with('}') || self.block == text {
            return false;
        }

        self.n_tries += 1;
        let Some(fields) = object(self.block.as_bytes()) else {
            return false;
        };

        self.block.clear();
        let is_answer = fields.contains_key("loss") && !fields.contains_key("epoch");
        if is_answer {
            self.count(fields);
        }

        is_answer
    }

    fn is_open(&self) -> bool {
        !self.block.is_empty()
    }

    fn count(&mut self, fields: Map<String, Json>) {
        self.n_answers += 1;
        self.answer.get_or_insert_with(|| Json::Object(fields).to_string());
    }

    /// Returns the only possible answer as a line; `None` if there is none, or several.
    pub(crate) fn only_answer(&self) -> Option<String> {
        self.answer.clone().filter(|_| self.n_answers == 1)
    }

    /// Returns the last line that is not empty.
    pub(crate) fn last(&self) -> Option<&str> {
        self.last.as_deref()
    }

    /// Explains why there is no answer.
    pub fn reason(&self) -> String {
        if self.n_answers > 1 {
            let n = self.n_answers;
            return format!(
                "no loss: {n} lines hold one beside other text, and none is `{{\"loss\": …}}` alone"
            );
        }
        let nothing = "no loss: it ended without printing {\"loss\": …}";
        match (&self.line, &self.last) {
            (None, None) => nothing.to_owned(),
            (None, Some(last)) => format!("{nothing}; its last line is {}", quoted(last)),
            (Some(line), _) => {
                format!("no loss: it printed {}, {}", quoted(line), what_is_wrong(line))
            }
        }
    }
}

/// Returns the only JSON object in a line that has a loss, with other text around it.
fn embedded(text: &str) -> Option<Map<String, Json>> {
    for (at, _) in text.match_indices('{').take(MOST_BRACES) {
        let mut values = serde_json::Deserializer::from_str(&text[at..]).into_iter::<Json>();
        if let Some(Ok(Json::Object(fields))) = values.next()
            && fields.get("loss").is_some_and(Json::is_number)
        {
            let rest = &text[at + values.byte_offset()..];
            return (!rest.contains("\"loss\"")).then_some(fields);
        }
    }
    None
}

/// Whether a number, or a placeholder for one, follows the word `loss`.
fn names_a_number(text: &str) -> bool {
    let text = text.to_lowercase();
    text.match_indices("loss").any(|(at, word)| {
        let rest = text[at + word.len()..].trim_start_matches(['"', '\'', ' ', ':', '=', '\t']);
        rest.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c))
            || ["nan", "inf"].iter().chain(&WRAPPERS).any(|word| rest.starts_with(word))
    })
}

/// How Python prints numbers of other types, which JSON does not take either.
const WRAPPERS: [&str; 5] = ["np.float", "numpy.float", "tensor(", "array(", "decimal("];

fn is_wrapped(text: &str) -> bool {
    WRAPPERS.iter().any(|word| text.to_lowercase().contains(word))
}

/// Explains what is wrong with a line that names a loss, and what to do.
fn what_is_wrong(line: &str) -> String {
    let is_object = line.starts_with('{') && line.ends_with('}');
    match parsed(line) {
        Ok(fields) if name_of_loss(&fields).is_some() => {
            let name = name_of_loss(&fields).unwrap_or_default();
            format!("whose loss is called {}: print it as `loss`", quoted(name))
        }
        Ok(_) => {
            "where the loss is inside another object: `loss` belongs at the top level".to_owned()
        }
        Err(_) if is_object && is_wrapped(line) => {
            "which is Python, not JSON: print(json.dumps({\"loss\": float(loss)}))".to_owned()
        }
        Err(_) if is_object && line.contains('\'') => {
            "which is Python, not JSON: print(json.dumps(…))".to_owned()
        }
        Err(error) if is_object => format!("which is not JSON ({error})"),
        Err(_) => "where a line {\"loss\": …} is expected".to_owned(),
    }
}

/// Returns the only key of an object with a number that names a loss: `Loss`, `val_loss`.
fn name_of_loss(fields: &Map<String, Json>) -> Option<&str> {
    let is_one = |(name, value): &(&String, &Json)| {
        name.to_lowercase().contains("loss") && value.is_number()
    };
    let mut found = fields.iter().filter(is_one);
    let (name, _) = found.next()?;
    found.next().is_none().then_some(name.as_str())
}

#[cfg(test)]
mod tests {
    use super::super::answer::Answer;

    fn loss(text: &str) -> Result<Option<f64>, String> {
        let mut answer = Answer::default();
        for line in text.lines() {
            answer.take(line.as_bytes());
        }
        answer.settle();
        answer.result(None).map(|result| result.loss)
    }

    #[test]
    fn what_can_only_be_the_answer_is_read() {
        for text in [
            "training...{\"loss\": 0.3}",
            "INFO: {\"loss\": 0.3, \"n\": 1}",
            "{\"loss\": 0.3} done",
            "{\n  \"loss\": 0.3,\n  \"sizes\": {\n    \"a\": 1\n  }\n}",
            "{\n\"sizes\": [\n{\n\"a\": 1\n}\n],\n\"loss\": 0.3}\nbye",
            "{ not json\n{\n\"loss\": 0.3\n}",
            "loss: 0.9\nINFO {\"epoch\": 1, \"loss\": 0.9}\nINFO {\"loss\": 0.3}",
        ] {
            assert_eq!(loss(text), Ok(Some(0.3)), "{text}");
        }
    }

    #[test]
    fn an_answer_alone_on_its_line_counts_before_all_others() {
        let text = "log {\"loss\": 0.9}\nlog {\"loss\": 0.8}\n{\"loss\": 0.3}\nloss=0.7";
        assert_eq!(loss(text), Ok(Some(0.3)));
        let reason = loss("log {\"loss\": 0.9}\nlog {\"loss\": 0.8}").unwrap_err();
        assert!(reason.contains("2 lines hold one"), "{reason}");
    }

    #[test]
    fn what_may_be_something_else_is_quoted_with_what_is_wrong() {
        for (text, expected) in [
            ("{'loss': 0.3}", "`{'loss': 0.3}`, which is Python, not JSON"),
            ("{'loss': np.float64(0.3)}", "not JSON: print(json.dumps({\"loss\": float(loss)}))"),
            ("{'acc': 1, 'loss': tensor(0.3, grad_fn=<M>)}", "float(loss)"),
            ("loss: tensor(0.3)", "where a line {\"loss\": …} is expected"),
            ("loss=0.3", "`loss=0.3`, where a line {\"loss\": …} is expected"),
            ("val_loss: nan", "`val_loss: nan`"),
            ("{\"metrics\": {\"loss\": 0.3}}", "`loss` belongs at the top"),
            ("{\"loss\": 0.3, \"big\": 1e400}", "not JSON (number out of range"),
            ("{loss: 1}", "not JSON"),
            ("{\"Loss\": 0.2}", "whose loss is called `Loss`: print it as `loss`"),
            ("{\"val_loss\": 0.2, \"n\": 3}", "whose loss is called `val_loss`"),
            ("the loss is small", "it ended without printing {\"loss\": …}; its last line is `the"),
            ("[0.25]\n\n", "its last line is `[0.25]`"),
            ("", "it ended without printing"),
        ] {
            let reason = loss(text).unwrap_err();
            assert!(reason.starts_with("no loss: ") && reason.contains(expected), "{reason}");
        }
    }

    #[test]
    fn objects_without_end_are_given_up() {
        let text = format!("{{\n{}", "}\n".repeat(100_000));
        assert!(loss(&text).is_err());
        assert!(loss(&format!("{{\n{}\n", "x".repeat(1 << 20))).is_err());
    }
}
