//! Texts that a spreadsheet would evaluate instead of showing.
//!
//! In CSV such a text has an apostrophe before it, which a script that reads it back must know.

use crate::file::SpaceFile;
use crate::report::{Fault, quoted};
use tuner::space::{Domain, Value};

/// First characters that Excel and other spreadsheets take for a formula.
const SIGNS: [char; 4] = ['=', '+', '-', '@'];

pub(super) fn warnings(file: &SpaceFile) -> Vec<Fault> {
    let of = |domain: &Domain| match domain {
        Domain::Ordinal(values) | Domain::Categorical(values) => {
            values.iter().find_map(formula).map(str::to_owned)
        }
        Domain::Fixed(value) => formula(value).map(str::to_owned),
        Domain::Float { .. } | Domain::Int { .. } => None,
    };
    let warning = |(name, text): (&String, String)| {
        let message = format!(
            "a spreadsheet takes the value {} of {} for a formula",
            quoted(&text),
            quoted(name)
        );
        let fault = file.document.warning_at(&["space", name, "values"], message);
        fault.hint("CSV files have an apostrophe before it; avoid such a first character")
    };
    file.plan
        .space
        .parameters()
        .iter()
        .filter_map(|p| Some((&p.name, of(&p.domain)?)))
        .map(warning)
        .collect()
}

/// The text of a value, if a spreadsheet would evaluate it: not a signed number.
fn formula(value: &Value) -> Option<&str> {
    let Value::Text(text) = value else {
        return None;
    };
    (text.starts_with(SIGNS) && text.parse::<f64>().is_err()).then_some(text)
}
