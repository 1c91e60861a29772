//! The ten configurations that all variants share.

use trainer::recipe::{Recipe, Setting};

/// Epochs of each training.
const EPOCHS: i64 = 30;

/// A configuration of adam: `learning_rate`, `depth`, `width`, `dropout`, `lambda`, `batch_size`
/// and `activation`, as columns of the table below.
pub struct Design(f64, i64, i64, f64, f64, i64, &'static str);

/// Drawn once: each column has one value from each tenth of its range.
pub const DESIGNS: [Design; 10] = [
    Design(0.003, 2, 64, 0.0, 1e-4, 64, "relu"),
    Design(0.001, 3, 128, 0.1, 1e-5, 128, "relu"),
    Design(0.01, 1, 128, 0.2, 1e-3, 64, "tanh"),
    Design(0.0005, 2, 256, 0.15, 1e-6, 64, "silu"),
    Design(0.002, 4, 64, 0.0, 1e-3, 32, "relu"),
    Design(0.006, 2, 32, 0.05, 1e-5, 128, "silu"),
    Design(0.0015, 1, 256, 0.4, 1e-4, 256, "relu"),
    Design(0.004, 3, 96, 0.3, 1e-6, 128, "relu"),
    Design(0.0008, 2, 192, 0.25, 1e-2, 32, "tanh"),
    Design(0.0025, 3, 48, 0.0, 1e-7, 256, "silu"),
];

impl Design {
    /// Returns the default recipe with these settings.
    pub fn recipe(&self) -> Recipe {
        let &Self(learning_rate, depth, width, dropout, lambda, batch_size, activation) = self;
        let mut recipe = Recipe::default();
        let settings: [(&str, Setting); 8] = [
            ("learning_rate", learning_rate.into()),
            ("depth", depth.into()),
            ("width", width.into()),
            ("dropout", dropout.into()),
            ("lambda", lambda.into()),
            ("batch_size", batch_size.into()),
            ("activation", activation.into()),
            ("epochs", EPOCHS.into()),
        ];
        for (name, setting) in settings {
            recipe.set(name, setting).unwrap();
        }
        recipe
    }
}
