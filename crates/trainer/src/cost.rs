//! The cost of a training, computed before it starts.

use crate::fit::n_outputs;
use crate::network::Architecture;
use crate::recipe::CheckedRecipe;

/// Sizes of a training, determined by its settings and the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// Number of weights, biases and gains.
    pub n_parameters: u64,
    /// Multiply-adds of all planned epochs' matrix products: for each row, with a layer of k inputs
    /// and n outputs, k n forward, k n for the gradient by its weights and, but in the first layer,
    /// k n for that by its inputs. Scoring, activations and updates are not counted, nor is what
    /// early stopping saves.
    pub multiply_adds: u64,
}

/// Computes the cost of training on `n_rows` rows of `n_inputs` prepared numbers, for `n_classes`
/// classes (0 for regression).
///
/// Sums beyond 2⁶⁴ − 1 saturate.
pub fn plan(recipe: &CheckedRecipe, n_rows: usize, n_inputs: usize, n_classes: usize) -> Cost {
    let architecture = recipe.architecture(n_inputs, n_outputs(n_classes));
    let per_row = multiply_adds_per_row(&architecture);
    let rows = u64::from(recipe.settings().epochs).saturating_mul(n_rows as u64);
    Cost { n_parameters: architecture.n_parameters(), multiply_adds: per_row.saturating_mul(rows) }
}

fn multiply_adds_per_row(architecture: &Architecture) -> u64 {
    let sizes = architecture.layers().map(|(inputs, outputs)| inputs as u64 * outputs as u64);
    sizes.enumerate().map(|(layer, size)| if layer == 0 { 2 * size } else { 3 * size }).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Facts, Task};
    use crate::recipe::Recipe;

    #[test]
    fn products_are_counted_forward_and_backward() {
        let facts = Facts {
            n_rows: 1797,
            n_features: 64,
            n_inputs: 64,
            n_classes: 10,
            task: Task::Classification,
        };
        let recipe =
            Recipe { layers: vec![32], epochs: 20, ..Recipe::default() }.check(&facts).unwrap();
        let cost = plan(&recipe, 1797, 64, 10);
        assert_eq!(
            cost,
            Cost {
                n_parameters: 65 * 32 + 33 * 10,
                multiply_adds: 20 * 1797 * (2 * 64 * 32 + 3 * 32 * 10)
            }
        );
    }
}
