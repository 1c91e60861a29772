//! Placeholders of other programs, which this program passes on literally or in part.

use crate::file::{Piece, SpaceFile};
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

    found.map(warning).collect()
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
