//! A configuration with the names of its parameters: the form outside the engine.

use super::config::Config;
use super::value::Value;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, Serializer};
use std::fmt;

/// Values by parameter name, in the order of the space; a parameter that is inactive is absent.
///
/// A [`Config`] is positions only and means nothing without its space; an assignment stands alone.
/// As JSON it is an object.
///
/// ```
/// use tuner::space::{Assignment, Value};
///
/// let tried: Assignment = [("depth", Value::Int(3)), ("rate", Value::Float(0.1))].into_iter().collect();
/// assert_eq!(tried.get("depth"), Some(&Value::Int(3)));
/// assert_eq!(tried.get("width"), None);
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Assignment {
    values: Vec<(String, Value)>,
}

impl Assignment {
    /// Returns the value of the parameter called `name`, or `None` if it is inactive or unknown.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.values.iter().find(|(own, _)| own == name).map(|(_, value)| value)
    }

    /// Returns a value as a number, or `None` if there is none.
    pub fn number(&self, name: &str) -> Option<f64> {
        self.get(name)?.as_number()
    }

    /// The names and values, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &Value)> {
        self.values.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// The number of values.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Tells whether there are no values.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The pairs, as [`Space::complete`](super::Space::complete) takes them.
    pub fn as_pairs(&self) -> &[(String, Value)] {
        &self.values
    }
}

impl super::Space {
    /// Names the values of a configuration of this space.
    pub fn assignment(&self, config: &Config) -> Assignment {
        self.named(config).map(|(name, value)| (name, value.clone())).collect()
    }
}

impl<N: Into<String>, V: Into<Value>> FromIterator<(N, V)> for Assignment {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(values: I) -> Self {
        let values = values.into_iter().map(|(name, value)| (name.into(), value.into()));
        Self { values: values.collect() }
    }
}

impl Serialize for Assignment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl<'de> Deserialize<'de> for Assignment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pairs;

        impl<'de> Visitor<'de> for Pairs {
            type Value = Assignment;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of names and values")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Assignment, A::Error> {
                let mut values = Vec::new();
                while let Some(pair) = map.next_entry::<String, Value>()? {
                    values.push(pair);
                }
                Ok(Assignment { values })
            }
        }

        deserializer.deserialize_map(Pairs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_assignment_is_a_json_object_in_its_own_order() {
        let text = r#"{"width":64,"depth":2.0,"activation":"relu","bias":true}"#;
        let read: Assignment = serde_json::from_str(text).unwrap();
        assert_eq!(read.iter().next(), Some(("width", &Value::Int(64))));
        assert_eq!(read.number("depth"), Some(2.0));
        assert_eq!(serde_json::to_string(&read).unwrap(), text);
    }
}
