//! What each input of a network stands for, so that a model can be exported or explained.

use super::preparation::Preparation;
use crate::data::Schema;

/// One prepared column.
#[derive(Clone, Debug, PartialEq)]
pub struct Input {
    /// The feature it comes from.
    pub feature: String,
    /// How it comes from it.
    pub source: Source,
}

/// The way from a raw cell to an input.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// `(f32(x − shift) − centre) · scale` for a number x, computed in this order, the difference inside `f32` in
    /// double precision; `fill` where x is missing.
    Number {
        /// Taken off in double precision.
        shift: f64,
        /// Taken off in single precision.
        centre: f32,
        /// Multiplied at last.
        scale: f32,
        /// The input where x is missing: that of the training rows' mean.
        fill: f32,
    },
    /// 1 where the number is missing, else 0.
    IsMissingNumber,
    /// 1 where the category is `label`, else 0.
    Is {
        /// As it stands in the file.
        label: String,
    },
    /// 1 where the category is missing, else 0.
    IsMissingCategory,
}

impl Preparation {
    /// Says what each input is: all numbers first, then what tells where they are missing, then the categories, each in the
    /// schema's order. As long as [`n_inputs`](Self::n_inputs) if the schema is the one of the features fitted on.
    pub fn inputs(&self, schema: &Schema) -> Vec<Input> {
        let numbers: Vec<(&str, f64)> = schema.numbers().collect();
        let mut inputs: Vec<Input> = numbers
            .iter()
            .zip(self.scales())
            .map(|(&(feature, shift), (centre, scale, fill))| Input {
                feature: feature.to_owned(),
                source: Source::Number { shift, centre, scale, fill },
            })
            .collect();
        inputs.extend(self.indicators().iter().filter_map(|&number| {
            let &(feature, _) = numbers.get(number as usize)?;
            Some(Input { feature: feature.to_owned(), source: Source::IsMissingNumber })
        }));
        for ((feature, labels), levels) in schema.categories().zip(self.levels()) {
            let label = |&code: &u32| Source::Is {
                label: labels.get(code as usize).cloned().unwrap_or_default(),
            };
            let sources = levels.present().map(|code| label(&code));
            let missing = levels.has_missing().then_some(Source::IsMissingCategory);
            inputs.extend(
                sources.chain(missing).map(|source| Input { feature: feature.to_owned(), source }),
            );
        }
        inputs
    }

    /// Whether this preparation can read features of a schema: as many numbers and categories, labels as many as fitted.
    pub fn fits(&self, schema: &Schema) -> bool {
        schema.numbers().count() == self.scales().count()
            && schema.categories().count() == self.levels().len()
            && schema
                .categories()
                .zip(self.levels())
                .all(|((_, labels), levels)| labels.len() == levels.n_labels())
    }
}
