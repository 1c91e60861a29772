//! Problems with known optima; losses are regrets.

use crate::hartmann::wells;
use tuner::space::{Config, Domain, Parameter, Scale, Space, Value};

/// A problem.
pub struct Problem {
    /// Its usual name.
    pub name: &'static str,
    /// What is searched.
    pub space: fn() -> Space,
    /// The loss above the lowest.
    pub regret: fn(&Config) -> f64,
}

/// All problems.
pub const PROBLEMS: [Problem; 5] = [
    Problem {
        name: "Rosenbrock",
        space: || cube(7, -2.0, 2.0),
        regret: |config| rosenbrock(&numbers(config)),
    },
    Problem {
        name: "Styblinski-Tang",
        space: || cube(7, -5.0, 5.0),
        regret: |config| styblinski_tang(&numbers(config)),
    },
    Problem {
        name: "Ackley",
        space: || cube(7, -10.0, 20.0),
        regret: |config| ackley(&numbers(config)),
    },
    Problem {
        name: "Hartmann",
        space: || cube(6, 0.0, 1.0),
        regret: |config| hartmann(&numbers(config)),
    },
    Problem { name: "mixed", space: mixed_space, regret: mixed },
];

fn range(name: String, low: f64, high: f64, scale: Scale) -> Parameter {
    Parameter::new(name, Domain::Float { low, high, scale, step: None })
}

fn cube(n: usize, low: f64, high: f64) -> Space {
    Space::new((0..n).map(|i| range(format!("x{i}"), low, high, Scale::Linear)).collect(), &[])
        .unwrap()
}

/// The values that are numbers.
fn numbers(config: &Config) -> Vec<f64> {
    (0..).map_while(|i| config.get(i)).filter_map(Value::as_number).collect()
}

/// 0 at (1, …, 1), the end of a curved and narrow region of low values.
fn rosenbrock(x: &[f64]) -> f64 {
    x.windows(2).map(|w| 100.0 * (w[1] - w[0] * w[0]).powi(2) + (1.0 - w[0]).powi(2)).sum()
}

/// Two basins a coordinate, the better one at −2.903534.
fn styblinski_tang(x: &[f64]) -> f64 {
    x.iter().map(|x| 0.5 * (x.powi(4) - 16.0 * x * x + 5.0 * x) + 39.166_165_703_771_42).sum()
}

/// Many local minima around the global one, 0 at the origin.
fn ackley(x: &[f64]) -> f64 {
    let n = x.len() as f64;
    let size = (x.iter().map(|x| x * x).sum::<f64>() / n).sqrt();
    let waves = x.iter().map(|x| (std::f64::consts::TAU * x).cos()).sum::<f64>() / n;
    20.0 - 20.0 * (-0.2 * size).exp() + std::f64::consts::E - waves.exp()
}

/// 0 at its minimum.
fn hartmann(x: &[f64]) -> f64 {
    3.322_368_011_415_515 - wells(x, f64::exp)
}

/// Two categories, three integers and three ranges.
fn mixed_space() -> Space {
    let category = |name: &str, values: &[&str]| {
        Parameter::new(
            name,
            Domain::Categorical(values.iter().map(|v| Value::Text((*v).into())).collect()),
        )
    };
    let int = |name: &str, high| {
        Parameter::new(name, Domain::Int { low: 1, high, scale: Scale::Linear, step: 1 })
    };
    let mut parameters =
        vec![category("kind", &["a", "b", "c"]), category("variant", &["p", "q", "r", "s"])];
    parameters.extend([int("depth", 8), int("units", 200), int("size", 30)]);
    parameters.push(range("rate".into(), 1e-5, 1.0, Scale::Log));
    parameters.extend(["x", "y"].map(|name| range(name.into(), 0.0, 1.0, Scale::Linear)));
    Space::new(parameters, &[]).unwrap()
}

/// A bowl whose bottom lies elsewhere in each kind, and higher in all but one; waves along one
/// axis.
fn mixed(config: &Config) -> f64 {
    let index = |i: usize, names: &str| {
        config.get(i).and_then(|v| names.find(&v.to_string())).unwrap() as f64
    };
    let (kind, variant) = (index(0, "abc"), index(1, "pqrs"));
    let v = numbers(config);
    let offsets = [
        (v[0] - 3.0 - kind) / 4.0,
        (v[1] - 120.0 + 30.0 * kind) / 100.0,
        (v[2] - 10.0 - 3.0 * variant) / 15.0,
        (v[3].log10() + 2.0 + kind) / 2.0,
        v[4] - 0.7 + 0.2 * kind,
        v[5] - 0.3,
    ];
    let waves = 0.1 * (1.0 - (5.0 * std::f64::consts::TAU * offsets[5]).cos());
    offsets.iter().map(|x| x * x).sum::<f64>() + waves + 0.3 * kind + 0.1 * variant
}
