//! Configurations of one space in another: what a study keeps of earlier trials when its space
//! changes.

use super::{Config, Space, Value};

impl Space {
    /// Converts a configuration of another space, given by its named values, into this one; returns
    /// `None` if it lies outside.
    ///
    /// A parameter that the other space did not have must have a default, which counts as its
    /// value. A value for a parameter that this space does not have lies outside.
    pub fn adopt<'a>(&self, named: impl Iterator<Item = (&'a str, &'a Value)>) -> Option<Config> {
        let mut config = self.arrange_known(named)?;
        // Parents first: a default decides whether other parameters are active.
        for &position in &self.order {
            if config[position].is_none() && self.is_active(position, &config) {
                config[position].clone_from(&self.parameters[position].default);
            }
        }

        for (position, value) in config.iter_mut().enumerate() {
            if let Some(given) = value {
                *value = Some(self.admit(position, given).ok()?);
            }
        }

        let config = Config::new(config);
        self.check(&config).is_ok().then_some(config)
    }

    /// Arranges the values of a configuration of another space in the order of this one, for
    /// display: they need not lie in it. Values for parameters that this space does not have are
    /// omitted.
    pub(crate) fn arrange<'a>(&self, named: impl Iterator<Item = (&'a str, &'a Value)>) -> Config {
        let known = named.filter(|(name, _)| self.position(name).is_some());
        Config::new(self.arrange_known(known).unwrap_or_default())
    }

    /// Values in the order of this space; `None` if one belongs to no parameter of it.
    fn arrange_known<'a>(
        &self,
        named: impl Iterator<Item = (&'a str, &'a Value)>,
    ) -> Option<Vec<Option<Value>>> {
        let mut values = vec![None; self.parameters.len()];
        let mut next = 0;
        for (name, value) in named {
            let position = self.position_from(next, name)?;
            next = position + 1;
            values[position] = Some(value.clone());
        }
        Some(values)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Condition, Domain, Parameter, Scale};
    use super::*;

    fn int(name: &str, low: i64, high: i64) -> Parameter {
        Parameter::new(name, Domain::Int { low, high, scale: Scale::Linear, step: 1 })
    }

    fn space(parameters: Vec<Parameter>) -> Space {
        Space::new(parameters, &[]).unwrap()
    }

    fn adopted(space: &Space, named: &[(&str, i64)]) -> Option<Vec<Option<Value>>> {
        let values: Vec<Value> = named.iter().map(|(_, v)| Value::Int(*v)).collect();
        let named = named.iter().map(|(name, _)| *name).zip(&values);
        space.adopt(named).map(|config| config.values().to_vec())
    }

    #[test]
    fn a_value_inside_stays_and_one_outside_does_not() {
        let wider = space(vec![int("a", 1, 9)]);
        assert_eq!(adopted(&wider, &[("a", 7)]), Some(vec![Some(Value::Int(7))]));
        assert_eq!(adopted(&wider, &[("a", 10)]), None);
        assert_eq!(adopted(&wider, &[("a", 7), ("gone", 1)]), None);
        let fixed = space(vec![Parameter::new("a", Domain::Fixed(Value::Int(7))), int("b", 1, 2)]);
        assert!(
            adopted(&fixed, &[("a", 7), ("b", 1)]).is_some()
                && adopted(&fixed, &[("a", 6), ("b", 1)]).is_none()
        );
    }

    #[test]
    fn an_added_parameter_is_taken_at_its_default_where_it_is_active() {
        let mut added = int("b", 1, 9);
        added.when = vec![Condition { parent: "a".into(), values: vec![Value::Int(2)] }];
        let without_default = space(vec![added.clone(), int("a", 1, 9)]);
        added.default = Some(Value::Int(4));
        let with_default = space(vec![added, int("a", 1, 9)]);
        assert_eq!(
            adopted(&with_default, &[("a", 2)]),
            Some(vec![Some(Value::Int(4)), Some(Value::Int(2))])
        );
        assert_eq!(adopted(&with_default, &[("a", 3)]), Some(vec![None, Some(Value::Int(3))]));
        assert_eq!(adopted(&without_default, &[("a", 2)]), None);
        assert!(adopted(&without_default, &[("a", 3)]).is_some());
    }

    #[test]
    fn what_lies_outside_can_still_be_shown() {
        let narrow = space(vec![int("b", 1, 9), int("a", 1, 2)]);
        let (seven, one) = (Value::Int(7), Value::Int(1));
        let shown = narrow.arrange([("a", &seven), ("gone", &one)].into_iter());
        assert_eq!(shown.values(), [None, Some(Value::Int(7))]);
    }
}
