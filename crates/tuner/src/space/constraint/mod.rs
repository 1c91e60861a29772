//! Constraints between parameters: an expression that must hold before a configuration becomes a
//! trial.
//!
//! `depth * width <= 512 and optimizer != "adam"`: `+ - * / // % ^`, comparisons, `and or not`,
//! `min max abs log floor ceil`, numbers, texts in double quotation marks, `true` and `false`. A
//! constraint that names an absent parameter holds.

mod eval;
mod parse;
mod token;

use super::parameter::Parameter;
use super::value::Value;
use crate::error::ExpressionFault;
use eval::{Evaluated, Scope};
use parse::Node;
use std::collections::BTreeSet;

/// A condition on the values of several parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct Constraint {
    expression: String,
    reason: String,
    root: Node,
}

impl Constraint {
    /// Parses an expression over the space's parameters. `reason` is shown when it does not hold.
    ///
    /// # Errors
    /// The byte offset of the fault, and the fault.
    pub fn parse(
        expression: &str,
        reason: &str,
        parameters: &[Parameter],
    ) -> Result<Self, (usize, ExpressionFault)> {
        let root = parse::parse(expression, parameters)?;
        Ok(Self { expression: expression.to_owned(), reason: reason.to_owned(), root })
    }

    /// Whether the constraint holds for values in the order of the space's parameters. It holds if
    /// it names an absent parameter, and does not if it compares an undefined number.
    pub fn holds(&self, values: &[Option<Value>]) -> bool {
        self.may_hold(values, &[])
    }

    /// Whether the constraint can still hold once the parameters at which `is_later` have values
    /// too.
    pub(super) fn may_hold(&self, values: &[Option<Value>], is_later: &[bool]) -> bool {
        match eval::eval(&self.root, Scope { values, is_later }) {
            Evaluated::Truth(truth) => truth,
            Evaluated::Undefined => false,
            Evaluated::Number(_) | Evaluated::Text(_) | Evaluated::Later | Evaluated::Absent => {
                true
            }
        }
    }

    /// Returns the positions of the parameters that it names, ascending.
    pub fn parameters(&self) -> impl Iterator<Item = usize> {
        let mut positions = BTreeSet::new();
        self.root.add_parameters(&mut positions);
        positions.into_iter()
    }

    /// The expression as written.
    pub fn expression(&self) -> &str {
        &self.expression
    }

    /// The user's reason; may be empty.
    pub fn reason(&self) -> &str {
        &self.reason
    }
}

#[cfg(test)]
mod tests {
    use super::super::domain::{Domain, Scale};
    use super::*;

    fn parameters() -> Vec<Parameter> {
        let texts = ["sgd", "adam"].map(|t| Value::Text(t.into())).to_vec();
        vec![
            Parameter::new("depth", Domain::Int { low: 0, high: 9, scale: Scale::Linear, step: 1 }),
            Parameter::new(
                "width",
                Domain::Float { low: -9.0, high: 9.0, scale: Scale::Linear, step: None },
            ),
            Parameter::new("name", Domain::Categorical(texts)),
        ]
    }

    fn holds(expression: &str, values: &[Option<Value>]) -> bool {
        Constraint::parse(expression, "", &parameters()).unwrap().holds(values)
    }

    fn values(depth: i64, width: f64, name: &str) -> [Option<Value>; 3] {
        [Some(Value::Int(depth)), Some(Value::Float(width)), Some(Value::Text(name.into()))]
    }

    #[test]
    fn arithmetic_binds_as_in_school() {
        let v = values(2, 3.0, "a");
        assert!(holds("1 + 2 * 3 == 7", &v));
        assert!(holds("2 ^ 3 ^ 2 == 512", &v));
        assert!(holds("-2 ^ 2 == -4", &v));
        assert!(holds("(1 + 2) * 3 == 9 and 7 / 2 == 3.5", &v));
        assert!(holds("depth * width <= 6 and not depth * width < 6", &v));
        assert!(holds("min(depth, width) == 2 and max(1, 2, width) == 3", &v));
        assert!(holds("abs(-3) == 3 and log(1) == 0", &v));
        assert!(holds("1 - 2 - 3 == -4", &v));
    }

    #[test]
    fn remainders_and_whole_quotients_are_those_of_python() {
        let v = values(7, 3.0, "a");
        // python3 -c "print(7 % 3, -7 % 3, 7 % -3, 7 // 3, -7 // 3, 7 // -3, 1 // 0.1, 1 % 0.1, 5.5
        // % 2)"
        for expression in [
            "7 % 3 == 1",
            "-7 % 3 == 2",
            "7 % (-3) == -2",
            "7 // 3 == 2",
            "-7 // 3 == -3",
            "7 // (-3) == -3",
            "1 // 0.1 == 9",
            "abs(1 % 0.1 - 0.09999999999999995) < 1e-16",
            "5.5 % 2 == 1.5",
            "depth % 2 == 1 and depth // 2 * 2 + depth % 2 == depth",
            "2 * 7 % 4 == 2",
            "floor(-1.5) == -2 and ceil(-1.5) == -1 and floor(width / 2) == 1",
        ] {
            assert!(holds(expression, &v), "{expression}");
        }
        assert!(!holds("depth % 0 == 0", &v) && !holds("depth // 0 >= 0", &v));
        assert!(Constraint::parse("floor(1, 2) < 3", "", &parameters()).is_err());
    }

