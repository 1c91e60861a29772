//! Minimises a function of two parameters by ask and tell: `cargo run --release -p tuner --example
//! minimise`.
#![expect(clippy::print_stdout, reason = "an example shows what it finds")]

use tuner::search::Method;
use tuner::space::{Domain, Parameter, Scale, Space};
use tuner::store::{MemoryStore, StudyText};
use tuner::study::{Asked, Slot, Study, StudySpec};
use tuner::trial::FoldResult;

/// Branin's function; its three minima are 0.397887.
fn branin(x: f64, y: f64) -> f64 {
    use std::f64::consts::PI;
    let hill = y - 5.1 / (4.0 * PI * PI) * x * x + 5.0 / PI * x - 6.0;
    hill * hill + 10.0 * (1.0 - 1.0 / (8.0 * PI)) * x.cos() + 10.0
}

fn main() -> Result<(), tuner::Error> {
    let range = |low, high| Domain::Float { low, high, scale: Scale::Linear, step: None };
    let x = Parameter::new("x", range(-5.0, 10.0));
    let y = Parameter::new("y", range(0.0, 15.0));
    let space = Space::new(vec![x, y], &[])?;

    let spec = StudySpec::new(space, Method::BAYES, 40);
    let mut study = Study::create(Box::new(MemoryStore::new()), StudyText::default(), spec)?;
    while let Asked::Trial(trial) = study.ask(0.0)? {
        let tried = study.slot(trial).map(Slot::assignment).unwrap_or_default();
        let at = |name| tried.number(name).unwrap_or(f64::NAN);
        study.tell(trial, None, &FoldResult::from_loss(branin(at("x"), at("y"))), 0.0)?;
    }

    let losses = study.trials().filter_map(|trial| Some((trial.number, trial.loss()?)));
    if let Some((number, loss)) = losses.min_by(|a, b| a.1.total_cmp(&b.1)) {
        let tried = study.slot(number).map(Slot::assignment).unwrap_or_default();
        println!("trial {number}: {loss:.6} at {:?}", tried.as_pairs());
    }
    Ok(())
}
