//! The origin of each input of a network, for export and explanation.

use super::preparation::Preparation;
use crate::data::Schema;

/// One prepared column.
#[derive(Clone, Debug, PartialEq)]
pub struct Input {
    /// The feature from which it comes.
    pub feature: String,
    /// How it is computed.
    pub source: Encoding,
}

/// How a raw cell becomes an input.
#[derive(Clone, Debug, PartialEq)]
pub enum Encoding {
    /// `(f32(x − shift) − centre) · scale` for a number x, computed in this order, with the
    /// difference inside `f32` in double precision; `fill` if x is missing.
    Number {
        /// Subtracted in double precision.
        shift: f64,
        /// Subtracted in single precision.
        centre: f32,
        /// The final factor.
        scale: f32,
        /// The input if x is missing, which is that of the training rows' mean.
        fill: f32,
    },
    /// `clamp((f32(x − shift) − low) · slope − 1, −1, 1)` for a number x, in this order; 0 if x is
    /// missing.
    Piece {
        /// Subtracted in double precision.
        shift: f64,
        /// The lower bound of the interval, subtracted in single precision.
        low: f32,
        /// 2 over its length.
        slope: f32,
    },
    /// 1 if the number is missing, else 0.
    IsMissingNumber,
    /// 1 if the category is `label`, else 0.
    Is {
        /// The label as in the file.
        label: String,
    },
    /// 1 if the category is missing, else 0.
    IsMissingCategory,
}

impl Preparation {
    /// Describes each input: first all numbers, then the indicators of missing ones, then the
    /// categories, then the intervals over which numbers are spread, each in the schema's order.
    /// Has [`n_inputs`](Self::n_inputs) elements if the schema is that of the fitted features.
    pub fn inputs(&self, schema: &Schema) -> Vec<Input> {
        let numbers: Vec<(&str, f64)> = schema.numbers().collect();
        let mut inputs: Vec<Input> = numbers
            .iter()
            .zip(self.scales())
            .map(|(&(feature, shift), (centre, scale, fill))| Input {
                feature: feature.to_owned(),
                source: Encoding::Number { shift, centre, scale, fill },
            })
            .collect();

        inputs.extend(self.indicators().iter().filter_map(|&number| {
            let &(feature, _) = numbers.get(number as usize)?;
            Some(Input { feature: feature.to_owned(), source: Encoding::IsMissingNumber })
        }));

        for ((feature, labels), levels) in schema.categories().zip(self.levels()) {
            let label = |&code: &u32| Encoding::Is {
                label: labels.get(code as usize).cloned().unwrap_or_default(),
            };
            let sources = levels.present().map(|code| label(&code));
            let missing = levels.has_missing().then_some(Encoding::IsMissingCategory);
            inputs.extend(
                sources.chain(missing).map(|source| Input { feature: feature.to_owned(), source }),
            );
        }

        for (&(feature, shift), pieces) in numbers.iter().zip(self.pieces()) {
            inputs.extend(pieces.parts().map(|(low, slope)| Input {
                feature: feature.to_owned(),
                source: Encoding::Piece { shift, low, slope },
            }));
        }

        inputs
    }

    /// Whether this preparation can read features of a schema: the same numbers of numeric and
    /// categorical columns, and of labels.
    pub fn fits(&self, schema: &Schema) -> bool {
        schema.numbers().count() == self.scales().count()
            && schema.categories().count() == self.levels().len()
            && schema
                .categories()
                .zip(self.levels())
                .all(|((_, labels), levels)| labels.len() == levels.n_labels())
    }
}
