//! Folds that test classes that are absent from their training rows, and folds whose metric is
//! undefined.

use crate::bridge::data::Data;
use crate::file::SpaceFile;
use crate::report::{Fault, count, quoted};
use trainer::data::Target;

/// Warns of the classes that a fold tests and never trains on, and of a metric that a fold does not
/// define.
pub fn warnings(file: &SpaceFile, data: &Data) -> Vec<Fault> {
    untrained(file, data).into_iter().chain(super::undefined::warning(file, data)).collect()
}

fn untrained(file: &SpaceFile, data: &Data) -> Vec<Fault> {
    let Target::Classes { codes, names } = data.dataset.target() else {
        return Vec::new();
    };
    let mut found = Vec::new();
    let mut n_folds = 0;
    for split in 0..data.splits.len() {
        let fold = data.splits.fold(split);
        let counted = |rows: &[u32]| {
            let mut counts = vec![0_u64; names.len()];
            for &row in rows {
                counts[codes[row as usize] as usize] += 1;
            }
            counts
        };
        let (train, test) = (counted(&fold.train), counted(&fold.test));
        let untrained = (0..names.len()).filter(|&class| train[class] == 0 && test[class] > 0);
        // One class a fold is named, that with the most test rows: it affects the score most.
        let Some(class) = untrained.max_by_key(|&class| test[class]) else { continue };
        n_folds += 1;
        if found.is_empty() {
            let rows = count(test[class], "row");
            found.push(format!(
                "fold {split} tests {rows} of class {}, of which it trains on none",
                quoted(&names[class])
            ));
        }
    }
    let Some(first) = found.pop() else { return Vec::new() };
    let others = match n_folds - 1 {
        0 => String::new(),
        1 => ", and so does 1 other fold".to_owned(),
        n => format!(", and so do {n} other folds"),
    };
    let key = if file.plan.cv.group.is_some() {
        "group"
    } else if file.plan.cv.order.is_some() {
        "order"
    } else {
        "folds"
    };
    let warning = file.document.warning_at(&["cv", key], format!("{first}{others}"));
    vec![warning.hint("such rows are always wrong: fewer folds, or another group or order, leave each class in training")]
}
