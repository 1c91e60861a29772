//! A target whose classes are too many to be classes.

use crate::bridge::data::Data;
use crate::file::StudyFile;
use crate::report::Fault;
use trainer::data::{Target, Task};

pub(super) fn warning(file: &StudyFile, data: &Data) -> Option<Fault> {
    let (facts, target) = (data.dataset.facts(), data.dataset.target());
    let Target::Classes { names, .. } = target else { return None };
    if facts.task != Task::Classification || 2 * facts.n_classes <= facts.n_rows {
        return None;
    }
    let message = format!("{} classes in {} rows: most stand for one row alone", facts.n_classes, facts.n_rows);
    let first = names.first().map_or("", String::as_str);
    let hint = format!(
        "the first is {}: a number is written without signs and separators of thousands, with a point",
        crate::report::quoted(first)
    );
    Some(file.warning_at_value(&["data", "target"], message).hint(hint))
}
