//! Losses of configurations whose analysis of variance can be computed.

use crate::hartmann::wells;
use std::f64::consts::{E, PI, TAU};
use tuner::space::{Condition, Config, Domain, Parameter, Scale, Space, Value};

/// A function over a space.
pub(crate) struct Function {
    /// Its usual name.
    pub(crate) name: &'static str,
    /// What is searched.
    pub(crate) space: fn() -> Space,
    /// The loss, above 0.
    pub(crate) loss: fn(&Config) -> f64,
}

/// All functions.
pub(crate) const FUNCTIONS: [Function; 12] = [
    Function { name: "Branin", space: branin_space, loss: |c| branin(&numbers(c)) },
    Function { name: "Hartmann", space: || cube(6, 0.0, 1.0), loss: |c| hartmann(&numbers(c)) },
    Function { name: "Ishigami", space: || cube(3, -PI, PI), loss: |c| ishigami(&numbers(c)) },
    Function { name: "Sobol g", space: || cube(5, 0.0, 1.0), loss: |c| sobol_g(&numbers(c)) },
    Function { name: "Friedman", space: || cube(6, 0.0, 1.0), loss: |c| friedman(&numbers(c)) },
    Function {
        name: "Rosenbrock",
        space: || cube(3, -2.0, 2.0),
        loss: |c| rosenbrock(&numbers(c)),
    },
    Function { name: "Levy", space: || cube(4, -10.0, 10.0), loss: |c| levy(&numbers(c)) },
    Function { name: "Ackley", space: || cube(3, -5.0, 10.0), loss: |c| ackley(&numbers(c)) },
    Function {
        name: "Styblinski",
        space: || cube(4, -5.0, 5.0),
        loss: |c| styblinski(&numbers(c)),
    },
    Function { name: "training", space: training_space, loss: training },
    Function { name: "categories", space: categories_space, loss: categories },
    Function { name: "conditional", space: conditional_space, loss: conditional },
];

fn range(name: &str, low: f64, high: f64, scale: Scale) -> Parameter {
    Parameter::new(name, Domain::Float { low, high, scale, step: None })
}

fn category(name: &str, values: &[&str]) -> Parameter {
    let values = values.iter().map(|value| Value::Text((*value).into())).collect();
    Parameter::new(name, Domain::Categorical(values))
}

fn int(name: &str, low: i64, high: i64, scale: Scale) -> Parameter {
    Parameter::new(name, Domain::Int { low, high, scale, step: 1 })
}

fn space(parameters: Vec<Parameter>) -> Space {
    Space::new(parameters, &[]).expect("the space is valid")
}

fn cube(n: usize, low: f64, high: f64) -> Space {
    space((0..n).map(|i| range(&format!("x{i}"), low, high, Scale::Linear)).collect())
}

fn branin_space() -> Space {
    space(vec![range("x", -5.0, 10.0, Scale::Linear), range("y", 0.0, 15.0, Scale::Linear)])
}

/// The values that are numbers.
fn numbers(config: &Config) -> Vec<f64> {
    (0..).map_while(|i| config.get(i)).filter_map(Value::as_number).collect()
}

/// The position of a text among `names`.
fn index(config: &Config, position: usize, names: &str) -> f64 {
    let value = config.get(position).map(ToString::to_string).unwrap_or_default();
    names.find(&value).unwrap_or(0) as f64
}

fn branin(x: &[f64]) -> f64 {
    let bent = x[1] - 5.1 / (4.0 * PI * PI) * x[0] * x[0] + 5.0 / PI * x[0] - 6.0;
    bent * bent + 10.0 * (1.0 - 1.0 / (8.0 * PI)) * libm::cos(x[0]) + 10.0
}

/// 0.1 at its minimum.
fn hartmann(x: &[f64]) -> f64 {
    3.422_368 - wells(x, libm::exp)
}

/// After Ishigami and Homma (1990), above 0.
fn ishigami(x: &[f64]) -> f64 {
    let sine = |x: f64| libm::sin(x);
    sine(x[0]) * (1.0 + 0.1 * x[2].powi(4)) + 7.0 * sine(x[1]) * sine(x[1]) + 11.0
}

/// A product of factors of decreasing importance (Saltelli and Sobol' 1995).
fn sobol_g(x: &[f64]) -> f64 {
    let factor = |(x, a): (&f64, f64)| ((4.0 * x - 2.0).abs() + a) / (1.0 + a);
    0.05 + x.iter().zip([0.0, 0.5, 3.0, 9.0, 99.0]).map(factor).product::<f64>()
}

/// Five of six parameters have an effect (Friedman 1991).
fn friedman(x: &[f64]) -> f64 {
    let bent = 20.0 * (x[2] - 0.5) * (x[2] - 0.5);
    1.0 + 10.0 * libm::sin(PI * x[0] * x[1]) + bent + 10.0 * x[3] + 5.0 * x[4]
}

