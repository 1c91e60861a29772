//! The list of hyperparameters.

use std::ops::Bound::{Excluded, Included};

use super::field::{Field, FieldCondition, Hint, HintConfidence, HintScale};
use super::kind::FieldKind;
use super::{ClassWeight, Recipe, Shape};
use crate::choice::NamedChoice;
use crate::network::activation::Activation;
use crate::network::init::Init;
use crate::optim::OptimizerName;
use crate::prepare::Scaling;
use crate::recipe::setting::FieldValue;
use crate::schedule::Decay;
use FieldCondition::{Above, Is, Unset};

/// Returns every hyperparameter of the trainer.
pub fn fields() -> &'static [Field] {
    FIELDS
}

const MAX_WIDTH: i64 = 16_384;
const DECAYS: &[&str] = &["exponential", "step", "inverse_time"];

fn names<C: NamedChoice>() -> Vec<&'static str> {
    C::NAMES.iter().map(|(name, _)| *name).collect()
}

const fn number(
    first_guess: f64,
    low: f64,
    high: f64,
    scale: HintScale,
    confidence: HintConfidence,
) -> Hint {
    Hint::Number { first_guess, low, high, scale, confidence }
}

/// `field!(name, kind, acts_when, hint, doc)`; the name is that of the recipe's field.
macro_rules! field {
    ($name:ident, $kind:expr, $acts_when:expr, $hint:expr, $doc:expr) => {
        Field {
            name: stringify!($name),
            kind: $kind,
            doc: $doc,
            acts_when: $acts_when,
            hint: $hint,
            write: |recipe, setting, kind| {
                recipe.$name = FieldValue::read(setting, kind)?;
                Ok(())
            },
            read: |recipe: &Recipe| recipe.$name.write(),
        }
    };
}

