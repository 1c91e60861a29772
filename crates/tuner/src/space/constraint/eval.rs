//! The value of an expression for a configuration.

use super::super::value::Value;
use super::parse::{Function, Node, Operator};

/// The value of a node. Absence propagates to every node that contains it; an undefined value
/// decides nothing, so neither a comparison with it nor the comparison's negation holds (Kleene's
/// three values).
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Evaluated<'a> {
    Number(f64),
    Text(&'a str),
    Truth(bool),
    /// The truth of a comparison with an undefined number, such as the logarithm of −1.
    Undefined,
    /// A parameter that has no value yet, and what depends on it.
    Later,
    Absent,
}

/// The current values of a space's parameters.
#[derive(Clone, Copy)]
pub(super) struct Scope<'a> {
    /// Values by position; `None` if absent.
    pub(super) values: &'a [Option<Value>],
    /// Positions of parameters that have no value yet but will have one; shorter if all are
    /// decided.
    pub(super) is_later: &'a [bool],
}

pub(super) fn eval<'a>(node: &'a Node, values: Scope<'a>) -> Evaluated<'a> {
    match node {
        Node::Number(v) => Evaluated::Number(*v),
        Node::Text(t) => Evaluated::Text(t),
        Node::Truth(t) => Evaluated::Truth(*t),
        Node::Parameter(index, _) if values.is_later.get(*index) == Some(&true) => Evaluated::Later,
        Node::Parameter(index, _) => match values.values.get(*index).and_then(Option::as_ref) {
            None => Evaluated::Absent,
            Some(Value::Bool(t)) => Evaluated::Truth(*t),
            Some(Value::Text(t)) => Evaluated::Text(t),
            Some(Value::Int(v)) => Evaluated::Number(*v as f64),
            Some(Value::Float(v)) => Evaluated::Number(*v),
        },
        // Three values: the negation of what is undefined is not true.
        Node::Not(inner) => match eval(inner, values) {
            Evaluated::Truth(t) => Evaluated::Truth(!t),
            undecided @ (Evaluated::Undefined | Evaluated::Later) => undecided,
            _ => Evaluated::Absent,
        },
        Node::Negate(inner) => match eval(inner, values) {
            Evaluated::Number(v) => Evaluated::Number(-v),
            Evaluated::Later => Evaluated::Later,
            _ => Evaluated::Absent,
        },
        Node::Binary(operator, left, right) => {
            apply(*operator, eval(left, values), &eval(right, values))
        }
        Node::Chain(first, links) => {
            links.iter().fold(eval(first, values), |left, (operator, right)| {
                apply(*operator, left, &eval(right, values))
            })
        }
        Node::Call(function, arguments) => call(*function, arguments, values),
    }
}

fn apply<'a>(operator: Operator, left: Evaluated<'a>, right: &Evaluated<'a>) -> Evaluated<'a> {
    match (operator, left, right) {
        (Operator::Or, Evaluated::Truth(a), Evaluated::Truth(b)) => Evaluated::Truth(a || *b),
        (Operator::And, Evaluated::Truth(a), Evaluated::Truth(b)) => Evaluated::Truth(a && *b),
        (Operator::Equal, Evaluated::Truth(a), Evaluated::Truth(b)) => Evaluated::Truth(a == *b),
        (Operator::NotEqual, Evaluated::Truth(a), Evaluated::Truth(b)) => Evaluated::Truth(a != *b),
        (Operator::Equal, Evaluated::Text(a), Evaluated::Text(b)) => Evaluated::Truth(a == *b),
        (Operator::NotEqual, Evaluated::Text(a), Evaluated::Text(b)) => Evaluated::Truth(a != *b),
        (_, Evaluated::Number(a), Evaluated::Number(b)) => number(operator, a, *b),
        (_, Evaluated::Absent, _) | (_, _, Evaluated::Absent) => Evaluated::Absent,
        (Operator::Or, Evaluated::Truth(true), _) | (Operator::Or, _, Evaluated::Truth(true)) => {
            Evaluated::Truth(true)
        }
        (Operator::And, Evaluated::Truth(false), _)
        | (Operator::And, _, Evaluated::Truth(false)) => Evaluated::Truth(false),
        (_, Evaluated::Later, _) | (_, _, Evaluated::Later) => Evaluated::Later,
        (_, Evaluated::Undefined, _) | (_, _, Evaluated::Undefined) => Evaluated::Undefined,
        // Values of different kinds, as in a list of numbers and names, differ and have no order.
        (
            Operator::Equal
            | Operator::Less
            | Operator::LessEqual
            | Operator::Greater
            | Operator::GreaterEqual,
            ..,
        ) => Evaluated::Truth(false),
        (Operator::NotEqual, ..) => Evaluated::Truth(true),
        _ => Evaluated::Absent,
    }
}

