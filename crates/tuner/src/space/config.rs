//! A configuration: a value for each active parameter, in the order of the space.

use super::value::Value;

/// The values of one trial: position i belongs to parameter i of its space, and an inactive
/// parameter has none.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Config {
    values: Box<[Option<Value>]>,
}

impl Config {
    /// Creates a configuration from values in the order of the space's parameters.
    pub fn new(values: impl Into<Box<[Option<Value>]>>) -> Self {
        Self { values: values.into() }
    }

    /// Returns the value of the parameter at `index`; `None` if it is inactive.
    pub fn get(&self, index: usize) -> Option<&Value> {
        self.values.get(index).and_then(Option::as_ref)
    }

    /// Returns all values in the order of the space's parameters.
    pub fn values(&self) -> &[Option<Value>] {
        &self.values
    }
}
