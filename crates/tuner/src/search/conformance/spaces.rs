//! The spaces and the losses of the suite.

use crate::space::{Condition, Config, Domain, Parameter, Scale, Space, Value};
use crate::trial::{Outcome, State};

/// One space of each kind.
pub(super) fn all() -> Vec<Space> {
    let mut all = finite();
    all.extend([mixed(), cube(2), narrow()]);
    all
}

/// Spaces of few configurations, with conditions and constraints.
pub(super) fn finite() -> Vec<Space> {
    let mut child = int("child", 3);
    child.when = vec![Condition { parent: "kind".into(), values: texts(&["a"]) }];
    let mut grandchild =
        Parameter::new("grandchild", Domain::Ordinal([0.5, 1.0].map(Value::Float).to_vec()));
    grandchild.when = vec![Condition { parent: "child".into(), values: vec![Value::Int(2)] }];
    let kind = Parameter::new("kind", Domain::Categorical(texts(&["a", "b", "c"])));
    let flag =
        Parameter::new("flag", Domain::Categorical(vec![Value::Bool(false), Value::Bool(true)]));

    vec![
        space(vec![grandchild, child, kind, int("size", 4)], &["size <= 3 or kind == \"b\""]),
        space(vec![int("one", 11)], &[]),
        space(vec![flag, Parameter::new("fixed", Domain::Fixed(Value::Int(1)))], &[]),
        space(vec![int("x", 30), int("y", 30)], &["x * y == 24"]),
        space(vec![Parameter::new("nothing", Domain::Fixed(Value::Int(1)))], &[]),
    ]
}

/// Every kind of parameter, a condition and a constraint.
pub fn mixed() -> Space {
    let mut momentum = float("momentum", 0.0, 0.99, Scale::Linear);
    momentum.when = vec![Condition { parent: "optimizer".into(), values: texts(&["sgd"]) }];
    let mut learning_rate = float("learning_rate", 1e-4, 1.0, Scale::Log);
    learning_rate.default = Some(Value::Float(0.05));
    let dropout = Domain::Float { low: 0.0, high: 0.5, scale: Scale::Linear, step: Some(0.05) };
    let units = Domain::Int { low: 8, high: 512, scale: Scale::Log, step: 1 };
    space(
        vec![
            momentum,
            learning_rate,
            Parameter::new("optimizer", Domain::Categorical(texts(&["sgd", "adam", "rmsprop"]))),
            Parameter::new(
                "batch_size",
                Domain::Ordinal([16, 32, 64, 128].map(Value::Int).to_vec()),
            ),
            Parameter::new("dropout", dropout),
            int("depth", 4),
            Parameter::new("units", units),
            Parameter::new("epochs", Domain::Fixed(Value::Int(40))),
        ],
        &["depth * units <= 1024"],
    )
}

/// Two continuous parameters of which a constraint admits one thousandth.
fn narrow() -> Space {
    let parameters = vec![float("x", 0.0, 1.0, Scale::Linear), float("y", 0.0, 1.0, Scale::Linear)];
    space(parameters, &["abs(x - y) <= 0.0005"])
}

/// A cube of continuous parameters.
pub(super) fn cube(n_dimensions: usize) -> Space {
    let parameter = |i| {
        let mut parameter = float(&format!("x{i}"), -1.0, 1.0, Scale::Linear);
        parameter.points = Some(if n_dimensions <= 20 { 40 } else { 2 });
        parameter
    };
    space((0..n_dimensions).map(parameter).collect(), &[])
}

/// A space without any admissible configuration.
pub(super) fn impossible() -> Space {
    space(vec![int("x", 20), float("y", 0.0, 1.0, Scale::Linear)], &["x + y > 30"])
}

/// A loss with its minimum inside the cube; one trial in seven diverges.
pub(super) fn outcome(space: &Space, number: usize, config: &Config) -> Outcome {
    let point = space.encode(config);
    let loss: f64 = point.coordinates.iter().map(|u| (u - 0.3) * (u - 0.3)).sum();
    if number % 7 == 5 {
        Outcome { state: State::Diverged, losses: [].into(), predicted: None }
    } else {
        Outcome { state: State::Ok, losses: [loss, loss + 0.1].into(), predicted: None }
    }
}

fn space(parameters: Vec<Parameter>, constraints: &[&str]) -> Space {
    let constraints: Vec<_> =
        constraints.iter().map(|c| ((*c).to_owned(), String::new())).collect();
    Space::new(parameters, &constraints).expect("a space of the suite")
}

fn int(name: &str, high: i64) -> Parameter {
    Parameter::new(name, Domain::Int { low: 1, high, scale: Scale::Linear, step: 1 })
}

fn float(name: &str, low: f64, high: f64, scale: Scale) -> Parameter {
    let mut parameter = Parameter::new(name, Domain::Float { low, high, scale, step: None });
    parameter.points = Some(21);
    parameter
}

fn texts(values: &[&str]) -> Vec<Value> {
    values.iter().map(|t| Value::Text((*t).into())).collect()
}