fn rosenbrock(x: &[f64]) -> f64 {
    let step = |w: &[f64]| 100.0 * (w[1] - w[0] * w[0]).powi(2) + (1.0 - w[0]).powi(2);
    1.0 + x.windows(2).map(step).sum::<f64>()
}

fn levy(x: &[f64]) -> f64 {
    let w: Vec<f64> = x.iter().map(|x| 1.0 + (x - 1.0) / 4.0).collect();
    let square = |x: f64| x * x;
    let (first, last) = (w[0], w[w.len() - 1]);
    let inner = |w: &f64| square(w - 1.0) * (1.0 + 10.0 * square(libm::sin(PI * w + 1.0)));
    0.1 + square(libm::sin(PI * first))
        + w[..w.len() - 1].iter().map(inner).sum::<f64>()
        + square(last - 1.0) * (1.0 + square(libm::sin(TAU * last)))
}

/// Many local minima around the global one.
fn ackley(x: &[f64]) -> f64 {
    let n = x.len() as f64;
    let size = (x.iter().map(|x| x * x).sum::<f64>() / n).sqrt();
    let waves = x.iter().map(|x| libm::cos(TAU * x)).sum::<f64>() / n;
    20.1 - 20.0 * libm::exp(-0.2 * size) + E - libm::exp(waves)
}

/// Two local minima for each coordinate.
fn styblinski(x: &[f64]) -> f64 {
    let basin = |x: &f64| 0.5 * (x.powi(4) - 16.0 * x * x + 5.0 * x) + 39.166_166;
    1.0 + x.iter().map(basin).sum::<f64>()
}

fn training_space() -> Space {
    space(vec![
        range("learning_rate", 1e-4, 1.0, Scale::Log),
        range("momentum", 0.0, 0.99, Scale::Linear),
        int("width", 8, 512, Scale::Log),
        int("depth", 1, 4, Scale::Linear),
        range("dropout", 0.0, 0.6, Scale::Linear),
    ])
}

/// A loss whose logarithm is quadratic in the effective step size, with smaller effects of the
/// others.
fn training(config: &Config) -> f64 {
    let v = numbers(config);
    let step = libm::log10(v[0] / (1.0 - v[1])) + 1.0;
    let width = libm::log2(v[2] / 128.0);
    let depth = v[3] - 2.0 - 0.2 * width;
    let dropout = v[4] - 0.2;
    0.05 * libm::exp(0.6 * step * step + 0.05 * width * width + 0.1 * depth * depth + dropout)
}

fn categories_space() -> Space {
    space(vec![
        category("kind", &["a", "b", "c"]),
        category("variant", &["p", "q", "r", "s"]),
        int("size", 1, 30, Scale::Linear),
        range("rate", 1e-5, 1.0, Scale::Log),
        range("x", 0.0, 1.0, Scale::Linear),
    ])
}

/// Quadratic, with another minimum in each kind, lowest in one of them.
fn categories(config: &Config) -> f64 {
    let (kind, variant) = (index(config, 0, "abc"), index(config, 1, "pqrs"));
    let v = numbers(config);
    let offsets = [
        (v[0] - 10.0 - 3.0 * variant) / 15.0,
        (libm::log10(v[1]) + 2.0 + kind) / 2.0,
        v[2] - 0.7 + 0.2 * kind,
    ];
    0.1 + offsets.iter().map(|x| x * x).sum::<f64>() + 0.3 * kind + 0.1 * variant
}

fn conditional_space() -> Space {
    let when_sgd =
        Condition { parent: "optimizer".into(), values: vec![Value::Text("sgd".into())] };
    let momentum = range("momentum", 0.0, 0.99, Scale::Linear);
    space(vec![
        category("optimizer", &["sgd", "adam"]),
        Parameter { when: vec![when_sgd], ..momentum },
        range("learning_rate", 1e-4, 1.0, Scale::Log),
        range("lambda", 1e-6, 1e-1, Scale::Log),
    ])
}

/// The best learning rate depends on the optimizer and its momentum.
fn conditional(config: &Config) -> f64 {
    let number = |position: usize| config.get(position).and_then(Value::as_number);
    let rate = libm::log10(number(2).unwrap_or(1.0));
    let decay = libm::log10(number(3).unwrap_or(1.0)) + 3.0;
    let step = match number(1) {
        Some(momentum) => rate - libm::log10(1.0 - momentum) + 1.0,
        None => rate + 2.5,
    };
    let adam = if number(1).is_none() { 0.3 } else { 0.0 };
    0.1 * libm::exp(0.5 * step * step + 0.04 * decay * decay + adam)
}
