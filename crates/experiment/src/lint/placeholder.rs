//! Placeholders of other programs, which this program passes on literally or in part, and arguments
//! that only a shell would split.

use crate::file::placeholder::in_toml;
use crate::file::{Piece, SpaceFile, literal};
use crate::report::{Fault, quoted};
use tuner::space::Parameter;

pub(super) fn warnings(file: &SpaceFile) -> Vec<Fault> {
    let arguments = file.plan.command.iter().flatten().enumerate();
    let found = arguments.filter_map(|(index, argument)| {
        Some((index, suspect(&argument.pieces, file.plan.space.parameters())?))
    });

    let warning = |(index, (written, name)): (usize, (String, &str))| {
        let path = ["objective", "command", &index.to_string()];
        let fault = file.document.warning_at_value(
            &path,
            format!("{} is not the value of `{name}` alone", quoted(&written)),
        );
        fault.hint(format!("{{{name}}} is; no shell reads the argument, and a value has one form"))
    };

    let mut warnings: Vec<Fault> = found.map(warning).collect();
    warnings.extend(of_shell(file));
    warnings
}

/// Arguments that a shell would have split, replaced or put an interpreter before.
fn of_shell(file: &SpaceFile) -> Vec<Fault> {
    let mut warnings = Vec::new();
    let mut is_script = false;
    for (index, argument) in file.plan.command.iter().flatten().enumerate() {
        let path = ["objective", "command", &index.to_string()];
        let text = in_toml(&argument.pieces, file.plan.space.parameters());
        if index == 0 && text.starts_with('-') {
            let message = format!("the program is {}, which looks like an option", quoted(&text));
            warnings.push(
                file.document
                    .warning_at_value(&path, message)
                    .hint("the program stands first: [\"python3\", \"train.py\", …]"),
            );
        }

        let words: Vec<&str> = text.split_whitespace().collect();
        if index > 0 && text.starts_with('-') && words[1..].iter().any(|w| w.starts_with("--")) {
            let list: Vec<String> = words.iter().map(|word| literal(word)).collect();
            let message = format!("{} is one argument with blanks in it", quoted(&text));
            warnings.push(
                file.document
                    .warning_at_value(&path, message)
                    .hint(format!("no shell splits it: {}", list.join(", "))),
            );
        }

        let replaced = file.plan.space.parameters().iter().find(|parameter| {
            let name = parameter.name.as_str();
            [format!("${name}"), format!("%{name}%"), format!("<{name}>")].contains(&text)
        });
        if let Some(parameter) = replaced {
            let message = format!("{} is passed on as it is written", quoted(&text));
            warnings.push(
                file.document
                    .warning_at_value(&path, message)
                    .hint(format!("{{{}}} is the value", parameter.name)),
            );
        } else if !is_script && is_for_shell(&text, &argument.pieces) {
            let message = format!("{} is passed on as it is written", quoted(&text));
            warnings.push(file.document.warning_at_value(&path, message).hint(FOR_SHELL));
        }

        // What follows `sh -c` is read by a shell.
        is_script |= text == "-c";
    }
    warnings
}

/// Arguments that join or redirect commands in a shell.
const OPERATORS: [&str; 8] = ["&&", "||", "|", ";", ">", ">>", "<", "2>&1"];

const FOR_SHELL: &str = "no shell reads it: a path is written in full, and [\"sh\", \"-c\", \
                         \"…\"] runs a line";

/// Whether an argument is an operator, or begins as a home folder or a variable in capitals does in
/// a shell.
fn is_for_shell(text: &str, pieces: &[Piece]) -> bool {
    let is_variable = |rest: &str| {
        let rest = rest.strip_prefix('{').unwrap_or(rest);
        let name = rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next();
        name.is_some_and(|name| {
            name.starts_with(|c: char| c.is_ascii_uppercase()) && name.to_uppercase() == name
        })
    };
    let Some(Piece::Text(begin)) = pieces.first() else { return false };

    OPERATORS.contains(&text)
        || begin.starts_with("~/")
        || begin.strip_prefix('$').is_some_and(is_variable)
}

/// Returns the first `${name}`, `{name:.3f}` or `{ name }` of a parameter, and its name.
fn suspect<'a>(pieces: &[Piece], parameters: &'a [Parameter]) -> Option<(String, &'a str)> {
    let dollar = pieces.windows(2).find_map(|pair| match pair {
        [Piece::Text(before), Piece::Parameter(position)] if before.ends_with('$') => {
            Some(*position)
        }
        _ => None,
    });

    if let Some(position) = dollar {
        let name = parameters[position].name.as_str();
        return Some((format!("${{{name}}}"), name));
    }

    let texts = pieces
        .iter()
        .filter_map(|piece| if let Piece::Text(text) = piece { Some(text) } else { None });

    // What is left as text is no placeholder of ours, but may be meant as one.
    texts.flat_map(|text| text.split('{').skip(1)).find_map(|rest| {
        let inside = rest.split('}').next().filter(|inside| inside.len() < rest.len())?;
        let name = inside.split([':', '!']).next()?.trim();
        let parameter =
            parameters.iter().find(|parameter| parameter.name == name && inside != name)?;
        Some((format!("{{{inside}}}"), parameter.name.as_str()))
    })
}
