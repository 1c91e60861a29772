//! The value of an expression for a configuration.

use super::super::value::Value;
use super::parse::{Function, Node, Operator};

/// What a node yields. Absence spreads to whatever contains it; what is undefined decides nothing, so that neither a
/// comparison of it nor that comparison's negation holds (Kleene's three values).
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Found<'a> {
    Number(f64),
    Text(&'a str),
    Truth(bool),
    /// The truth of a comparison with an undefined number, such as the logarithm of −1.
    Undefined,
    /// A parameter that has no value yet, and what follows from it.
    Later,
    Absent,
}

/// What the parameters of a space are at the moment.
#[derive(Clone, Copy)]
pub(super) struct Scope<'a> {
    /// Values by position; `None` if absent.
    pub(super) values: &'a [Option<Value>],
    /// Positions of parameters that have no value yet and will have one; shorter if all are decided.
    pub(super) is_later: &'a [bool],
}

pub(super) fn eval<'a>(node: &'a Node, values: Scope<'a>) -> Found<'a> {
    match node {
        Node::Number(v) => Found::Number(*v),
        Node::Text(t) => Found::Text(t),
        Node::Truth(t) => Found::Truth(*t),
        Node::Parameter(index, _) if values.is_later.get(*index) == Some(&true) => Found::Later,
        Node::Parameter(index, _) => match values.values.get(*index).and_then(Option::as_ref) {
            None => Found::Absent,
            Some(Value::Bool(t)) => Found::Truth(*t),
            Some(Value::Text(t)) => Found::Text(t),
            Some(Value::Int(v)) => Found::Number(*v as f64),
            Some(Value::Float(v)) => Found::Number(*v),
        },
        Node::Not(inner) => match eval(inner, values) {
            Found::Truth(t) => Found::Truth(!t),
            undecided @ (Found::Undefined | Found::Later) => undecided,
            _ => Found::Absent,
        },
        Node::Negate(inner) => match eval(inner, values) {
            Found::Number(v) => Found::Number(-v),
            Found::Later => Found::Later,
            _ => Found::Absent,
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

fn apply<'a>(operator: Operator, left: Found<'a>, right: &Found<'a>) -> Found<'a> {
    match (operator, left, right) {
        (Operator::Or, Found::Truth(a), Found::Truth(b)) => Found::Truth(a || *b),
        (Operator::And, Found::Truth(a), Found::Truth(b)) => Found::Truth(a && *b),
        (Operator::Equal, Found::Truth(a), Found::Truth(b)) => Found::Truth(a == *b),
        (Operator::NotEqual, Found::Truth(a), Found::Truth(b)) => Found::Truth(a != *b),
        (Operator::Equal, Found::Text(a), Found::Text(b)) => Found::Truth(a == *b),
        (Operator::NotEqual, Found::Text(a), Found::Text(b)) => Found::Truth(a != *b),
        (_, Found::Number(a), Found::Number(b)) => number(operator, a, *b),
        (_, Found::Absent, _) | (_, _, Found::Absent) => Found::Absent,
        (Operator::Or, Found::Truth(true), _) | (Operator::Or, _, Found::Truth(true)) => {
            Found::Truth(true)
        }
        (Operator::And, Found::Truth(false), _) | (Operator::And, _, Found::Truth(false)) => {
            Found::Truth(false)
        }
        (_, Found::Later, _) | (_, _, Found::Later) => Found::Later,
        (_, Found::Undefined, _) | (_, _, Found::Undefined) => Found::Undefined,
        // Values of different kinds, as a list of numbers and names has them, differ and have no order.
        (
            Operator::Equal
            | Operator::Less
            | Operator::LessEqual
            | Operator::Greater
            | Operator::GreaterEqual,
            ..,
        ) => Found::Truth(false),
        (Operator::NotEqual, ..) => Found::Truth(true),
        _ => Found::Absent,
    }
}

fn number<'a>(operator: Operator, a: f64, b: f64) -> Found<'a> {
    let is_comparison = matches!(
        operator,
        Operator::Less
            | Operator::LessEqual
            | Operator::Greater
            | Operator::GreaterEqual
            | Operator::Equal
            | Operator::NotEqual
    );
    if is_comparison && (a.is_nan() || b.is_nan()) {
        return Found::Undefined;
    }

    match operator {
        Operator::Less => Found::Truth(a < b),
        Operator::LessEqual => Found::Truth(a <= b),
        Operator::Greater => Found::Truth(a > b),
        Operator::GreaterEqual => Found::Truth(a >= b),
        Operator::Equal => Found::Truth(a == b),
        Operator::NotEqual => Found::Truth(a != b),
        Operator::Add => Found::Number(a + b),
        Operator::Subtract => Found::Number(a - b),
        Operator::Multiply => Found::Number(a * b),
        Operator::Divide => Found::Number(a / b),
        Operator::FloorDivide => Found::Number(floor_divide(a, b)),
        Operator::Remainder => Found::Number(remainder(a, b)),
        Operator::Power => Found::Number(libm::pow(a, b)),
        Operator::Or | Operator::And => Found::Absent,
    }
}

/// Python's `a % b`: of b's sign; undefined for b = 0.
fn remainder(a: f64, b: f64) -> f64 {
    let rest = libm::fmod(a, b);
    if rest != 0.0 && (b < 0.0) != (rest < 0.0) { rest + b } else { rest }
}

/// Python's `a // b`, the whole number below the quotient, without the rounding of `a / b`; undefined for b = 0.
fn floor_divide(a: f64, b: f64) -> f64 {
    let quotient = (a - remainder(a, b)) / b;
    let floor = quotient.floor();
    // The difference above is a multiple of b but for its last bits.
    if quotient - floor > 0.5 { floor + 1.0 } else { floor }
}

fn call<'a>(function: Function, arguments: &'a [Node], values: Scope<'a>) -> Found<'a> {
    let mut result: Option<f64> = None;
    let mut is_later = false;
    for argument in arguments {
        let v = match eval(argument, values) {
            Found::Number(v) => v,
            Found::Later => {
                is_later = true;
                continue;
            }
            _ => return Found::Absent,
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
    if is_later { Found::Later } else { result.map_or(Found::Absent, Found::Number) }
}