    #[test]
    fn texts_and_truths_compare() {
        let v = values(2, 3.0, "sgd");
        assert!(holds("name == \"sgd\" or depth > 5", &v));
        assert!(holds("not (name != \"sgd\")", &v));
        assert!(!holds("name == \"adam\" and true", &v));
        assert!(holds("(depth > 1) == true", &v));
    }

    #[test]
    fn an_absent_parameter_makes_it_hold() {
        let v = [Some(Value::Int(2)), None, None];
        assert!(holds("width < 0", &v));
        assert!(holds("depth > 5 and width < 0", &v));
        assert!(holds("not (depth < 5 or width > 0)", &v));
        assert!(!holds("depth > 5", &v));
    }

    #[test]
    fn numbers_and_texts_of_one_list_differ_and_have_no_order() {
        let mixed = vec![Value::Text("sqrt".into()), Value::Float(0.5)];
        let parameters = [Parameter::new("share", Domain::Categorical(mixed))];
        let holds = |expression: &str, value: Value| {
            Constraint::parse(expression, "", &parameters).unwrap().holds(&[Some(value)])
        };
        let (text, number) = (|| Value::Text("sqrt".into()), || Value::Float(0.5));
        assert!(holds("share == \"sqrt\"", text()) && !holds("share == \"sqrt\"", number()));
        assert!(!holds("share != \"sqrt\"", text()) && holds("share != \"sqrt\"", number()));
        assert!(
            holds("share < 1", number())
                && !holds("share < 1", text())
                && !holds("share > 1", text())
        );
    }

    #[test]
    fn undefined_numbers_do_not_satisfy_it() {
        let v = values(0, 3.0, "a");
        assert!(!holds("1 / depth > 0 and 1 / depth < 0", &v));
        assert!(!holds("log(depth - 1) < 5", &v));
        assert!(!holds("not (log(depth - 1) < 5)", &v));
        assert!(!holds("not (log(depth - 1) != 5)", &v));
        assert!(!holds("(log(depth - 1) < 5) == false", &v));
        assert!(!holds("depth > 1 or not (log(depth - 1) < 5)", &v));
        assert!(holds("depth < 1 or log(depth - 1) < 5", &v));
        assert!(holds("not (depth > 1 and log(depth - 1) < 5)", &v));
    }

    #[test]
    fn faults_point_to_their_place() {
        let fault = |e: &str| Constraint::parse(e, "", &parameters()).unwrap_err();
        assert_eq!(fault("depth * heigth < 3"), (8, ExpressionFault::UnknownName("heigth".into())));
        assert_eq!(fault("depth < ").0, 8);
        assert_eq!(fault("depth # 3"), (6, ExpressionFault::UnexpectedCharacter('#')));
        assert_eq!(fault("depth == \"x").1, ExpressionFault::UnclosedText);
        assert!(matches!(fault("depth + 1").1, ExpressionFault::Kind { .. }));
        assert!(matches!(fault("not depth").1, ExpressionFault::Kind { .. }));
        assert!(matches!(fault("name < 3").1, ExpressionFault::Kind { .. }));
        assert!(matches!(fault("depth == \"sgd\"").1, ExpressionFault::Kind { .. }));
        let unknown = ExpressionFault::UnknownText { name: "name".into(), text: "sdg".into() };
        assert_eq!((fault("name != \"sdg\""), fault("\"sdg\" == name").0), ((8, unknown), 0));
        assert!(matches!(fault("depth").1, ExpressionFault::Kind { .. }));
        assert!(matches!(fault("depth < 3 )").1, ExpressionFault::Expected { .. }));
        assert_eq!(fault("").0, 0);
    }

    #[test]
    fn nesting_has_a_bound() {
        let nested = |n: usize| format!("{}1{} < 2", "(".repeat(n), ")".repeat(n));
        assert!(Constraint::parse(&nested(60), "", &[]).is_ok());
        assert_eq!(
            Constraint::parse(&nested(1000), "", &[]).unwrap_err().1,
            ExpressionFault::TooDeep(64)
        );
        assert!(Constraint::parse(&format!("{}1 < 2", "not ".repeat(1000)), "", &[]).is_err());
        assert!(Constraint::parse(&format!("{}1 < 2", "-".repeat(100_000)), "", &[]).is_err());
        assert!(Constraint::parse(&format!("2{} < 2", "^2".repeat(100_000)), "", &[]).is_err());
        let long = format!("1{} > 0", " + 1".repeat(10_000));
        assert!(Constraint::parse(&long, "", &[]).unwrap().holds(&[]));
    }
}
