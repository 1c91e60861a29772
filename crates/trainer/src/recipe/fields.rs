//! The list of hyperparameters.

use std::ops::Bound::{Excluded, Included};

use super::field::{Condition, Confidence, Field, Hint, Scale};
use super::kind::Kind;
use super::{ClassWeight, Recipe, Shape};
use crate::choice::Choice;
use crate::network::activation::Activation;
use crate::network::init::Init;
use crate::optim::OptimizerName;
use crate::prepare::Scaling;
use crate::recipe::setting::FieldValue;
use crate::schedule::Decay;
use Condition::{Above, Is, Unset};

/// Returns every hyperparameter of the trainer.
pub fn fields() -> &'static [Field] {
    FIELDS
}

const MAX_WIDTH: i64 = 16_384;
const DECAYS: &[&str] = &["exponential", "step", "inverse_time"];

fn names<C: Choice>() -> Vec<&'static str> {
    C::NAMES.iter().map(|(name, _)| *name).collect()
}

const fn number(
    first_guess: f64,
    low: f64,
    high: f64,
    scale: Scale,
    confidence: Confidence,
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
        Kind::Float(Excluded(0.0), Included(1000.0)),
        &[],
        number(0.003, 1e-4, 0.3, Scale::Log, Confidence::Medium),
        "The length of a step along the gradient; sgd with momentum wants about ten times that of adam."
    ),
    field!(
        schedule,
        Kind::Choice(names::<Decay>),
        &[],
        Hint::Names { first_guess: "constant", values: &["constant", "exponential", "cosine"] },
        "How the learning rate falls as training goes on."
    ),
    field!(
        decay,
        Kind::Float(Excluded(0.0), Included(1000.0)),
        &[Is("schedule", DECAYS)],
        number(0.5, 0.05, 0.9, Scale::Log, Confidence::Low),
        "The factor of the schedule over decay_epochs (exponential, step: at most 1), or its rate (inverse_time)."
    ),
    field!(
        decay_epochs,
        Kind::Float(Excluded(0.0), Included(1e6)),
        &[Is("schedule", DECAYS)],
        number(10.0, 2.0, 50.0, Scale::Log, Confidence::Low),
        "The epochs over which decay acts once."
    ),
    field!(
        warmup_epochs,
        Kind::Float(Included(0.0), Included(1e6)),
        &[],
        number(0.0, 0.0, 5.0, Scale::Linear, Confidence::Medium),
        "The epochs over which the learning rate first rises from zero; the schedule begins after them."
    ),
    field!(
        optimizer,
        Kind::Choice(names::<OptimizerName>),
        &[],
        Hint::Names { first_guess: "adam", values: &["sgd", "adam"] },
        "The rule by which weights follow the gradient."
    ),
    field!(
        momentum,
        Kind::Float(Included(0.0), Excluded(1.0)),
        &[Is("optimizer", &["sgd"])],
        number(0.9, 0.0, 0.99, Scale::Linear, Confidence::Medium),
        "The share of the last step that sgd takes along into the next."
    ),
    field!(
        nesterov,
        Kind::Bool,
        &[Is("optimizer", &["sgd"]), Above("momentum", 0.0)],
        Hint::None,
        "Nesterov's momentum: the gradient acts at once and again through the momentum."
    ),
    field!(
        beta1,
        Kind::Float(Included(0.0), Excluded(1.0)),
        &[Is("optimizer", &["adam", "adamw"])],
        number(0.9, 0.8, 0.98, Scale::Linear, Confidence::High),
        "The memory of adam's mean gradient."
    ),
    field!(
        beta2,
        Kind::Float(Included(0.0), Excluded(1.0)),
        &[Is("optimizer", &["adam", "adamw"])],
        number(0.999, 0.9, 0.9999, Scale::Linear, Confidence::High),
        "The memory of adam's mean squared gradient."
    ),
    field!(
        rho,
        Kind::Float(Included(0.0), Excluded(1.0)),
        &[Is("optimizer", &["rmsprop"])],
        number(0.99, 0.8, 0.999, Scale::Linear, Confidence::High),
        "The memory of rmsprop's mean squared gradient."
    ),
    field!(
        epsilon,
        Kind::Float(Included(1e-30), Included(1.0)),
        &[Is("optimizer", &["adam", "adamw", "rmsprop"])],
        Hint::None,
        "What is added to the root of the mean squared gradient before dividing by it."
    ),
    field!(
        batch_size,
        Kind::IntOr(1, 1 << 31, "full"),
        &[],
        number(32.0, 8.0, 256.0, Scale::Log, Confidence::Medium),
        "The most rows that make a step, in batches that differ by one row at most, or \"full\" for all of a fold."
    ),
    field!(
        epochs,
        Kind::Int(1, 1_000_000),
        &[],
        number(40.0, 10.0, 200.0, Scale::Log, Confidence::Low),
        "How often training goes through all rows, at most."
    ),
    field!(
        patience,
        Kind::Int(0, 1_000_000),
        &[],
        number(10.0, 5.0, 30.0, Scale::Log, Confidence::Low),
        "Early stopping after this many epochs without a gain on a tenth of the training fold, kept apart for it; 0: off."
    ),
    field!(
        dropout,
        Kind::Float(Included(0.0), Excluded(1.0)),
        &[],
        number(0.1, 0.0, 0.5, Scale::Linear, Confidence::Low),
        "The probability to drop a unit of a hidden layer in a step."
    ),
    field!(
        input_dropout,
        Kind::Float(Included(0.0), Excluded(1.0)),
        &[],
        number(0.0, 0.0, 0.3, Scale::Linear, Confidence::Medium),
        "The probability to drop an input in a step."
    ),
    field!(
        lambda,
        Kind::FloatByLayer(Included(0.0), Included(1000.0)),
        &[],
        number(1e-4, 1e-7, 0.1, Scale::Log, Confidence::Low),
        "The L2 penalty, the factor of half the sum of squared weights; one number, or one for each weight matrix."
    ),
    field!(
        lambda_l1,
        Kind::FloatByLayer(Included(0.0), Included(1000.0)),
        &[],
        number(1e-6, 1e-7, 0.01, Scale::Log, Confidence::Low),
        "The L1 penalty, the factor of the sum of absolute weights; one number, or one for each weight matrix."
    ),
    field!(
        depth,
        Kind::Int(0, 32),
        &[Unset("layers")],
        number(2.0, 1.0, 4.0, Scale::Linear, Confidence::Medium),
        "The number of hidden layers; 0 is a linear model."
    ),
    field!(
        width,
        Kind::Int(1, MAX_WIDTH),
        &[Unset("layers"), Above("depth", 0.0)],
        number(64.0, 16.0, 256.0, Scale::Log, Confidence::Medium),
        "The units of the first hidden layer."
    ),
    field!(
        shape,
        Kind::Choice(names::<Shape>),
        &[Unset("layers"), Above("depth", 1.0)],
        Hint::Names { first_guess: "constant", values: &["constant", "funnel"] },
        "How the widths go on from the first hidden layer: all alike, or each half of the one before."
    ),
    field!(
        layers,
        Kind::IntByLayer(1, MAX_WIDTH),
        &[],
        Hint::None,
        "The hidden layers' widths one by one, as \"64-32\" or [64, 32], in place of depth, width and shape."
    ),
    field!(
        activation,
        Kind::ChoiceByLayer(names::<Activation>),
        &[],
        Hint::Names { first_guess: "relu", values: &["relu", "tanh", "silu"] },
        "The function between a hidden layer's sum and its output."
    ),
    field!(
        init,
        Kind::Choice(names::<Init>),
        &[],
        Hint::Names { first_guess: "auto", values: &["auto", "xavier_uniform", "he_uniform"] },
        "The distribution of the first weights; auto follows the activation."
    ),
    field!(
        scaling,
        Kind::Choice(names::<Scaling>),
        &[],
        Hint::Names { first_guess: "standard", values: &["standard", "minmax"] },
        "How number columns are scaled, by the training rows alone."
    ),
    field!(
        batch_norm,
        Kind::Bool,
        &[],
        Hint::None,
        "Batch normalisation between each hidden layer's sum and its activation."
    ),
    field!(
        clip_norm,
        Kind::Float(Included(0.0), Included(1e9)),
        &[],
        number(1.0, 0.1, 10.0, Scale::Log, Confidence::Low),
        "The greatest Euclidean norm of a step's gradient, which is scaled down to it, penalties aside; 0: no limit."
    ),
    field!(
        label_smoothing,
        Kind::Float(Included(0.0), Excluded(1.0)),
        &[],
        number(0.0, 0.0, 0.2, Scale::Linear, Confidence::Medium),
        "The share of a row's class that training spreads evenly over all classes (classification)."
    ),
    field!(
        class_weight,
        Kind::Choice(names::<ClassWeight>),
        &[],
        Hint::Names { first_guess: "none", values: &["none", "balanced"] },
        "How much each class counts in training: as its rows do, or all classes alike (classification)."
    ),
];