const FIELDS: &[Field] = &[
    field!(
        learning_rate,
        FieldKind::Float(Excluded(0.0), Included(1000.0)),
        &[],
        number(0.003, 1e-4, 0.3, HintScale::Log, HintConfidence::Medium),
        "The step size; sgd with momentum needs about ten times that of adam."
    ),
    field!(
        schedule,
        FieldKind::Choice(names::<Decay>),
        &[],
        Hint::Names { first_guess: "constant", values: &["constant", "exponential", "cosine"] },
        "The learning-rate schedule."
    ),
    field!(
        decay,
        FieldKind::Float(Excluded(0.0), Included(1000.0)),
        &[Is("schedule", DECAYS)],
        number(0.5, 0.05, 0.9, HintScale::Log, HintConfidence::Low),
        "The factor of the schedule over decay_epochs (exponential, step: at most 1), or its rate (inverse_time)."
    ),
    field!(
        decay_epochs,
        FieldKind::Float(Excluded(0.0), Included(1e6)),
        &[Is("schedule", DECAYS)],
        number(10.0, 2.0, 50.0, HintScale::Log, HintConfidence::Low),
        "The epochs in which decay applies once."
    ),
    field!(
        warmup_epochs,
        FieldKind::Float(Included(0.0), Included(1e6)),
        &[],
        number(0.0, 0.0, 5.0, HintScale::Linear, HintConfidence::Medium),
        "The epochs in which the learning rate rises from zero; the schedule begins after them."
    ),
    field!(
        optimizer,
        FieldKind::Choice(names::<OptimizerName>),
        &[],
        Hint::Names { first_guess: "adam", values: &["sgd", "adam"] },
        "The optimizer."
    ),
    field!(
        momentum,
        FieldKind::Float(Included(0.0), Excluded(1.0)),
        &[Is("optimizer", &["sgd"])],
        number(0.9, 0.0, 0.99, HintScale::Linear, HintConfidence::Medium),
        "The momentum of sgd: the share of the last step that is added to the next."
    ),
    field!(
        nesterov,
        FieldKind::Bool,
        &[Is("optimizer", &["sgd"]), Above("momentum", 0.0)],
        Hint::None,
        "Whether sgd uses Nesterov momentum."
    ),
    field!(
        beta1,
        FieldKind::Float(Included(0.0), Excluded(1.0)),
        &[Is("optimizer", &["adam", "adamw"])],
        number(0.9, 0.8, 0.98, HintScale::Linear, HintConfidence::High),
        "β₁ of adam: the decay rate of the mean gradient."
    ),
    field!(
        beta2,
        FieldKind::Float(Included(0.0), Excluded(1.0)),
        &[Is("optimizer", &["adam", "adamw"])],
        number(0.999, 0.9, 0.9999, HintScale::Linear, HintConfidence::High),
        "β₂ of adam: the decay rate of the mean squared gradient."
    ),
    field!(
        rho,
        FieldKind::Float(Included(0.0), Excluded(1.0)),
        &[Is("optimizer", &["rmsprop"])],
        number(0.99, 0.8, 0.999, HintScale::Linear, HintConfidence::High),
        "ρ of rmsprop: the decay rate of the mean squared gradient."
    ),
    field!(
        epsilon,
        FieldKind::Float(Included(1e-30), Included(1.0)),
        &[Is("optimizer", &["adam", "adamw", "rmsprop"])],
        Hint::None,
        "ε, added to the root of the mean squared gradient before dividing by it."
    ),
    field!(
        batch_size,
        FieldKind::IntOr(1, 1 << 31, "full"),
        &[],
        number(32.0, 8.0, 256.0, HintScale::Log, HintConfidence::Medium),
        "The most rows per step, or \"full\" for all rows of a fold; batches differ by one row at most."
    ),
    field!(
        epochs,
        FieldKind::Int(1, 1_000_000),
        &[],
        number(40.0, 10.0, 200.0, HintScale::Log, HintConfidence::Low),
        "The most passes through all training rows."
    ),
    field!(
        patience,
        FieldKind::Int(0, 1_000_000),
        &[],
        number(10.0, 5.0, 30.0, HintScale::Log, HintConfidence::Low),
        "Early stopping after this many epochs without improvement on a held-out tenth; 0: off."
    ),
    field!(
        averaging,
        FieldKind::Float(Included(0.0), Excluded(1.0)),
        &[],
        number(0.99, 0.9, 0.999, HintScale::Linear, HintConfidence::Medium),
        "The decay rate per step of a moving average of the weights, which is scored and kept in their place; 0: off."
    ),
    field!(
        dropout,
        FieldKind::Float(Included(0.0), Excluded(1.0)),
        &[],
        number(0.1, 0.0, 0.5, HintScale::Linear, HintConfidence::Low),
        "The probability to drop a unit of a hidden layer in a step."
    ),
    field!(
        input_dropout,
        FieldKind::Float(Included(0.0), Excluded(1.0)),
        &[],
        number(0.0, 0.0, 0.3, HintScale::Linear, HintConfidence::Medium),
        "The probability to drop an input in a step."
    ),
    field!(
        lambda,
        FieldKind::FloatByLayer(Included(0.0), Included(1000.0)),
        &[],
        number(1e-4, 1e-7, 0.1, HintScale::Log, HintConfidence::Low),
        "The L2 penalty λ, the factor of ½Σw²; one number, or one for each weight matrix."
    ),
    field!(
        lambda_l1,
        FieldKind::FloatByLayer(Included(0.0), Included(1000.0)),
        &[],
        number(1e-6, 1e-7, 0.01, HintScale::Log, HintConfidence::Low),
        "The L1 penalty, the factor of Σ|w|; one number, or one for each weight matrix."
    ),
    field!(
        depth,
        FieldKind::Int(0, 32),
        &[Unset("layers")],
        number(2.0, 1.0, 4.0, HintScale::Linear, HintConfidence::Medium),
        "The number of hidden layers; 0 is a linear model."
    ),
    field!(
        width,
        FieldKind::Int(1, MAX_WIDTH),
        &[Unset("layers"), Above("depth", 0.0)],
        number(64.0, 16.0, 256.0, HintScale::Log, HintConfidence::Medium),
        "The units of the first hidden layer."
    ),
    field!(
        shape,
        FieldKind::Choice(names::<Shape>),
        &[Unset("layers"), Above("depth", 1.0)],
        Hint::Names { first_guess: "constant", values: &["constant", "funnel"] },
        "The widths of later hidden layers: all equal, or each half of the one before."
    ),
    field!(
        layers,
        FieldKind::IntByLayer(1, MAX_WIDTH),
        &[],
        Hint::None,
        "The hidden layers' widths one by one, as \"64-32\" or [64, 32], in place of depth, width and shape."
    ),
    field!(
        activation,
        FieldKind::ChoiceByLayer(names::<Activation>),
        &[],
        Hint::Names { first_guess: "relu", values: &["relu", "tanh", "silu"] },
        "The activation function of the hidden layers."
    ),
    field!(
        init,
        FieldKind::Choice(names::<Init>),
        &[],
        Hint::Names { first_guess: "auto", values: &["auto", "xavier_uniform", "he_uniform"] },
        "The weight initialisation; auto follows the activation."
    ),
    field!(
        scaling,
        FieldKind::Choice(names::<Scaling>),
        &[],
        Hint::Names { first_guess: "standard", values: &["standard", "minmax"] },
        "The scaling of numeric columns, learned from the training rows."
    ),
    field!(
        bins,
        FieldKind::Int(0, 256),
        &[],
        number(16.0, 4.0, 64.0, HintScale::Log, HintConfidence::Low),
        "The intervals between quantiles over which each number is spread, beside the number itself; 0: off. For tables of some thousand rows or more."
    ),
    field!(
        batch_norm,
        FieldKind::Bool,
        &[],
        Hint::None,
        "Whether batch normalisation precedes each hidden layer's activation."
    ),
    field!(
        clip_norm,
        FieldKind::Float(Included(0.0), Included(1e9)),
        &[],
        number(1.0, 0.1, 10.0, HintScale::Log, HintConfidence::Low),
        "Gradient clipping: the greatest Euclidean norm of a step's gradient; 0: off."
    ),
    field!(
        label_smoothing,
        FieldKind::Float(Included(0.0), Excluded(1.0)),
        &[],
        number(0.0, 0.0, 0.2, HintScale::Linear, HintConfidence::Medium),
        "Label smoothing: the share of a label spread evenly over all classes (classification)."
    ),
    field!(
        class_weight,
        FieldKind::Choice(names::<ClassWeight>),
        &[],
        Hint::Names { first_guess: "none", values: &["none", "balanced"] },
        "Class weights: none, or balanced, so that all classes count alike (classification)."
    ),
];
