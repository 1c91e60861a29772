//! Columns whose reading deserves attention: numbers read as categories, codes read as numbers,
//! identifiers.

use crate::bridge::data::Data;
use crate::file::SpaceFile;
use crate::report::Fault;

pub(super) fn warnings(file: &SpaceFile, data: &Data) -> Vec<Fault> {
    let warning = |(message, hint): (String, String)| {
        file.document.warning_at(&["data", "path"], message).hint(hint)
    };
    data.columns.remarks().into_iter().map(warning).collect()
}