fn number<'a>(operator: Operator, a: f64, b: f64) -> Evaluated<'a> {
    let is_comparison = matches!(
        operator,
        Operator::Less
            | Operator::LessEqual
            | Operator::Greater
            | Operator::GreaterEqual
            | Operator::Equal
            | Operator::NotEqual
    );

    // NaN, as of 0 / 0, compares with nothing: the constraint is undefined, and does not hold.
    if is_comparison && (a.is_nan() || b.is_nan()) {
        return Evaluated::Undefined;
    }

    match operator {
        Operator::Less => Evaluated::Truth(a < b),
        Operator::LessEqual => Evaluated::Truth(a <= b),
        Operator::Greater => Evaluated::Truth(a > b),
        Operator::GreaterEqual => Evaluated::Truth(a >= b),
        Operator::Equal => Evaluated::Truth(a == b),
        Operator::NotEqual => Evaluated::Truth(a != b),
        Operator::Add => Evaluated::Number(a + b),
        Operator::Subtract => Evaluated::Number(a - b),
        Operator::Multiply => Evaluated::Number(a * b),
        Operator::Divide => Evaluated::Number(a / b),
        Operator::FloorDivide => Evaluated::Number(floor_divide(a, b)),
        Operator::Remainder => Evaluated::Number(remainder(a, b)),
        Operator::Power => Evaluated::Number(libm::pow(a, b)),
        Operator::Or | Operator::And => Evaluated::Absent,
    }
}

/// Python's `a % b`, with the sign of b; undefined for b = 0.
fn remainder(a: f64, b: f64) -> f64 {
    let rest = libm::fmod(a, b);
    if rest != 0.0 && (b < 0.0) != (rest < 0.0) { rest + b } else { rest }
}

/// Python's `a // b`, the floor of the quotient, without the rounding of `a / b`; undefined for b =
/// 0.
fn floor_divide(a: f64, b: f64) -> f64 {
    let quotient = (a - remainder(a, b)) / b;
    let floor = quotient.floor();
    // The difference above is a multiple of b except for its last bits.
    if quotient - floor > 0.5 { floor + 1.0 } else { floor }
}

fn call<'a>(function: Function, arguments: &'a [Node], values: Scope<'a>) -> Evaluated<'a> {
    let mut result: Option<f64> = None;
    let mut is_later = false;
    for argument in arguments {
        let v = match eval(argument, values) {
            Evaluated::Number(v) => v,
            Evaluated::Later => {
                is_later = true;
                continue;
            }
            _ => return Evaluated::Absent,
        };
        result = Some(match (function, result) {
            (Function::Abs, _) => v.abs(),
            (Function::Log, _) => libm::log(v),
            (Function::Floor, _) => v.floor(),
            (Function::Ceil, _) => v.ceil(),
            // NaN stays NaN: an undefined number satisfies nothing.
            (Function::Min, Some(r)) => {
                if r < v || r.is_nan() {
                    r
                } else {
                    v
                }
            }
            (Function::Max, Some(r)) => {
                if r > v || r.is_nan() {
                    r
                } else {
                    v
                }
            }
            (Function::Min | Function::Max, None) => v,
        });
    }

    if is_later { Evaluated::Later } else { result.map_or(Evaluated::Absent, Evaluated::Number) }
}
