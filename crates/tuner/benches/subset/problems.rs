//! Problems with known optima; losses are regrets.

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

/// A curved valley to (1, …, 1).
fn rosenbrock(x: &[f64]) -> f64 {
    x.windows(2).map(|w| 100.0 * (w[1] - w[0] * w[0]).powi(2) + (1.0 - w[0]).powi(2)).sum()
}

/// Two basins a coordinate, the better one at −2.903534.
fn styblinski_tang(x: &[f64]) -> f64 {
    x.iter().map(|x| 0.5 * (x.powi(4) - 16.0 * x * x + 5.0 * x) + 39.166_165_703_771_42).sum()
}

/// Waves on a funnel to 0.
fn ackley(x: &[f64]) -> f64 {
    let n = x.len() as f64;
    let size = (x.iter().map(|x| x * x).sum::<f64>() / n).sqrt();
    let waves = x.iter().map(|x| (std::f64::consts::TAU * x).cos()).sum::<f64>() / n;
    20.0 - 20.0 * (-0.2 * size).exp() + std::f64::consts::E - waves.exp()
}

/// Four wells in six dimensions (Dixon and Szegö 1978), the deepest 3.322368 below 0.
fn hartmann(x: &[f64]) -> f64 {
    const DEPTHS: [f64; 4] = [1.0, 1.2, 3.0, 3.2];
    const WIDTHS: [[f64; 6]; 4] = [
        [10.0, 3.0, 17.0, 3.5, 1.7, 8.0],
        [0.05, 10.0, 17.0, 0.1, 8.0, 14.0],
        [3.0, 3.5, 1.7, 10.0, 17.0, 8.0],
        [17.0, 8.0, 0.05, 10.0, 0.1, 14.0],
    ];
    const PLACES: [[f64; 6]; 4] = [
        [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886],
        [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
        [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650],
        [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
    ];
    let well = |i: usize| {
        let square = |j: usize| WIDTHS[i][j] * (x[j] - PLACES[i][j]) * (x[j] - PLACES[i][j]);
        DEPTHS[i] * (-(0..6).map(square).sum::<f64>()).exp()
    };
    3.322_368_011_415_515 - (0..4).map(well).sum::<f64>()
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
