//! Checks free settings into a recipe that the trainer accepts.

use super::{BatchSize, PerLayer, Recipe, RecipeError};
use crate::choice::NamedChoice;
use crate::data::Facts;
use crate::network::activation::Activation;
use crate::network::{Architecture, Network};
use crate::optim::{AdamPenalties, LookAhead, Optimizer, OptimizerName, Rule, Segment};
use crate::schedule::{Decay, Schedule};

/// A recipe whose settings are consistent with each other and with the data; only [`Recipe::check`]
/// makes one.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckedRecipe {
    recipe: Recipe,
    hidden: Vec<(usize, Activation)>,
    lambda: Vec<f64>,
    lambda_l1: Vec<f64>,
}

impl Recipe {
    /// Checks the settings against each other and against the data.
    ///
    /// # Errors
    /// A list by layer of the wrong length, a mini-batch larger than the table, a warm-up as long
    /// as the training, a decay that would grow.
    pub fn check(&self, facts: &Facts) -> Result<CheckedRecipe, RecipeError> {
        if let BatchSize::Rows(batch_size) = self.batch_size
            && batch_size as usize > facts.n_rows
        {
            return Err(RecipeError::BatchSize { batch_size, rows: facts.n_rows });
        }
        if self.warmup_epochs > 0.0 && self.warmup_epochs >= f64::from(self.epochs) {
            let (warmup_epochs, epochs) = (self.warmup_epochs, self.epochs);
            return Err(RecipeError::WarmUp { warmup_epochs, epochs });
        }
        // A factor above 1 would let the learning rate grow without bound.
        if matches!(self.schedule, Decay::Exponential | Decay::Step) && self.decay > 1.0 {
            return Err(RecipeError::Decay { schedule: self.schedule.name(), decay: self.decay });
        }
        let widths = self.hidden_widths();
        let n_matrices = widths.len() + 1;
        let activations = by_layer("activation", "hidden layer", &self.activation, widths.len())?;
        Ok(CheckedRecipe {
            hidden: widths.iter().map(|&width| width as usize).zip(activations).collect(),
            lambda: by_layer("lambda", "weight matrix", &self.lambda, n_matrices)?,
            lambda_l1: by_layer("lambda_l1", "weight matrix", &self.lambda_l1, n_matrices)?,
            recipe: self.clone(),
        })
    }
}

fn by_layer<T: Clone>(
    field: &'static str,
    layer: &'static str,
    values: &PerLayer<T>,
    expected: usize,
) -> Result<Vec<T>, RecipeError> {
    values.resolve(expected).map_err(|found| RecipeError::Length { field, layer, expected, found })
}

impl CheckedRecipe {
    /// Returns the settings.
    pub fn settings(&self) -> &Recipe {
        &self.recipe
    }

    /// Returns width and activation of each hidden layer from the input on.
    pub fn hidden(&self) -> &[(usize, Activation)] {
        &self.hidden
    }

    /// Returns λ of each weight matrix from the input on.
    pub fn lambda(&self) -> &[f64] {
        &self.lambda
    }

    /// Returns λ₁ of each weight matrix from the input on.
    pub fn lambda_l1(&self) -> &[f64] {
        &self.lambda_l1
    }

    /// Returns the number of mini-batches in an epoch over `n_rows` training rows: the least that
    /// `batch_size` allows.
    pub fn n_batches(&self, n_rows: usize) -> usize {
        match self.recipe.batch_size {
            BatchSize::Rows(rows) => n_rows.div_ceil((rows as usize).max(1)),
            BatchSize::Full => 1,
        }
    }

    /// Returns the architecture for given numbers of prepared inputs and outputs.
    pub fn architecture(&self, n_inputs: usize, n_outputs: usize) -> Architecture {
        Architecture {
            n_inputs,
            hidden: self.hidden.clone(),
            n_outputs,
            batch_norm: self.recipe.batch_norm,
        }
    }

    /// Returns the optimizer of a network's parameters, with each layer's penalties.
    pub(crate) fn optimizer(&self, network: &Network) -> Optimizer {
        let penalties = self.lambda.iter().zip(&self.lambda_l1);
        let segments = network.layers().iter().zip(penalties).flat_map(|(layer, (&l2, &l1))| {
            let free = layer.bias.start..layer.gain.end.max(layer.bias.end);
            [
                Segment { range: layer.weights.clone(), l2: l2 as f32, l1: l1 as f32 },
                Segment { range: free, l2: 0.0, l1: 0.0 },
            ]
        });
        Optimizer::new(self.rule(), segments.collect())
    }

    fn rule(&self) -> Rule {
        let Recipe { optimizer, momentum, nesterov, beta1, beta2, rho, epsilon, .. } = self.recipe;
        let epsilon = epsilon as f32;
        let adam = |penalties| Rule::Adam { beta1, beta2, epsilon, penalties };

        match optimizer {
            OptimizerName::Sgd => {
                let look_ahead = if nesterov { LookAhead::Nesterov } else { LookAhead::Plain };
                Rule::Sgd { momentum: momentum as f32, look_ahead }
            }
            OptimizerName::Rmsprop => Rule::RmsProp { rho: rho as f32, epsilon },
            OptimizerName::Adam => adam(AdamPenalties::InGradient),
            OptimizerName::Adamw => adam(AdamPenalties::Decoupled),
        }
    }

    /// Returns the learning-rate schedule.
    pub fn schedule(&self) -> Schedule {
        Schedule {
            form: self.recipe.schedule,
            decay: self.recipe.decay,
            decay_epochs: self.recipe.decay_epochs,
            warmup_epochs: self.recipe.warmup_epochs,
            epochs: f64::from(self.recipe.epochs),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Task;

    const FACTS: Facts =
        Facts { n_rows: 100, n_features: 4, n_inputs: 4, n_classes: 3, task: Task::Classification };

    fn message(recipe: &Recipe) -> String {
        recipe.check(&FACTS).unwrap_err().to_string()
    }

    #[test]
    fn lists_must_be_as_long_as_there_are_layers() {
        let relu_tanh = PerLayer::Each(vec![Activation::Relu, Activation::Tanh]);
        let recipe = Recipe { activation: relu_tanh, depth: 3, ..Recipe::default() };
        assert_eq!(
            message(&recipe),
            "activation: expected 3 values, one for each hidden layer, found 2"
        );
        assert_eq!(
            Recipe { depth: 2, ..recipe }.check(&FACTS).unwrap().hidden()[1],
            (64, Activation::Tanh)
        );
        let recipe = Recipe { lambda: PerLayer::Each(vec![0.1]), ..Recipe::default() };
        assert_eq!(
            message(&recipe),
            "lambda: expected 3 values, one for each weight matrix, found 1"
        );
    }

    #[test]
    fn settings_that_contradict_each_other_or_the_data_are_refused() {
        let recipe = Recipe { batch_size: BatchSize::Rows(101), ..Recipe::default() };
        assert!(message(&recipe).starts_with("batch_size: expected at most the table's 100 rows"));
        let recipe = Recipe { warmup_epochs: 40.0, ..Recipe::default() };
        assert_eq!(message(&recipe), "warmup_epochs: expected fewer than the 40 epochs, found 40");
        let recipe = Recipe { schedule: Decay::Step, decay: 2.0, ..Recipe::default() };
        assert_eq!(message(&recipe), "decay: expected at most 1 with schedule = \"step\", found 2");
    }
}
