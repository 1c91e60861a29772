//! The ten configurations that all variants share.

use trainer::recipe::{Recipe, Setting};

/// Epochs of each training.
const EPOCHS: i64 = 30;

/// A configuration, of adam.
pub struct Design {
    learning_rate: f64,
    depth: i64,
    width: i64,
    dropout: f64,
    lambda: f64,
    batch_size: i64,
    activation: &'static str,
}

/// Drawn once: each column has one value from each tenth of its range.
pub const DESIGNS: [Design; 10] = [
    design(0.003, 2, 64, 0.0, 1e-4, 64, "relu"),
    design(0.001, 3, 128, 0.1, 1e-5, 128, "relu"),
    design(0.01, 1, 128, 0.2, 1e-3, 64, "tanh"),
    design(0.0005, 2, 256, 0.15, 1e-6, 64, "silu"),
    design(0.002, 4, 64, 0.0, 1e-3, 32, "relu"),
    design(0.006, 2, 32, 0.05, 1e-5, 128, "silu"),
    design(0.0015, 1, 256, 0.4, 1e-4, 256, "relu"),
    design(0.004, 3, 96, 0.3, 1e-6, 128, "relu"),
    design(0.0008, 2, 192, 0.25, 1e-2, 32, "tanh"),
    design(0.0025, 3, 48, 0.0, 1e-7, 256, "silu"),
];

const fn design(
    learning_rate: f64,
    depth: i64,
    width: i64,
    dropout: f64,
    lambda: f64,
    batch_size: i64,
    activation: &'static str,
) -> Design {
    Design { learning_rate, depth, width, dropout, lambda, batch_size, activation }
}

impl Design {
    /// Returns it on top of the default recipe.
    pub fn recipe(&self) -> Recipe {
        let mut recipe = Recipe::default();
        let settings: [(&str, Setting); 8] = [
            ("learning_rate", self.learning_rate.into()),
            ("depth", self.depth.into()),
            ("width", self.width.into()),
            ("dropout", self.dropout.into()),
            ("lambda", self.lambda.into()),
            ("batch_size", self.batch_size.into()),
            ("activation", self.activation.into()),
            ("epochs", EPOCHS.into()),
        ];
        for (name, setting) in settings {
            recipe.set(name, setting).unwrap();
        }
        recipe
    }
}
