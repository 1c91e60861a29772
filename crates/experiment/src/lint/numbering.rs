//! Columns that number the rows.

use crate::bridge::data::Data;
use crate::file::SpaceFile;
use crate::report::{Fault, quoted};

pub(super) fn warning(file: &SpaceFile, data: &Data) -> Option<Fault> {
    let found = data.dataset.features().row_numbers();
    let name = found.first()?;
    let message = format!(
        "column {} numbers the rows: what a network learns from it holds for no other row",
        quoted(name)
    );
    Some(
        file.document
            .warning_at(&["data", "path"], message)
            .hint("`drop` in [data] leaves columns out"),
    )
}
