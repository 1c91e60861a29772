//! Parses tokens into a tree by recursive descent; checks kinds (number, text, truth) except of
//! parameters with mixed values.
//!
//! Binding, from loosest: or, and, not, comparison, + −, * / // %, unary −, ^ (to the right).

use super::super::domain::Domain;
use super::super::parameter::Parameter;
use super::super::value::Value;
use super::token::{Token, tokens};
use crate::error::ExpressionFault;
use std::collections::BTreeSet;

/// A node of an expression.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Node {
    Number(f64),
    Text(String),
    Truth(bool),
    /// The parameter at this position of the space, and the kind of all its values, if it is one.
    Parameter(usize, Option<ValueKind>),
    Not(Box<Node>),
    Negate(Box<Node>),
    Binary(Operator, Box<Node>, Box<Node>),
    /// A chain of one operator without nesting, so that long sums do not make a deep tree.
    Chain(Box<Node>, Vec<(Operator, Node)>),
    Call(Function, Vec<Node>),
}

impl Node {
    /// Adds the positions of the parameters that it names.
    pub(super) fn add_parameters(&self, positions: &mut BTreeSet<usize>) {
        match self {
            Self::Number(_) | Self::Text(_) | Self::Truth(_) => {}
            Self::Parameter(position, _) => _ = positions.insert(*position),
            Self::Not(inner) | Self::Negate(inner) => inner.add_parameters(positions),
            Self::Binary(_, left, right) => {
                left.add_parameters(positions);
                right.add_parameters(positions);
            }
            Self::Chain(first, links) => {
                first.add_parameters(positions);
                for (_, node) in links {
                    node.add_parameters(positions);
                }
            }
            Self::Call(_, arguments) => {
                for node in arguments {
                    node.add_parameters(positions);
                }
            }
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Or,
    And,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Equal,
    NotEqual,
    Add,
    Subtract,
    Multiply,
    Divide,
    FloorDivide,
    Remainder,
    Power,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Function {
    Min,
    Max,
    Abs,
    Log,
    Floor,
    Ceil,
}

/// The deepest nesting that is accepted.
const MAX_DEPTH: usize = 64;

type Fault = (usize, ExpressionFault);

pub(super) fn parse(text: &str, parameters: &[Parameter]) -> Result<Node, Fault> {
    let mut parser = Parser { tokens: tokens(text)?, next: 0, depth: 0, parameters };
    let root = parser.or()?;
    parser.expect_end()?;
    require("the constraint", ValueKind::Truth, &root, 0)?;
    Ok(root)
}

/// The kind of a node's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ValueKind {
    Number,
    Text,
    Truth,
}

impl ValueKind {
    fn in_words(self) -> &'static str {
        match self {
            Self::Number => "a number",
            Self::Text => "a text",
            Self::Truth => "true or false",
        }
    }
}

/// The kind that all values of a domain share, if they do.
fn kind_of_domain(domain: &Domain) -> Option<ValueKind> {
    let kind_of = |value: &Value| match value {
        Value::Bool(_) => ValueKind::Truth,
        Value::Text(_) => ValueKind::Text,
        Value::Int(_) | Value::Float(_) => ValueKind::Number,
    };

    match domain {
        Domain::Float { .. } | Domain::Int { .. } => Some(ValueKind::Number),
        Domain::Fixed(value) => Some(kind_of(value)),
        Domain::Ordinal(values) | Domain::Categorical(values) => {
            let first = kind_of(values.first()?);
            values.iter().all(|v| kind_of(v) == first).then_some(first)
        }
    }
}

/// Returns the kind of a node, if known; `None` for a parameter of mixed values.
fn kind(node: &Node) -> Option<ValueKind> {
    match node {
        Node::Number(_) | Node::Negate(_) | Node::Call(..) => Some(ValueKind::Number),
        Node::Text(_) => Some(ValueKind::Text),
        Node::Truth(_) | Node::Not(_) => Some(ValueKind::Truth),
        Node::Parameter(_, kind) => *kind,
        Node::Binary(operator, ..) => Some(yields(*operator)),
        Node::Chain(_, links) => links.first().map(|(operator, _)| yields(*operator)),
    }
}

fn yields(operator: Operator) -> ValueKind {
    match operator {
        Operator::Add
        | Operator::Subtract
        | Operator::Multiply
        | Operator::Divide
        | Operator::FloorDivide
        | Operator::Remainder
        | Operator::Power => ValueKind::Number,
        _ => ValueKind::Truth,
    }
}

fn require(
    operator: &'static str,
    expected: ValueKind,
    node: &Node,
    at: usize,
) -> Result<(), Fault> {
    match kind(node) {
        Some(found) if found != expected => {
            let (expected, found) = (expected.in_words(), found.in_words());
            Err((at, ExpressionFault::Kind { operator, expected, found }))
        }
        _ => Ok(()),
    }
}

struct Parser<'a> {
    tokens: Vec<(usize, Token)>,
    next: usize,
    depth: usize,
    parameters: &'a [Parameter],
}

