//! Constant columns.

use crate::bridge::data::Data;
use crate::file::SpaceFile;
use crate::report::{Fault, count, quoted};

/// Most columns named one by one.
const SHOWN: usize = 3;

pub(super) fn warning(file: &SpaceFile, data: &Data) -> Option<Fault> {
    let constant = data.dataset.features().constant();
    let (shown, rest) = constant.split_at(constant.len().min(SHOWN));
    let names = shown.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(", ");

    let message = match (shown, rest.len()) {
        ([], _) => return None,
        ([_], _) => format!(
            "column {names} has the same value in every row: nothing can be learned from it"
        ),
        (_, 0) => format!(
            "columns {names} have the same value in every row: nothing can be learned from them"
        ),
        (_, n) => {
            format!(
                "{} have the same value in every row, {names} among them",
                count((n + SHOWN) as u64, "column")
            )
        }
    };

    Some(
        file.document
            .warning_at(&["data", "path"], message)
            .hint("`drop` in [data] leaves columns out"),
    )
}
