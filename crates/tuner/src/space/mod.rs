//! What can be tried: parameters, the conditions and constraints between them, and the one encoder between
//! configurations and the unit cube.
//!
//! Each searched parameter is one axis of the cube, in the order of the space. [`Space::draw`] reads a point of the cube
//! as probabilities (random and Sobol search), [`Space::decode`] and [`Space::encode`] as positions (models); the two
//! differ only where a parameter has a distribution of its own.

mod adopt;
mod assignment;
pub(crate) mod axes;
mod config;
mod constraint;
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
pub use distribution::Distribution;
pub use domain::{Domain, Scale};
pub use lattice::{Lattice, MAX_COUNTED};
pub use parameter::{Condition, Confidence, Parameter, Prior};
pub use value::Value;

use crate::error::{ConfigurationFault, Error, ParameterFault};
pub(crate) use domain::LogSteps;
use domain::MAX_VALUES;

/// The most parameters a space may have: they are found by going through them.
const MAX_PARAMETERS: usize = 10_000;

/// Values that an error shows of a constraint.
const MOST_SHOWN: usize = 8;

/// A parameter's conditions, as (position of the parent, accepted values).
type Conditions = Vec<(usize, Vec<Value>)>;

/// A checked space: names are unique, conditions lead nowhere in circles, constraints can be read.
#[derive(Clone, Debug, PartialEq)]
pub struct Space {
    parameters: Vec<Parameter>,
    constraints: Vec<Constraint>,
    /// Positions of the searched parameters: axis → parameter.
    axes: Vec<usize>,
    /// Positions of all parameters, parents before children.
    order: Vec<usize>,
    /// For each parameter, its conditions.
    conditions: Vec<Conditions>,
}

/// Where a configuration lies in the unit cube.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// One coordinate in [0, 1] an axis; ½ where the parameter is inactive.
    pub coordinates: Vec<f64>,
    /// Whether the axis's parameter is active.
    pub active: Vec<bool>,
}

impl Space {
    /// Checks the parameters and reads the constraints, each given as (expression, reason).
    ///
    /// # Errors
    /// [`Error::Parameter`] or [`Error::Constraint`], the first fault in the order given.
    pub fn new(
        parameters: Vec<Parameter>,
        constraints: &[(String, String)],
    ) -> Result<Self, Error> {
        let conditions = check_parameters(&parameters)?;
        let order = parents_first(&parameters, &conditions)?;
        let mut read = Vec::with_capacity(constraints.len());
        for (index, (expression, reason)) in constraints.iter().enumerate() {
            let constraint = Constraint::parse(expression, reason, &parameters);
            read.push(constraint.map_err(|(offset, fault)| Error::Constraint {
                index,
                offset,
                fault,
            })?);
        }
        let axes = (0..parameters.len()).filter(|&i| parameters[i].is_searched()).collect();
        Ok(Self { parameters, constraints: read, axes, order, conditions })
    }

    /// The parameters in the order of the file.
    pub fn parameters(&self) -> &[Parameter] {
        &self.parameters
    }

    /// The constraints in the order of the file.
    pub fn constraints(&self) -> &[Constraint] {
        &self.constraints
    }

    /// The position of each axis's parameter: the searched parameters, in order.
    pub fn axes(&self) -> &[usize] {
        &self.axes
    }

