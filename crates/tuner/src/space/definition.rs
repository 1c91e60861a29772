//! The space itself: its parameters, the conditions and constraints between them, and the encoder.

use super::conditions::{Conditions, check_parameters, parents_first};
use super::config::Config;
use super::constraint::Constraint;
use super::parameter::Parameter;
use super::value::Value;
use crate::error::{ConfigurationFault, Error};

/// The most values of a constraint that an error shows.
const MOST_SHOWN: usize = 8;

/// A checked space: names are unique, conditions are not circular, constraints are valid.
#[derive(Clone, Debug, PartialEq)]
pub struct Space {
    pub(super) parameters: Vec<Parameter>,
    pub(super) constraints: Vec<Constraint>,
    /// Positions of the searched parameters: axis → parameter.
    pub(super) axes: Vec<usize>,
    /// Positions of all parameters, parents before children.
    pub(super) order: Vec<usize>,
    /// For each parameter, its conditions.
    pub(super) conditions: Vec<Conditions>,
}

/// Where a configuration lies in the unit cube.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// One coordinate in [0, 1] per axis; ½ if the parameter is inactive.
    pub coordinates: Vec<f64>,
    /// Whether the axis's parameter is active.
    pub active: Vec<bool>,
}

impl Space {
    /// Checks the parameters and parses the constraints, each given as (expression, reason).
    ///
    /// # Errors
    /// [`Error::Parameter`] or [`Error::Constraint`], the first fault in the given order.
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

    /// Like `position`, but fast if names come in the space's order: the search begins at `from`.
    pub(super) fn position_from(&self, from: usize, name: &str) -> Option<usize> {
        let (before, after) = self.parameters.split_at(from);
        let in_part = |part: &[Parameter]| part.iter().position(|parameter| parameter.name == name);
        in_part(after).map(|position| from + position).or_else(|| in_part(before))
    }

    /// Reads a point of the unit cube as probabilities, one per axis: values follow the user's
    /// distributions. Constraints are not checked: see [`Space::check`].
    ///
    /// # Panics
    /// If `point` does not have one coordinate per axis.
    pub fn draw(&self, point: &[f64]) -> Config {
        self.config_at(point, Parameter::draw)
    }

    /// Reads a point of the unit cube as positions: the inverse of [`Space::encode`] up to
    /// rounding. Constraints are not checked: see [`Space::check`].
    ///
    /// # Panics
    /// If `point` does not have one coordinate per axis.
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

    /// Completes named values to a configuration: a missing parameter takes its default, or the
    /// middle of its domain.
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
            // The last of a repeated name applies, as on a command line.
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

    /// Checks that a configuration is in the space: active parameters have values of their domains,
    /// inactive ones none, and the constraints hold.
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

    /// Whether the constraints hold; cheaper than [`Space::check`] for a configuration made by this
    /// space.
    pub(crate) fn satisfies_constraints(&self, config: &Config) -> bool {
        self.constraints.iter().all(|c| c.holds(config.values()))
    }

    /// Returns the named values of a configuration, active parameters only, in the order of the
    /// space.
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

    /// Returns the configuration of all defaults if any searched parameter has one; the others take
    /// their middle. Returns `None` if it breaks a constraint.
    pub fn default_config(&self) -> Option<Config> {
        let any = self.axes.iter().any(|&i| self.parameters[i].default.is_some());
        if any { self.complete(&[]).ok() } else { None }
    }

    /// Whether the parameter at `position` is active, given the values of its parents.
    pub(super) fn is_active(&self, position: usize, values: &[Option<Value>]) -> bool {
        self.conditions[position].iter().all(|(parent, accepted)| {
            values[*parent].as_ref().is_some_and(|v| accepted.iter().any(|a| a.same_as(v)))
        })
    }

    pub(super) fn admit(
        &self,
        position: usize,
        value: &Value,
    ) -> Result<Value, ConfigurationFault> {
        let parameter = &self.parameters[position];
        parameter.domain.admit(value).ok_or_else(|| ConfigurationFault::Outside {
            name: parameter.name.clone(),
            value: value.to_string(),
            domain: parameter.domain.in_words(),
        })
    }

    /// Builds a configuration, parents first, from one coordinate per axis.
    fn config_at(&self, point: &[f64], value: impl Fn(&Parameter, f64) -> Value) -> Config {
        assert_eq!(point.len(), self.axes.len(), "one coordinate an axis");
        let mut values: Vec<Option<Value>> = vec![None; self.parameters.len()];
        for &position in &self.order {
            if !self.is_active(position, &values) {
                continue;
            }
            let parameter = &self.parameters[position];
            // A fixed parameter has no axis, and its only value is the middle.
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
