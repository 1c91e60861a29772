//! The value of an expression for a configuration.

use super::super::value::Value;
use super::parse::{Function, Node, Operator};

/// What a node yields. Absence spreads to whatever contains it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Found<'a> {
    Number(f64),
    Text(&'a str),
    Truth(bool),
    Absent,
}

pub(super) fn eval<'a>(node: &'a Node, values: &'a [Option<Value>]) -> Found<'a> {
    match node {
        Node::Number(v) => Found::Number(*v),
        Node::Text(t) => Found::Text(t),
        Node::Truth(t) => Found::Truth(*t),
        Node::Parameter(index, _) => match values.get(*index).and_then(Option::as_ref) {
            None => Found::Absent,
            Some(Value::Bool(t)) => Found::Truth(*t),
            Some(Value::Text(t)) => Found::Text(t),
            Some(Value::Int(v)) => Found::Number(*v as f64),
            Some(Value::Float(v)) => Found::Number(*v),
        },
        Node::Not(inner) => match eval(inner, values) {
            Found::Truth(t) => Found::Truth(!t),
            _ => Found::Absent,
        },
        Node::Negate(inner) => match eval(inner, values) {
            Found::Number(v) => Found::Number(-v),
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
    let comparable = !a.is_nan() && !b.is_nan();
    match operator {
        Operator::Less => Found::Truth(a < b),
        Operator::LessEqual => Found::Truth(a <= b),
        Operator::Greater => Found::Truth(a > b),
        Operator::GreaterEqual => Found::Truth(a >= b),
        Operator::Equal => Found::Truth(a == b),
        Operator::NotEqual => Found::Truth(comparable && a != b),
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

fn call<'a>(function: Function, arguments: &'a [Node], values: &'a [Option<Value>]) -> Found<'a> {
    let mut result: Option<f64> = None;
    for argument in arguments {
        let Found::Number(v) = eval(argument, values) else {
            return Found::Absent;
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
    result.map_or(Found::Absent, Found::Number)
}