    /// The position of the parameter called `name`.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.parameters.iter().position(|p| p.name == name)
    }

    /// The same, found at once where names come in the order of the space: the search begins at `from`.
    fn position_from(&self, from: usize, name: &str) -> Option<usize> {
        let (before, after) = self.parameters.split_at(from);
        let in_part = |part: &[Parameter]| part.iter().position(|parameter| parameter.name == name);
        in_part(after).map(|position| from + position).or_else(|| in_part(before))
    }

    /// Reads a point of the unit cube as probabilities, one an axis: values are drawn as the person said.
    /// Constraints are not checked: see [`Space::check`].
    ///
    /// # Panics
    /// If `point` does not have one coordinate an axis.
    pub fn draw(&self, point: &[f64]) -> Config {
        self.config_at(point, Parameter::draw)
    }

    /// Reads a point of the unit cube as positions: the inverse of [`Space::encode`] up to rounding.
    /// Constraints are not checked: see [`Space::check`].
    ///
    /// # Panics
    /// If `point` does not have one coordinate an axis.
    pub fn decode(&self, point: &[f64]) -> Config {
        self.config_at(point, |parameter, u| parameter.domain.value(u))
    }

    /// Returns the position of a configuration of this space in the unit cube.
    pub fn encode(&self, config: &Config) -> Point {
        let mut point =
            Point { coordinates: vec![0.5; self.axes.len()], active: vec![false; self.axes.len()] };
        for (axis, &position) in self.axes.iter().enumerate() {
            let unit = config.get(position).and_then(|v| self.parameters[position].domain.unit(v));
            if let Some(unit) = unit {
                point.coordinates[axis] = unit;
                point.active[axis] = true;
            }
        }
        point
    }

    /// Completes named values to a configuration: what is missing takes its default, or else the middle of its domain.
    ///
    /// # Errors
    /// [`ConfigurationFault`] if a name, a value, or the whole is not in the space.
    pub fn complete(&self, given: &[(String, Value)]) -> Result<Config, Error> {
        if let Some((name, _)) = given.iter().find(|(name, _)| self.position(name).is_none()) {
            return Err(configuration(name, ConfigurationFault::UnknownName(name.clone())));
        }
        let mut values: Vec<Option<Value>> = vec![None; self.parameters.len()];
        for &position in &self.order {
            let parameter = &self.parameters[position];
            // The last of a repeated name counts, as on a command line.
            let value = given
                .iter()
                .rev()
                .find(|(name, _)| *name == parameter.name)
                .map(|(_, value)| value);
            values[position] = match (self.is_active(position, &values), value) {
                (true, Some(value)) => Some(
                    self.admit(position, value).map_err(|f| configuration(&parameter.name, f))?,
                ),
                (true, None) => Some(parameter.default_or_middle()),
                (false, None) => None,
                (false, Some(_)) => {
                    let fault = ConfigurationFault::Inactive(parameter.name.clone());
                    return Err(configuration(&parameter.name, fault));
                }
            };
        }
        let config = Config::new(values);
        self.check(&config).map_err(|fault| configuration("", fault))?;
        Ok(config)
    }

    /// Checks that a configuration is in the space: active parameters have values of their domains, inactive ones none,
    /// and the constraints hold.
    ///
    /// # Errors
    /// The first fault.
    pub fn check(&self, config: &Config) -> Result<(), ConfigurationFault> {
        let values = config.values();
        for (position, parameter) in self.parameters.iter().enumerate() {
            match (self.is_active(position, values), config.get(position)) {
                (true, None) => return Err(ConfigurationFault::Missing(parameter.name.clone())),
                (false, Some(_)) => {
                    return Err(ConfigurationFault::Inactive(parameter.name.clone()));
                }
                (true, Some(value)) => drop(self.admit(position, value)?),
                (false, None) => {}
            }
        }
        match self.constraints.iter().find(|c| !c.holds(values)) {
            Some(c) => Err(ConfigurationFault::Constraint {
                expression: c.expression().to_owned(),
                values: self.named_by(c, values),
                reason: c.reason().to_owned(),
            }),
            None => Ok(()),
        }
    }

    /// The values of the parameters that a constraint names: `depth = 4, width = 256`.
    fn named_by(&self, constraint: &Constraint, values: &[Option<Value>]) -> String {
        let shown = |position: usize| {
            let value = values[position].as_ref()?;
            Some(format!("{} = {value}", self.parameters[position].name))
        };
        let mut parameters = constraint.parameters();
        let mut text =
            parameters.by_ref().filter_map(shown).take(MOST_SHOWN).collect::<Vec<_>>().join(", ");
        let n_more = parameters.count();
        if n_more > 0 {
            text.push_str(&format!(" and {n_more} more"));
        }
        text
    }

    /// Tells whether the constraints hold; cheaper than [`Space::check`] for a configuration made by this space.
    pub fn satisfies_constraints(&self, config: &Config) -> bool {
        self.constraints.iter().all(|c| c.holds(config.values()))
    }

    /// Returns the named values of a configuration, active parameters only, in the order of the space.
    pub fn named<'a>(&'a self, config: &'a Config) -> impl Iterator<Item = (&'a str, &'a Value)> {
        self.parameters
            .iter()
            .zip(config.values())
            .filter_map(|(p, v)| Some((p.name.as_str(), v.as_ref()?)))
    }

    /// Rebuilds a configuration from its named values, without completing it.
    ///
    /// # Errors
    /// The first fault, as [`Space::check`] finds it; an unknown name.
    pub fn config(&self, named: &[(String, Value)]) -> Result<Config, ConfigurationFault> {
        let mut values = vec![None; self.parameters.len()];
        let mut next = 0;
        for (name, value) in named {
            let position = self
                .position_from(next, name)
                .ok_or_else(|| ConfigurationFault::UnknownName(name.clone()))?;
            next = position + 1;
            values[position] = Some(self.admit(position, value)?);
        }
        let config = Config::new(values);
        self.check(&config)?;
        Ok(config)
    }

    /// Returns the configuration of all defaults if any searched parameter has one: what is missing takes its middle.
    /// None if it breaks a constraint.
    pub fn default_config(&self) -> Option<Config> {
        let any = self.axes.iter().any(|&i| self.parameters[i].default.is_some());
        if any { self.complete(&[]).ok() } else { None }
    }

    /// Tells whether the parameter at `position` is active, given the values of its parents.
    fn is_active(&self, position: usize, values: &[Option<Value>]) -> bool {
        self.conditions[position].iter().all(|(parent, accepted)| {
            values[*parent].as_ref().is_some_and(|v| accepted.iter().any(|a| a.same_as(v)))
        })
    }

    fn admit(&self, position: usize, value: &Value) -> Result<Value, ConfigurationFault> {
        let parameter = &self.parameters[position];
        parameter.domain.admit(value).ok_or_else(|| ConfigurationFault::Outside {
            name: parameter.name.clone(),
            value: value.to_string(),
            domain: parameter.domain.in_words(),
        })
    }

    /// Builds a configuration, parents first, from one coordinate an axis.
    fn config_at(&self, point: &[f64], value: impl Fn(&Parameter, f64) -> Value) -> Config {
        assert_eq!(point.len(), self.axes.len(), "one coordinate an axis");
        let mut values: Vec<Option<Value>> = vec![None; self.parameters.len()];
        for &position in &self.order {
            if !self.is_active(position, &values) {
                continue;
            }
            let parameter = &self.parameters[position];
            let axis = self.axes.binary_search(&position);
            values[position] = Some(
                axis.map_or_else(|_| parameter.domain.middle(), |a| value(parameter, point[a])),
            );
        }
        Config::new(values)
    }
}

