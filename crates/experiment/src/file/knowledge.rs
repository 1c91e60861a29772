//! The trainer's hints as defaults and user priors of parameters for which the file states none.

use std::ops::RangeInclusive;
use trainer::NamedChoice;
use trainer::optim::OptimizerName;
use trainer::recipe::{Hint, HintConfidence, HintScale, Recipe, field};
use tuner::space::{Confidence, Domain, Parameter, Prior, Space, Value};

/// Returns the space with the trainer's first guesses as defaults and priors of the searched
/// parameters.
///
/// A guess outside a parameter's domain is ignored; in a list or on steps, the nearest value is
/// used.
pub(super) fn add(space: &Space) -> Space {
    with(space, with_guess)
}

/// Returns the space with first guesses beside experience, which covers the parameters for which
/// `is_expected` holds: those get no prior from hints. The default trial starts from the defaults
/// and priors that the user has stated, if any.
pub(super) fn add_beside_experience(space: &Space, is_expected: impl Fn(&str) -> bool) -> Space {
    let states_one = |p: &Parameter| p.is_searched() && (p.default.is_some() || p.prior.is_some());
    let has_stated = space.parameters().iter().any(states_one);
    with(space, |parameter, optimizer| {
        let mut guided = with_guess(parameter, optimizer);
        if is_expected(&parameter.name) {
            guided.prior.clone_from(&parameter.prior);
        }
        if !has_stated {
            guided.default.clone_from(&parameter.default);
        }
        guided
    })
}

fn with(space: &Space, guess: impl Fn(&Parameter, OptimizerName) -> Parameter) -> Space {
    let optimizer = optimizer(space);
    let parameters =
        space.parameters().iter().map(|parameter| guess(parameter, optimizer)).collect();
    let constraints: Vec<(String, String)> = space
        .constraints()
        .iter()
        .map(|c| (c.expression().to_owned(), c.reason().to_owned()))
        .collect();
    Space::new(parameters, &constraints).expect("guesses lie in the domains of a checked space")
}

/// The optimizer that a space fixes, else the trainer's first guess.
fn optimizer(space: &Space) -> OptimizerName {
    let fixed =
        space.parameters().iter().find(|p| p.name == "optimizer").and_then(|p| match &p.domain {
            Domain::Fixed(Value::Text(name)) => OptimizerName::named(name),
            _ => None,
        });
    fixed.unwrap_or(Recipe::default().optimizer)
}

fn with_guess(parameter: &Parameter, optimizer: OptimizerName) -> Parameter {
    let mut parameter = parameter.clone();
    let guess =
        field(&parameter.name).and_then(|field| guess(&parameter, &field.hint_with(optimizer)));

    if let Some((value, confidence)) = guess.filter(|_| parameter.is_searched()) {
        // The user's prior takes precedence over the trainer's guess for the first trial.
        let stated = parameter.prior.as_ref().map(|prior| prior.value.clone());
        let default = parameter
            .default
            .get_or_insert_with(|| stated.unwrap_or_else(|| value.clone()))
            .clone();
        parameter.prior.get_or_insert(Prior { value: default, confidence });
    }

    parameter
}

/// The trainer's first guess as a value of the parameter's domain.
fn guess(parameter: &Parameter, hint: &Hint) -> Option<(Value, Confidence)> {
    match *hint {
        Hint::Number { first_guess, scale, confidence, .. } => {
            let confidence = match confidence {
                HintConfidence::Low => Confidence::Low,
                HintConfidence::Medium => Confidence::Medium,
                HintConfidence::High => Confidence::High,
            };
            Some((nearest(&parameter.domain, first_guess, scale)?, confidence))
        }
        Hint::Names { first_guess, .. } => {
            // A name has no neighbours: a guess that is not searched is dropped.
            let value = parameter.domain.admit(&Value::Text(first_guess.to_owned()))?;
            Some((value, Confidence::Low))
        }
        Hint::None => None,
    }
}

