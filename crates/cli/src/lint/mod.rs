//! What is probably not meant as it is written: warnings, a file each, that `check` prints.
//!
//! A lint never refuses: what cannot be done is an error, found where the file is read or bridged.

mod idle;
mod range;
mod size;

use crate::bridge::data::Data;
use crate::file::StudyFile;
use crate::report::Fault;

/// Looks a study over; `data` where the built-in trainer has some.
pub fn warnings(file: &StudyFile, data: Option<&Data>) -> Vec<Fault> {
    let mut warnings = size::warnings(file, data);
    warnings.extend(range::warnings(file));
    if let Some(data) = data {
        warnings.extend(idle::warnings(file, data.dataset.facts().task));
    }
    warnings
}
