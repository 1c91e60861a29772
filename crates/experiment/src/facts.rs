//! Facts recorded when a study begins: about the program, the data and the learned prior mean.

use crate::platform;
use trainer::{Metric, NamedChoice};
use tuner::study::Study;

/// The fact that identifies a program: a hash of its command, files, folds and seeds.
pub const PROGRAM: &str = "program";

/// The fact by which the user says that data and folds of own programs are the same.
pub(crate) const DATA_ID: &str = "data_id";

/// Facts about a study. They are recorded as pairs of texts; unknown ones are kept as they are.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StudyFacts {
    /// The study's name.
    pub name: Option<String>,
    /// Version of the program that created it.
    pub version: Option<String>,
    /// Instruction set with which it began.
    pub instruction_set: Option<String>,
    /// The name of the loss.
    pub metric: Option<String>,
    /// `classification` or `regression`, for the built-in trainer.
    pub task: Option<String>,
    /// Number of searched rows.
    pub rows: Option<usize>,
    /// Number of feature columns.
    pub features: Option<usize>,
    /// Number of the network's inputs.
    pub inputs: Option<usize>,
    /// Number of classes; 0 for regression.
    pub classes: Option<usize>,
    /// SHA-256 of the data file.
    pub data: Option<String>,
    /// SHA-256 of the splits.
    pub split: Option<String>,
    /// How each column of the data was read, as JSON.
    pub columns: Option<String>,
    /// Mean over splits of the ratio of test to training rows.
    pub test_train_ratio: Option<f64>,
    /// The loss of the best constant prediction.
    pub baseline: Option<f64>,
    /// SHA-256 of the experience file at the beginning.
    pub experience: Option<String>,
    /// The path from the study's folder to its space file.
    pub file: Option<String>,
    /// Facts from other versions.
    pub others: Vec<(String, String)>,
}

impl StudyFacts {
    /// Reads the facts of a study.
    pub fn of(study: &Study) -> Self {
        Self::from_pairs(&study.text().facts)
    }

    /// Returns the facts about the program that creates a study.
    pub(crate) fn of_this_program() -> Self {
        Self {
            version: Some(platform::VERSION.to_owned()),
            instruction_set: Some(platform::instruction_set().to_owned()),
            ..Self::default()
        }
    }

    /// Reads facts from their stored form. A number that cannot be read is kept among the unknown
    /// ones.
    pub(crate) fn from_pairs(pairs: &[(String, String)]) -> Self {
        let mut facts = Self::default();
        for (name, value) in pairs {
            if facts.set(name, value).is_none() {
                facts.others.push((name.clone(), value.clone()));
            }
        }
        facts
    }

    fn set(&mut self, name: &str, value: &str) -> Option<()> {
        let text = || Some(value.to_owned());
        match name {
            "name" => self.name = text(),
            "version" => self.version = text(),
            "instruction_set" => self.instruction_set = text(),
            "metric" => self.metric = text(),
            "task" => self.task = text(),
            "rows" => self.rows = Some(value.parse().ok()?),
            "features" => self.features = Some(value.parse().ok()?),
            "inputs" => self.inputs = Some(value.parse().ok()?),
            "classes" => self.classes = Some(value.parse().ok()?),
            "data" => self.data = text(),
            "split" => self.split = text(),
            "columns" => self.columns = text(),
            "test_train_ratio" => self.test_train_ratio = Some(value.parse().ok()?),
            "baseline" => self.baseline = Some(value.parse().ok()?),
            "experience" => self.experience = text(),
            "file" => self.file = text(),
            _ => return None,
        }

        Some(())
    }

    /// Returns the stored form: pairs of texts, the known ones in a fixed order.
    pub(crate) fn to_pairs(&self) -> Vec<(String, String)> {
        let count = |n: &Option<usize>| n.map(|n| n.to_string());
        let number = |v: &Option<f64>| v.map(|v| v.to_string());
        let known = [
            ("name", self.name.clone()),
            ("version", self.version.clone()),
            ("instruction_set", self.instruction_set.clone()),
            ("metric", self.metric.clone()),
            ("task", self.task.clone()),
            ("rows", count(&self.rows)),
            ("features", count(&self.features)),
            ("inputs", count(&self.inputs)),
            ("classes", count(&self.classes)),
            ("data", self.data.clone()),
            ("split", self.split.clone()),
            ("columns", self.columns.clone()),
            ("test_train_ratio", number(&self.test_train_ratio)),
            ("baseline", number(&self.baseline)),
            ("experience", self.experience.clone()),
            ("file", self.file.clone()),
        ];

        let known = known.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
        // Facts of newer versions are kept as they were read.
        known.chain(self.others.iter().cloned()).collect()
    }

    /// Returns the name of the loss in words: `1 - roc_auc` if the built-in trainer maximises its
    /// metric.
    pub fn loss_name(&self) -> String {
        let name = self.metric_name();
        let trained = Metric::NAMES.iter().filter(|_| self.task.is_some());
        let is_maximised = trained.filter(|(n, _)| *n == name).any(|(_, m)| m.is_maximised());
        if is_maximised { format!("1 - {name}") } else { name.to_owned() }
    }

    /// Returns the name of the metric.
    pub(crate) fn metric_name(&self) -> &str {
        self.metric.as_deref().unwrap_or("loss")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_come_back_as_they_were_kept() {
        let facts = StudyFacts {
            rows: Some(1797),
            baseline: Some(0.1 + 0.2),
            others: vec![("later".to_owned(), "1".to_owned())],
            ..StudyFacts::of_this_program()
        };
        assert_eq!(StudyFacts::from_pairs(&facts.to_pairs()), facts);
    }

    #[test]
    fn a_number_that_cannot_be_read_is_kept_as_a_text() {
        let pairs = [("rows".to_owned(), "many".to_owned())];
        let facts = StudyFacts::from_pairs(&pairs);
        assert_eq!((facts.rows, facts.to_pairs().as_slice()), (None, &pairs[..]));
    }
}
