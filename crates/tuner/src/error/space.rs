//! Errors in a space: its parameters, its constraints, and configurations of it.

/// What is wrong with a parameter.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ParameterFault {
    /// Bounds in the wrong order.
    #[error("`low` is {low}, above `high`, which is {high}")]
    BoundsReversed {
        /// The lower bound given.
        low: f64,
        /// The upper bound given.
        high: f64,
    },
    /// A bound, step or value that is not finite.
    #[error("{0} is not a finite number")]
    NotFinite(f64),
    /// A range whose width is infinite.
    #[error("the range from {low:e} to {high:e} is wider than the largest number, about 1.8e308")]
    RangeTooWide {
        /// The lower bound given.
        low: f64,
        /// The upper bound given.
        high: f64,
    },
    /// Too many values in a list.
    #[error("`values` has {found} values, at most {at_most} are read")]
    TooManyValues {
        /// Number of values given.
        found: usize,
        /// The limit.
        at_most: usize,
    },
    /// Too many values in a condition.
    #[error("`when` lists {found} values, at most {at_most} are read")]
    TooManyAccepted {
        /// Number of values given.
        found: usize,
        /// The limit.
        at_most: usize,
    },
    /// Too many parameters in a space.
    #[error("the space has {found} parameters, at most {at_most} are read")]
    TooManyParameters {
        /// Number of parameters given.
        found: usize,
        /// The limit.
        at_most: usize,
    },
    /// A log scale over a range that contains 0 or negative numbers.
    #[error("a log scale needs `low` above 0, found {0}")]
    LogNotPositive(f64),
    /// A step of 0 or less.
    #[error("`step` must be above 0, found {0}")]
    StepNotPositive(f64),
    /// A step whose multiples are not distinct numbers.
    #[error(
        "`step` is {step:e}, too fine for numbers up to {largest:e}: they are written with 12 digits"
    )]
    StepTooFine {
        /// The step given.
        step: f64,
        /// The larger of the bounds.
        largest: f64,
    },
    /// A list without values.
    #[error("`values` is empty")]
    NoValues,
    /// A duplicate value in a list.
    #[error("`values` holds {0} twice")]
    RepeatedValue(String),
    /// Ordinal values that are neither all numbers nor all texts.
    #[error("ordinal `values` must be all numbers or all texts")]
    MixedOrdinal,
    /// A duplicate name.
    #[error("the name stands twice")]
    RepeatedName,
    /// A condition on a parameter that does not exist.
    #[error("`when` names `{0}`, which is not in the space")]
    UnknownParent(String),
    /// A condition that depends on itself.
    #[error("`when` leads back to the parameter itself")]
    CircularCondition,
    /// A condition on a value that the parent cannot take.
    #[error("`when` asks `{parent}` for {value}, which it cannot take")]
    ImpossibleCondition {
        /// The parent's name.
        parent: String,
        /// The value asked for.
        value: String,
    },
    /// A default, prior or fixed value outside the domain.
    #[error("{value} is not {domain}")]
    Outside {
        /// The value.
        value: String,
        /// The values of the domain, in words.
        domain: String,
    },
    /// Fewer than one grid point, or more than 10^7.
    #[error("`points` must lie between 1 and 10000000, found {0}")]
    PointsOutOfRange(u64),
    /// A distribution without mass between low and high.
    #[error("the distribution {0} has no mass between `low` and `high`")]
    NoMass(String),
    /// A distribution with a parameter out of range.
    #[error("`{name}` of the distribution must be above 0, found {value}")]
    DistributionParameter {
        /// The distribution's parameter.
        name: &'static str,
        /// The value found.
        value: f64,
    },
    /// Integers too large to be exact.
    #[error("bounds of an int must lie within ±2^53")]
    IntTooWide,
}

/// What is wrong with an expression.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ExpressionFault {
    /// A character that starts nothing.
    #[error("unexpected `{0}`")]
    UnexpectedCharacter(char),
    /// An unexpected token.
    #[error("expected {expected}, found {found}")]
    Expected {
        /// What was expected.
        expected: &'static str,
        /// What was found.
        found: String,
    },
    /// A name that is no parameter.
    #[error("`{0}` is not a parameter of the space")]
    UnknownName(String),
    /// A text that is not among the values of a list.
    #[error("`{name}` is never \"{text}\"")]
    UnknownText {
        /// The parameter.
        name: String,
        /// The text.
        text: String,
    },
    /// An unclosed text.
    #[error("the text is not closed by a quotation mark")]
    UnclosedText,
    /// Too deep nesting.
    #[error("nested deeper than {0}")]
    TooDeep(usize),
    /// A number in place of a truth value, or the reverse.
    #[error("{operator} needs {expected}, found {found}")]
    Kind {
        /// The operator or function.
        operator: &'static str,
        /// The kind that it takes.
        expected: &'static str,
        /// The kind that it got.
        found: &'static str,
    },
}

/// What is wrong with a configuration.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ConfigurationFault {
    /// No parameter of that name.
    #[error("`{0}` is not a parameter of the space")]
    UnknownName(String),
    /// A value outside the parameter's domain.
    #[error("`{name}` = {value} is not {domain}")]
    Outside {
        /// The parameter's name.
        name: String,
        /// The value.
        value: String,
        /// The values of the domain, in words.
        domain: String,
    },
    /// A value for an inactive parameter.
    #[error("`{0}` is given, but its `when` does not hold")]
    Inactive(String),
    /// A missing value of an active parameter.
    #[error("`{0}` has no value")]
    Missing(String),
    /// A violated constraint.
    #[error("the constraint `{expression}` does not hold with {values}{}", reason_suffix(reason))]
    Constraint {
        /// The constraint's expression.
        expression: String,
        /// The values of the parameters that the constraint names, including those that were filled
        /// in.
        values: String,
        /// The user's reason for it; may be empty.
        reason: String,
    },
}

fn reason_suffix(reason: &str) -> String {
    // On one line: a reason by the user must not look like a line of the program.
    let words: Vec<&str> = reason.split_whitespace().collect();
    if words.is_empty() { String::new() } else { format!(" ({})", words.join(" ")) }
}
