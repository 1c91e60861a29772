//! A target with too many classes.

use crate::bridge::data::Data;
use crate::file::SpaceFile;
use crate::report::{Fault, quoted};
use trainer::data::Target;

pub(super) fn warning(file: &SpaceFile, data: &Data) -> Option<Fault> {
    let Target::Classes { codes, names } = data.dataset.target() else {
        return None;
    };

    // With fewer than two rows a class, the target is probably a quantity in an unknown notation.
    if 2 * names.len() <= codes.len() {
        return None;
    }

    let message =
        format!("{} classes in {} rows: most have one row only", names.len(), codes.len());
    let first = names.first().map_or("", String::as_str);
    let hint = "a number is written without signs and thousands separators, with a point";
    let warning = file.document.warning_at_value(&["data", "target"], message);

    Some(warning.hint(format!("the first is {}: {hint}", quoted(first))))
}