fn configuration(name: &str, fault: ConfigurationFault) -> Error {
    Error::Configuration { name: name.to_owned(), fault }
}

/// Checks each parameter and resolves its conditions to positions.
fn check_parameters(parameters: &[Parameter]) -> Result<Vec<Conditions>, Error> {
    if let Some(beyond) = parameters.get(MAX_PARAMETERS) {
        let fault =
            ParameterFault::TooManyParameters { found: parameters.len(), at_most: MAX_PARAMETERS };
        return Err(Error::Parameter { name: beyond.name.clone(), key: "", fault });
    }
    let mut conditions = Vec::with_capacity(parameters.len());
    let mut positions = std::collections::BTreeMap::new();
    for (position, parameter) in parameters.iter().enumerate() {
        let fault = |(key, fault)| Error::Parameter { name: parameter.name.clone(), key, fault };
        parameter.check().map_err(fault)?;
        if positions.insert(parameter.name.as_str(), position).is_some() {
            return Err(fault(("", ParameterFault::RepeatedName)));
        }
    }
    for parameter in parameters {
        let mut resolved = Vec::with_capacity(parameter.when.len());
        for condition in &parameter.when {
            let fault =
                |fault| Error::Parameter { name: parameter.name.clone(), key: "when", fault };
            let unknown = || fault(ParameterFault::UnknownParent(condition.parent.clone()));
            let parent = *positions.get(condition.parent.as_str()).ok_or_else(unknown)?;
            let domain = &parameters[parent].domain;
            let found = condition.values.len();
            if found > MAX_VALUES {
                return Err(fault(ParameterFault::TooManyAccepted { found, at_most: MAX_VALUES }));
            }
            if let Some(value) = condition.values.iter().find(|v| domain.admit(v).is_none()) {
                let (parent, value) = (condition.parent.clone(), value.to_string());
                return Err(fault(ParameterFault::ImpossibleCondition { parent, value }));
            }
            resolved.push((parent, condition.values.clone()));
        }
        conditions.push(resolved);
    }
    Ok(conditions)
}

/// Orders positions so that parents come before children; equal otherwise to the order of the space.
fn parents_first(parameters: &[Parameter], conditions: &[Conditions]) -> Result<Vec<usize>, Error> {
    let mut order = Vec::with_capacity(parameters.len());
    let mut placed = vec![false; parameters.len()];
    while order.len() < parameters.len() {
        let before = order.len();
        for position in 0..parameters.len() {
            if !placed[position] && conditions[position].iter().all(|(parent, _)| placed[*parent]) {
                placed[position] = true;
                order.push(position);
            }
        }
        if order.len() == before {
            let position = placed.iter().position(|p| !p).expect("some parameter is not placed");
            let name = parameters[position].name.clone();
            return Err(Error::Parameter {
                name,
                key: "when",
                fault: ParameterFault::CircularCondition,
            });
        }
    }
    Ok(order)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
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
        assert!(refused(&[("depth", Value::Int(9))]).contains("a whole number from 1 to 4"));
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
