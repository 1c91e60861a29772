//! A searched parameter: its name, and the extent of its axis.

use crate::space::{Domain, Scale, Space, Value};
use serde::Serialize;

/// A searched parameter.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ParameterView {
    /// The parameter's name.
    pub name: String,
    /// The parameter's range or list of values.
    pub extent: Extent,
    /// Whether the parameter can be inactive.
    pub is_conditional: bool,
    /// Whether the parameter's values are integers.
    #[serde(skip)]
    pub is_whole: bool,
}

/// The extent of a parameter.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Extent {
    /// Numbers between two ends.
    Range {
        /// The lower end.
        low: f64,
        /// The upper end.
        high: f64,
        /// Whether the scale is logarithmic.
        is_log: bool,
    },
    /// Values of a list.
    List {
        /// The values.
        values: Vec<Value>,
    },
}

impl ParameterView {
    /// The searched parameters of a space, in its order.
    pub fn all(space: &Space) -> Vec<Self> {
        let of = |&position: &usize| {
            let parameter = &space.parameters()[position];
            let is_conditional = !parameter.when.is_empty();
            let extent = extent(&parameter.domain);
            let is_whole = matches!(parameter.domain, Domain::Int { .. });
            Self { name: parameter.name.clone(), extent, is_conditional, is_whole }
        };
        space.axes().iter().map(of).collect()
    }

    /// Returns the position of a value on the axis: the number itself, or its position in the list.
    /// Returns `None` for a value of another kind, as from an earlier space.
    pub fn place(&self, value: &Value) -> Option<f64> {
        match &self.extent {
            Extent::Range { .. } => value.as_number(),
            Extent::List { values } => {
                values.iter().position(|v| v.same_as(value)).map(|position| position as f64)
            }
        }
    }
}

fn extent(domain: &Domain) -> Extent {
    match domain {
        Domain::Float { low, high, scale, .. } => {
            Extent::Range { low: *low, high: *high, is_log: *scale == Scale::Log }
        }
        Domain::Int { low, high, scale, .. } => {
            Extent::Range { low: *low as f64, high: *high as f64, is_log: *scale == Scale::Log }
        }
        Domain::Ordinal(values) | Domain::Categorical(values) => {
            Extent::List { values: values.clone() }
        }
        Domain::Fixed(value) => Extent::List { values: vec![value.clone()] },
    }
}
