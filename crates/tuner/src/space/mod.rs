//! The search space: parameters, the conditions and constraints between them, and the one encoder
//! between configurations and the unit cube.
//!
//! Each searched parameter is one axis of the cube, in the order of the space. [`Space::draw`]
//! reads a point of the cube as probabilities (random and Sobol search), [`Space::decode`] and
//! [`Space::encode`] as positions (surrogates); the two differ only if a parameter has a
//! distribution.

mod adopt;
mod assignment;
pub(crate) mod axes;
mod conditions;
mod config;
mod constraint;
mod definition;
mod distribution;
mod domain;
mod lattice;
mod numbering;
mod parameter;
mod sparse;
mod value;

pub use assignment::Assignment;
pub use config::Config;
pub use constraint::Constraint;
pub use definition::{Point, Space};
pub use distribution::Distribution;
pub use domain::{Domain, Scale};
pub use lattice::{Lattice, MAX_COUNTED};
pub use parameter::{Condition, Confidence, Parameter, Prior};
pub use value::Value;

pub(crate) use domain::LogSteps;

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::error::{Error, ParameterFault};
    use proptest::prelude::*;

    fn texts(values: &[&str]) -> Vec<Value> {
        values.iter().map(|t| Value::Text((*t).into())).collect()
    }

    /// A space with every kind of parameter: the contract suites use it too.
    pub(crate) fn mixed_space() -> Space {
        let mut momentum = Parameter::new(
            "momentum",
            Domain::Float { low: 0.0, high: 0.99, scale: Scale::Linear, step: None },
        );
        momentum.when = vec![Condition { parent: "optimizer".into(), values: texts(&["sgd"]) }];
        let mut learning_rate = Parameter::new(
            "learning_rate",
            Domain::Float { low: 1e-4, high: 1.0, scale: Scale::Log, step: None },
        );
        learning_rate.default = Some(Value::Float(0.05));
        let parameters = vec![
            momentum,
            learning_rate,
            Parameter::new("optimizer", Domain::Categorical(texts(&["sgd", "adam", "rmsprop"]))),
            Parameter::new(
                "batch_size",
                Domain::Ordinal([16, 32, 64, 128].map(Value::Int).to_vec()),
            ),
            Parameter::new(
                "dropout",
                Domain::Float { low: 0.0, high: 0.5, scale: Scale::Linear, step: Some(0.05) },
            ),
            Parameter::new("depth", Domain::Int { low: 1, high: 4, scale: Scale::Linear, step: 1 }),
            Parameter::new("units", Domain::Int { low: 8, high: 512, scale: Scale::Log, step: 1 }),
            Parameter::new("epochs", Domain::Fixed(Value::Int(40))),
        ];
        Space::new(parameters, &[("depth * units <= 1024".into(), String::new())]).unwrap()
    }

    proptest! {
        #[test]
        fn encoding_then_decoding_gives_the_configuration_back(point in prop::collection::vec(0.0f64..=1.0, 7)) {
            let space = mixed_space();
            let config = space.decode(&point);
            let encoded = space.encode(&config);
            let again = space.decode(&encoded.coordinates);
            for (position, (a, b)) in config.values().iter().zip(again.values()).enumerate() {
                if let (Some(Value::Float(a)), Some(Value::Float(b))) = (a, b) {
                    // Tolerance: one rounding of ln and exp each way.
                    prop_assert!((a - b).abs() <= 1e-12, "{position}");
                } else {
                    prop_assert_eq!(a, b);
                }
            }
            prop_assert_eq!(encoded.active[0], config.get(2) == Some(&Value::Text("sgd".into())));
        }

        #[test]
        fn drawn_configurations_are_in_the_space_but_for_constraints(point in prop::collection::vec(0.0f64..=1.0, 7)) {
            let space = mixed_space();
            let config = space.draw(&point);
            prop_assert_eq!(space.check(&config).is_ok(), space.satisfies_constraints(&config));
            let named: Vec<(String, Value)> = space.named(&config).map(|(n, v)| (n.to_owned(), v.clone())).collect();
            if space.satisfies_constraints(&config) {
                prop_assert_eq!(space.config(&named).unwrap(), config);
            }
        }
    }

    #[test]
    fn what_is_missing_takes_its_default_or_the_middle() {
        let config = mixed_space().complete(&[("depth".into(), Value::Float(2.0))]).unwrap();
        assert_eq!(config.get(1), Some(&Value::Float(0.05)));
        assert_eq!(config.get(2), Some(&Value::Text("sgd".into())));
        assert_eq!(config.get(5), Some(&Value::Int(2)));
        assert_eq!(config.get(7), Some(&Value::Int(40)));
    }

    #[test]
    fn a_named_configuration_outside_the_space_is_refused_by_name() {
        let space = mixed_space();
        let text = |t: &str| Value::Text(t.into());
        let refused = |given: &[(&str, Value)]| {
            let given: Vec<_> = given.iter().map(|(n, v)| ((*n).to_owned(), v.clone())).collect();
            space.complete(&given).unwrap_err().to_string()
        };
        assert!(refused(&[("detph", Value::Int(2))]).contains("`detph` is not a parameter"));
        assert!(refused(&[("depth", Value::Int(9))]).contains("an integer from 1 to 4"));
        assert!(
            refused(&[("optimizer", text("adam")), ("momentum", Value::Float(0.5))])
                .contains("does not hold")
        );
        assert!(
            refused(&[("depth", Value::Int(4)), ("units", Value::Int(512))])
                .contains("depth * units <= 1024")
        );
    }

    #[test]
    fn circles_of_conditions_are_refused() {
        let condition =
            |parent: &str| vec![Condition { parent: parent.into(), values: vec![Value::Int(1)] }];
        let int = Domain::Int { low: 1, high: 4, scale: Scale::Linear, step: 1 };
        let mut a = Parameter::new("a", int.clone());
        a.when = condition("b");
        let mut b = Parameter::new("b", int);
        b.when = condition("a");
        assert!(matches!(
            Space::new(vec![a, b], &[]).unwrap_err(),
            Error::Parameter { fault: ParameterFault::CircularCondition, .. }
        ));
    }
}
