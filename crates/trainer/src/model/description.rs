//! The description of a model: everything but its weights.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::data::{Feature, FeatureKind, NumberForm, Schema, Task};
use crate::loss::Loss;
use crate::network::Architecture;
use crate::prepare::{Preparation, TargetScaling};
use crate::recipe::Setting;

/// Everything about a model but its weights.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModelDescription {
    /// Classification or regression.
    pub task: Task,
    /// The classes, in the order of the probabilities; empty for regression.
    pub classes: Vec<String>,
    /// The scale that converts a regression's outputs back to the target's units.
    pub target: TargetScaling,
    /// The training loss.
    pub loss: Loss,
    /// The columns it predicts from.
    pub schema: Schema,
    /// The target's column and how it was read; absent in models of version 0.3.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<Feature>,
    /// SHA-256 of the table it was trained on, if known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<String>,
    /// How raw columns become inputs.
    pub preparation: Preparation,
    /// The network.
    pub architecture: Architecture,
    /// The settings it was trained with, by their names.
    pub recipe: BTreeMap<String, Setting>,
}

impl ModelDescription {
    /// Returns how to read the target from another table: as in training. If the description lacks
    /// it, the column has no name and holds plain numbers or the classes.
    pub fn reading_of_target(&self) -> Feature {
        self.answer.clone().unwrap_or_else(|| Feature {
            name: String::new(),
            kind: match self.task {
                Task::Classification => {
                    FeatureKind::Category { labels: self.classes.clone(), literal: false }
                }
                Task::Regression => FeatureKind::Number { shift: 0.0, form: NumberForm::default() },
            },
            missing: Vec::new(),
        })
    }
}
