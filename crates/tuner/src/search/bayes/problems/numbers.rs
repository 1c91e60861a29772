//! Numbers with gaps: evaluated values are rounded, and so are the surrogate's. Each problem has
//! only one kind of them.

use super::{assert_beats_random, number, range};
use crate::space::{Config, Domain, Parameter, Scale, Space, Value};

/// The squared distance of parameter `index` from `best`, in units of `width`.
fn square(config: &Config, index: usize, best: f64, width: f64) -> f64 {
    let distance = (number(config, index) - best) / width;
    distance * distance
}

fn space(domains: impl IntoIterator<Item = Domain>) -> Space {
    let parameter = |(index, domain)| Parameter::new(format!("p{index}"), domain);
    Space::new(domains.into_iter().enumerate().map(parameter).collect(), &[]).unwrap()
}

#[test]
fn whole_numbers() {
    let int = |low, high, scale| Domain::Int { low, high, scale, step: 1 };
    let space =
        space([int(1, 8, Scale::Linear), int(1, 200, Scale::Linear), int(16, 1024, Scale::Log)]);
    let loss = |c: &Config| {
        let octaves = libm::log2(number(c, 2)) - 7.0;
        Some(square(c, 0, 3.0, 4.0) + square(c, 1, 150.0, 100.0) + 0.2 * octaves * octaves)
    };
    assert_beats_random(&space, &loss, 20.0);
}

#[test]
fn every_second_whole_number() {
    let space = space([(1, 99), (2, 100), (3, 99)].map(|(low, high)| Domain::Int {
        low,
        high,
        scale: Scale::Linear,
        step: 2,
    }));
    let loss = |c: &Config| Some((0..3).map(|i| square(c, i, 31.0, 50.0)).sum());
    assert_beats_random(&space, &loss, 20.0);
}

#[test]
fn ordered_lists() {
    let numbers = Domain::Ordinal([8, 16, 32, 64, 128, 256, 512].map(Value::Int).to_vec());
    let sizes = ["tiny", "small", "medium", "large", "huge"];
    let texts = Domain::Ordinal(sizes.map(|size| Value::Text(size.into())).to_vec());
    let space = space([numbers.clone(), numbers, texts]);

    let loss = |c: &Config| {
        let rank =
            sizes.iter().position(|size| c.get(2).is_some_and(|v| v.to_string() == *size)).unwrap()
                as f64;
        let octaves = |index| libm::log2(number(c, index));
        Some((octaves(0) - 4.0).abs() + (octaves(1) - 8.0).abs() + (rank - 3.0).abs())
    };

    assert_beats_random(&space, &loss, 5.0);
}

#[test]
fn numbers_in_steps() {
    let step =
        |low, high, step| Domain::Float { low, high, scale: Scale::Linear, step: Some(step) };
    let space = space([step(0.0, 0.5, 0.05), step(-1.0, 1.0, 0.1), step(0.0, 10.0, 0.01)]);
    let loss = |c: &Config| {
        Some(square(c, 0, 0.2, 0.25) + square(c, 1, 0.6, 1.0) + square(c, 2, 2.34, 5.0))
    };
    assert_beats_random(&space, &loss, 20.0);
}

#[test]
fn ratios() {
    let parameters = ["a", "b", "c"].map(|name| range(name, 1e-6, 1.0, Scale::Log)).to_vec();
    let space = Space::new(parameters, &[]).unwrap();
    let decades = |c: &Config, index, best: f64| {
        let decades = libm::log10(number(c, index)) - best;
        decades * decades
    };
    assert_beats_random(
        &space,
        &|c| Some(decades(c, 0, -2.0) + decades(c, 1, -4.5) + decades(c, 2, -1.0)),
        20.0,
    );
}