/// Returns the value of the domain nearest to `guess`; `None` if that lies outside it.
fn nearest(domain: &Domain, guess: f64, layout: HintScale) -> Option<Value> {
    let levels: Vec<Value> = match domain {
        Domain::Float { step: None, .. } => return domain.admit(&Value::Float(guess)),
        Domain::Ordinal(values) | Domain::Categorical(values) => values.clone(),
        _ => levels(domain, guess)?.map(|index| domain.level(index)).collect(),
    };

    let numbers: Vec<f64> = levels.iter().map(Value::as_number).collect::<Option<_>>()?;
    let (low, high) =
        numbers.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(*v), h.max(*v)));

    // A guess outside of the range says nothing about the values inside.
    if guess < low || guess > high {
        return None;
    }

    let distance = |v: f64| match layout {
        HintScale::Log if v > 0.0 && guess > 0.0 => (v / guess).max(guess / v),
        _ => (v - guess).abs(),
    };

    let best = (0..numbers.len())
        .min_by(|&a, &b| distance(numbers[a]).total_cmp(&distance(numbers[b])))?;
    Some(levels[best].clone())
}

/// The two levels of a stepped range around `guess`.
fn levels(domain: &Domain, guess: f64) -> Option<RangeInclusive<u64>> {
    let (low, step) = match domain {
        Domain::Float { low, step: Some(step), .. } => (*low, *step),
        Domain::Int { low, step, .. } => (*low as f64, *step as f64),
        _ => return None,
    };
    let last = domain.n_levels()?.checked_sub(1)?;
    let below = ((guess - low) / step).floor().max(0.0) as u64;
    Some(below.min(last)..=(below.saturating_add(1)).min(last))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tuner::space::Scale;

    fn guessed(name: &str, domain: Domain) -> Option<Value> {
        with_guess(&Parameter::new(name, domain), OptimizerName::Adam).default
    }

    #[test]
    fn guesses_take_the_form_of_the_domain() {
        let list = Domain::Ordinal([8, 24, 100].map(Value::Int).to_vec());
        assert_eq!(guessed("batch_size", list), Some(Value::Int(24)));
        let steps = Domain::Float { low: 0.05, high: 0.5, scale: Scale::Linear, step: Some(0.1) };
        assert!(guessed("dropout", steps).is_some());
        let int = Domain::Int { low: 1, high: 4, scale: Scale::Linear, step: 1 };
        assert_eq!(guessed("depth", int), Some(Value::Int(2)));
        let names = ["tanh", "relu"].map(|name| Value::Text(name.into())).to_vec();
        assert_eq!(
            guessed("activation", Domain::Categorical(names)),
            Some(Value::Text("relu".into()))
        );
    }

    #[test]
    fn steps_of_sgd_are_ten_times_as_long() {
        let rate = Domain::Float { low: 1e-4, high: 1.0, scale: Scale::Log, step: None };
        let of = |name: &str| {
            let fixed = Parameter::new("optimizer", Domain::Fixed(Value::Text(name.into())));
            let space = Space::new(vec![Parameter::new("learning_rate", rate.clone()), fixed], &[])
                .unwrap();
            add(&space).parameters()[0].default.as_ref().and_then(Value::as_number).unwrap()
        };
        assert!((of("sgd") - 0.03).abs() < 1e-12 && (of("adam") - 0.003).abs() < 1e-12);
    }

    #[test]
    fn a_guess_outside_the_domain_adds_nothing() {
        let float = Domain::Float { low: 0.5, high: 1.0, scale: Scale::Log, step: None };
        assert_eq!(guessed("learning_rate", float), None);
        let names = ["elu"].map(|name| Value::Text(name.into())).to_vec();
        assert_eq!(guessed("activation", Domain::Categorical(names)), None);
        assert_eq!(guessed("no_such_field", Domain::Fixed(Value::Int(1))), None);
    }

    #[test]
    fn what_the_file_says_stays() {
        let mut parameter = Parameter::new(
            "dropout",
            Domain::Float { low: 0.0, high: 0.5, scale: Scale::Linear, step: None },
        );
        parameter.default = Some(Value::Float(0.3));
        let guided = with_guess(&parameter, OptimizerName::Adam);
        assert_eq!(guided.default, Some(Value::Float(0.3)));
        assert_eq!(guided.prior.map(|prior| prior.value), Some(Value::Float(0.3)));
    }
}
