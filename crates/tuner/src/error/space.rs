//! What can be wrong with a space: its parameters, its constraints, and configurations of it.

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
    /// A range whose width is no finite number.
    #[error("the range from {low:e} to {high:e} is wider than the largest number, about 1.8e308")]
    RangeTooWide {
        /// The lower bound given.
        low: f64,
        /// The upper bound given.
        high: f64,
    },
    /// More values than a list is read to.
    #[error("`values` has {found} values, at most {at_most} are read")]
    TooManyValues {
        /// Values given.
        found: usize,
        /// The bound.
        at_most: usize,
    },
    /// A condition that accepts more values than a list is read to.
    #[error("`when` lists {found} values, at most {at_most} are read")]
    TooManyAccepted {
        /// Values given.
        found: usize,
        /// The bound.
        at_most: usize,
    },
    /// One parameter more than a space holds.
    #[error("the space has {found} parameters, at most {at_most} are read")]
    TooManyParameters {
        /// Parameters given.
        found: usize,
        /// The bound.
        at_most: usize,
    },
    /// A log scale over a range that holds 0 or less.
    #[error("a log scale needs `low` above 0, found {0}")]
    LogNotPositive(f64),
    /// A step of 0 or less.
    #[error("`step` must be above 0, found {0}")]
    StepNotPositive(f64),
    /// A step whose multiples are the same numbers.
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
    /// A list that holds a value twice.
    #[error("`values` holds {0} twice")]
    RepeatedValue(String),
    /// Ordinal values that are neither all numbers nor all texts.
    #[error("ordinal `values` must be all numbers or all texts")]
    MixedOrdinal,
    /// A name that stands twice.
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
        /// What the domain admits, in words.
        domain: String,
    },
    /// Fewer than one grid point, or more than 10^7.
    #[error("`points` must lie between 1 and 10000000, found {0}")]
    PointsOutOfRange(u64),
    /// A distribution with an impossible parameter, or with no mass between low and high.
    #[error("the distribution {0} has no mass between `low` and `high`")]
    NoMass(String),
    /// A distribution whose parameter is out of range.
    #[error("`{name}` of the distribution must be above 0, found {value}")]
    DistributionParameter {
        /// The distribution's parameter.
        name: &'static str,
        /// The value found.
        value: f64,
    },
    /// More whole numbers than can be counted exactly.
    #[error("bounds of an int must lie within ±2^53")]
    IntTooWide,
}

/// What is wrong with an expression.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ExpressionFault {
    /// A character that starts nothing.
    #[error("unexpected `{0}`")]
    UnexpectedCharacter(char),
    /// Something else was due here.
    #[error("expected {expected}, found {found}")]
    Expected {
        /// What was due.
        expected: &'static str,
        /// What stands there.
        found: String,
    },
    /// A name that is no parameter.
    #[error("`{0}` is not a parameter of the space")]
    UnknownName(String),
    /// A text that a list never is.
    #[error("`{name}` is never \"{text}\"")]
    UnknownText {
        /// The parameter.
        name: String,
        /// The text.
        text: String,
    },
    /// A text that is not closed.
    #[error("the text is not closed by a quotation mark")]
    UnclosedText,
    /// Parentheses or operators nested too deep.
    #[error("nested deeper than {0}")]
    TooDeep(usize),
    /// A number where a truth value is due, or the other way round.
    #[error("{operator} needs {expected}, found {found}")]
    Kind {
        /// The operator or function.
        operator: &'static str,
        /// The kind it takes.
        expected: &'static str,
        /// The kind it was given.
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
        /// What the domain admits, in words.
        domain: String,
    },
    /// A value for a parameter whose condition does not hold.
    #[error("`{0}` is given, but its `when` does not hold")]
    Inactive(String),
    /// No value for a parameter that is active.
    #[error("`{0}` has no value")]
    Missing(String),
    /// A constraint that does not hold.
    #[error("the constraint `{expression}` does not hold with {values}{}", reason_suffix(reason))]
    Constraint {
        /// The constraint's expression.
        expression: String,
        /// What the configuration says of the parameters that the constraint names, with what was filled in.
        values: String,
        /// The person's reason for it; may be empty.
        reason: String,
    },
}

fn reason_suffix(reason: &str) -> String {
    // On one line: what the user writes as a reason must not look like a line of the program's own.
    let words: Vec<&str> = reason.split_whitespace().collect();
    if words.is_empty() { String::new() } else { format!(" ({})", words.join(" ")) }
}