impl Parser<'_> {
    fn offset(&self) -> usize {
        self.tokens[self.next].0
    }

    fn take(&mut self, sign: &str) -> bool {
        let matches = matches!(&self.tokens[self.next].1, Token::Sign(s) if *s == sign);
        self.next += usize::from(matches);
        matches
    }

    fn take_any(&mut self, signs: &[(&'static str, Operator)]) -> Option<(&'static str, Operator)> {
        signs.iter().copied().find(|(sign, _)| self.take(sign))
    }

    fn expected<T>(&self, expected: &'static str) -> Result<T, Fault> {
        let (at, token) = &self.tokens[self.next];
        Err((*at, ExpressionFault::Expected { expected, found: token.describe() }))
    }

    fn expect_end(&self) -> Result<(), Fault> {
        if self.tokens[self.next].1 == Token::End {
            Ok(())
        } else {
            self.expected("an operator or the end")
        }
    }

    fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, Fault>) -> Result<T, Fault> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err((self.offset(), ExpressionFault::TooDeep(MAX_DEPTH)));
        }
        let read = read(self);
        self.depth -= 1;
        read
    }

    /// Reads `item (sign item)*` into a flat chain.
    fn chain(
        &mut self,
        signs: &[(&'static str, Operator)],
        takes: ValueKind,
        item: fn(&mut Self) -> Result<Node, Fault>,
    ) -> Result<Node, Fault> {
        let start = self.offset();
        let first = item(self)?;

        let mut links = Vec::new();
        while let Some((sign, operator)) = self.take_any(signs) {
            if links.is_empty() {
                require(sign, takes, &first, start)?;
            }
            let at = self.offset();
            let right = item(self)?;
            require(sign, takes, &right, at)?;
            links.push((operator, right));
        }

        Ok(if links.is_empty() { first } else { Node::Chain(Box::new(first), links) })
    }

    fn or(&mut self) -> Result<Node, Fault> {
        self.chain(&[("or", Operator::Or)], ValueKind::Truth, Self::and)
    }

    fn and(&mut self) -> Result<Node, Fault> {
        self.chain(&[("and", Operator::And)], ValueKind::Truth, Self::not)
    }

    fn not(&mut self) -> Result<Node, Fault> {
        if !self.take("not") {
            return self.comparison();
        }
        let at = self.offset();
        let inner = self.nested(Self::not)?;
        require("not", ValueKind::Truth, &inner, at)?;
        Ok(Node::Not(Box::new(inner)))
    }

    /// A list may only be compared with its own texts: any other is a typing error that would
    /// always, or never, hold.
    fn require_listed(&self, list: &Node, text: &Node, at: usize) -> Result<(), Fault> {
        let (Node::Parameter(index, _), Node::Text(text)) = (list, text) else {
            return Ok(());
        };
        let parameter = &self.parameters[*index];
        let (Domain::Ordinal(values) | Domain::Categorical(values)) = &parameter.domain else {
            return Ok(());
        };
        if values.iter().any(|value| matches!(value, Value::Text(listed) if listed == text)) {
            return Ok(());
        }
        Err((at, ExpressionFault::UnknownText { name: parameter.name.clone(), text: text.clone() }))
    }

    fn comparison(&mut self) -> Result<Node, Fault> {
        const ORDERED: [(&str, Operator); 4] = [
            ("<=", Operator::LessEqual),
            (">=", Operator::GreaterEqual),
            ("<", Operator::Less),
            (">", Operator::Greater),
        ];

        const EQUAL: [(&str, Operator); 2] = [("==", Operator::Equal), ("!=", Operator::NotEqual)];
        let start = self.offset();

        let left = self.sum()?;
        if let Some((sign, operator)) = self.take_any(&ORDERED) {
            require(sign, ValueKind::Number, &left, start)?;
            let at = self.offset();
            let right = self.sum()?;
            require(sign, ValueKind::Number, &right, at)?;
            return Ok(Node::Binary(operator, Box::new(left), Box::new(right)));
        }

        if let Some((sign, operator)) = self.take_any(&EQUAL) {
            let at = self.offset();
            let right = self.sum()?;
            // Values of different kinds are never equal, so comparing them is an error and not
            // `false`.
            if let Some(left_kind) = kind(&left) {
                require(sign, left_kind, &right, at)?;
            }
            self.require_listed(&left, &right, at)?;
            self.require_listed(&right, &left, start)?;
            return Ok(Node::Binary(operator, Box::new(left), Box::new(right)));
        }

        // Assignment is a frequent slip for `==`.
        if matches!(self.tokens[self.next].1, Token::Sign("=")) {
            return self.expected("`==`");
        }

        Ok(left)
    }

    fn sum(&mut self) -> Result<Node, Fault> {
        self.chain(
            &[("+", Operator::Add), ("-", Operator::Subtract)],
            ValueKind::Number,
            Self::product,
        )
    }

    fn product(&mut self) -> Result<Node, Fault> {
        self.chain(
            &[
                ("*", Operator::Multiply),
                ("//", Operator::FloorDivide),
                ("/", Operator::Divide),
                ("%", Operator::Remainder),
            ],
            ValueKind::Number,
            Self::negation,
        )
    }

    fn negation(&mut self) -> Result<Node, Fault> {
        if !self.take("-") {
            return self.power();
        }
        let at = self.offset();
        let inner = self.nested(Self::negation)?;
        require("-", ValueKind::Number, &inner, at)?;
        Ok(Node::Negate(Box::new(inner)))
    }

    fn power(&mut self) -> Result<Node, Fault> {
        let start = self.offset();
        let base = self.atom()?;
        if !self.take("^") {
            return Ok(base);
        }
        require("^", ValueKind::Number, &base, start)?;
        let at = self.offset();
        let exponent = self.nested(Self::negation)?;
        require("^", ValueKind::Number, &exponent, at)?;
        Ok(Node::Binary(Operator::Power, Box::new(base), Box::new(exponent)))
    }

    fn atom(&mut self) -> Result<Node, Fault> {
        let (at, token) = self.tokens[self.next].clone();
        match token {
            Token::Number(v) => Ok(self.leaf(Node::Number(v))),
            Token::Text(t) => Ok(self.leaf(Node::Text(t))),
            Token::Sign("true") => Ok(self.leaf(Node::Truth(true))),
            Token::Sign("false") => Ok(self.leaf(Node::Truth(false))),
            Token::Sign("(") => {
                self.next += 1;
                let inner = self.nested(Self::or)?;
                if self.take(")") { Ok(inner) } else { self.expected("`)`") }
            }
            Token::Name(name) => {
                self.next += 1;
                match function(&name) {
                    // A function's name without a bracket may be a parameter.
                    Some(f) if self.take("(") => self.nested(|p| p.call(f)),
                    _ => match self.parameters.iter().position(|p| p.name == name) {
                        Some(index) => Ok(Node::Parameter(
                            index,
                            kind_of_domain(&self.parameters[index].domain),
                        )),
                        None => Err((at, ExpressionFault::UnknownName(name))),
                    },
                }
            }
            Token::Sign(_) | Token::End => self.expected("a number, a parameter or `(`"),
        }
    }

    fn leaf(&mut self, node: Node) -> Node {
        self.next += 1;
        node
    }

    /// Reads the arguments after the opening parenthesis.
    fn call(&mut self, function: Function) -> Result<Node, Fault> {
        let mut arguments = Vec::new();
        loop {
            let at = self.offset();
            let argument = self.sum()?;
            require("a function", ValueKind::Number, &argument, at)?;
            arguments.push(argument);
            if !self.take(",") {
                break;
            }
        }

        let single = !matches!(function, Function::Min | Function::Max);
        if single && arguments.len() != 1 || !self.take(")") {
            return self.expected("`)`");
        }

        Ok(Node::Call(function, arguments))
    }
}

fn function(name: &str) -> Option<Function> {
    match name {
        "min" => Some(Function::Min),
        "max" => Some(Function::Max),
        "abs" => Some(Function::Abs),
        "log" => Some(Function::Log),
        "floor" => Some(Function::Floor),
        "ceil" => Some(Function::Ceil),
        _ => None,
    }
}
