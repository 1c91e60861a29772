//! The conditions between parameters, resolved to positions, and the order that follows from them.

use super::domain::MAX_VALUES;
use super::parameter::Parameter;
use super::value::Value;
use crate::error::{Error, ParameterFault};

/// The most parameters of a space, since they are found by linear search.
const MAX_PARAMETERS: usize = 10_000;

/// A parameter's conditions, as (position of the parent, accepted values).
pub(super) type Conditions = Vec<(usize, Vec<Value>)>;

/// Checks each parameter and resolves its conditions to positions.
pub(super) fn check_parameters(parameters: &[Parameter]) -> Result<Vec<Conditions>, Error> {
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

    // In a second pass, since a condition may name a parameter that comes later.
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

/// Orders positions so that parents come before children, and otherwise as in the space.
pub(super) fn parents_first(
    parameters: &[Parameter],
    conditions: &[Conditions],
) -> Result<Vec<usize>, Error> {
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
        // Nothing could be placed, so the remaining parameters depend on one another.
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
