//! What can be wrong with what a person asked of this crate. Failed trials are results, not errors.

use std::fmt;

/// A wrong setting, or a store that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A parameter of the space is wrong. `key` is the key of its table that is at fault, empty for the whole.
    #[error("parameter `{name}`: {fault}")]
    Parameter {
        /// The parameter's name.
        name: String,
        /// The key at fault, as a space file spells it; empty when no single key is.
        key: &'static str,
        /// What is wrong with it.
        fault: ParameterFault,
    },
    /// A constraint cannot be read.
    #[error("constraint {index}: {fault}")]
    Constraint {
        /// Position in the list of constraints.
        index: usize,
        /// Byte offset into the expression.
        offset: usize,
        /// What is wrong there.
        fault: ExpressionFault,
    },
    /// A configuration that a person named (enqueued, tried by hand) is not in the space.
    #[error("{fault}")]
    Configuration {
        /// The parameter at fault; empty when the configuration as a whole is.
        name: String,
        /// What is wrong with it.
        fault: ConfigurationFault,
    },
    /// The method cannot search this space.
    #[error("{0}")]
    Method(MethodFault),
    /// The records of a study do not fit together: they were not written by this program, or not for this study.
    #[error("the study's records do not fit together: {0}")]
    Records(RecordFault),
    /// A result was told that cannot be accepted.
    #[error("{0}")]
    Tell(TellFault),
    /// Studies that cannot be compared.
    #[error("{0}")]
    Comparison(ComparisonFault),
    /// Trials from which no importance can be measured.
    #[error("{0}")]
    Importance(ImportanceFault),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

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
    /// Log and step at once.
    #[error("`step` and `log = true` exclude each other")]
    LogWithStep,
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
    if reason.is_empty() { String::new() } else { format!(" ({reason})") }
}

/// Why a method cannot search a space.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum MethodFault {
    /// A grid over a continuous parameter.
    #[error("a grid needs levels for `{0}`: give it `points`, `step` or `values`")]
    NoLevels(String),
    /// A grid whose points cannot be numbered.
    #[error("the grid has more than 10^38 points: give its parameters fewer")]
    GridTooLarge,
    /// No configuration was found that satisfies the constraints.
    #[error("of {0} configurations tried, none satisfies the constraints")]
    Unsatisfiable(u64),
    /// A number of trials is needed and was not given.
    #[error("`trials` is missing: only a grid of at most 10000000 points has a size of its own")]
    NoTrials,
    /// A space without anything to vary.
    #[error("the space has no parameter to vary")]
    NothingToVary,
}

/// How records contradict one another.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum RecordFault {
    /// A study without its first record.
    #[error("the first record is not the study's own")]
    NoStudy,
    /// A study's text where it is not due.
    #[error("a study's text stands where no study begins")]
    UnreadText,
    /// A trial out of order.
    #[error("trial {found} stands where trial {expected} is due")]
    TrialOutOfOrder {
        /// The number due.
        expected: u64,
        /// The number found.
        found: u64,
    },
    /// A result of a trial or split that does not exist.
    #[error("a result of trial {trial}, split {split}, which does not exist")]
    UnknownFold {
        /// The trial named.
        trial: u64,
        /// The split named.
        split: usize,
    },
    /// A fact about a trial that was never proposed.
    #[error("trial {0} was {1}, and was never proposed")]
    UnknownTrial(u64, &'static str),
    /// A split recorded twice.
    #[error("trial {trial}, split {split} is recorded twice")]
    RepeatedFold {
        /// The trial named.
        trial: u64,
        /// The split named.
        split: usize,
    },
    /// A revision of the space that changes more than the space.
    #[error("a revision of the space changes {what}")]
    RevisedBeyondSpace {
        /// What it changes.
        what: &'static str,
    },
    /// A configuration that is not in the study's space.
    #[error("trial {trial}: {fault}")]
    Configuration {
        /// The trial named.
        trial: u64,
        /// What is wrong with its configuration.
        fault: ConfigurationFault,
    },
}

/// Why a told result is refused.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum TellFault {
    /// No such trial was asked.
    #[error("trial {trial} was never asked; the study has {n_trials} trials, counted from 0")]
    UnknownTrial {
        /// The number told.
        trial: u64,
        /// How many trials there are.
        n_trials: usize,
    },
    /// Another result is already there.
    #[error("trial {trial} was already told {told}; a result is never overwritten")]
    Contradiction {
        /// The trial.
        trial: u64,
        /// What was told before.
        told: String,
    },
    /// A split that does not exist.
    #[error("split {split} does not exist; the study has {n_splits}, counted from 0")]
    UnknownSplit {
        /// The split told.
        split: usize,
        /// How many there are.
        n_splits: usize,
    },
    /// One loss for a trial that is evaluated on several splits.
    #[error("the study has {n_splits} splits: tell each with its fold")]
    FoldNeeded {
        /// How many there are.
        n_splits: usize,
    },
}

/// Why studies cannot be compared.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ComparisonFault {
    /// Fewer than two studies.
    #[error("comparing needs two studies or more, found {found}")]
    TooFew {
        /// How many were given.
        found: usize,
    },
    /// Losses that do not measure the same.
    #[error("`{reference}` measures {reference_metric}, `{other}` measures {other_metric}")]
    Metrics {
        /// The reference.
        reference: String,
        /// Its metric.
        reference_metric: String,
        /// The other study.
        other: String,
        /// Its metric.
        other_metric: String,
    },
    /// One study minimises what the other maximises.
    #[error("of `{reference}` and `{other}`, one minimises and the other maximises")]
    Directions {
        /// The reference.
        reference: String,
        /// The other study.
        other: String,
    },
    /// A study without a winner.
    #[error("no trial of `{study}` is ok")]
    NothingSucceeded {
        /// The study.
        study: String,
    },
}

/// Why the importance of parameters cannot be measured.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ImportanceFault {
    /// Fewer trials than say anything.
    #[error("importance needs {needed} trials that are ok or more, found {found}")]
    TooFew {
        /// How many are ok.
        found: usize,
        /// How many are needed.
        needed: usize,
    },
    /// Losses that do not differ.
    #[error("the losses of all {found} trials are equal: no parameter makes a difference")]
    Constant {
        /// How many trials are ok.
        found: usize,
    },
    /// A space without anything to vary.
    #[error("the space has no parameter to vary")]
    NothingToVary,
    /// Constraints that leave hardly anything to compare.
    #[error("the constraints admit too few configurations to compare parameters")]
    TooNarrow,
    /// More parameters than are told apart.
    #[error(
        "importance tells at most {at_most} parameters apart, the space searches {found}: fix some of them"
    )]
    TooManyParameters {
        /// Parameters searched.
        found: usize,
        /// The bound.
        at_most: usize,
    },
}

/// Why a store cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// What was read is not what was written.
    #[error("{path} is damaged: {what}")]
    Damaged {
        /// The file.
        path: String,
        /// Where and how it shows.
        what: String,
    },
    /// Written by a later version of the program.
    #[error("{path} has form {found}, this program knows forms up to {known}: use a newer `tune`")]
    Newer {
        /// The file.
        path: String,
        /// The form found.
        found: i64,
        /// The newest form known.
        known: i64,
    },
    /// Not a study at all.
    #[error("{path} is not a study: {what}")]
    NotAStudy {
        /// The file.
        path: String,
        /// Why not.
        what: String,
    },
    /// The operating system or the database said no.
    #[error("{path}: cannot {action}: {source}")]
    Access {
        /// The file or folder.
        path: String,
        /// What was tried: read, write, lock, create.
        action: &'static str,
        /// What came back.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Somebody else appended since the records were read.
    #[error("another process has appended since it was read ({known} records then, {found} now)")]
    Stale {
        /// Records that were known.
        known: u64,
        /// Records that there are.
        found: u64,
    },
    /// Somebody else holds the study.
    #[error("{path} is in use by {holder}")]
    Held {
        /// The study's folder.
        path: String,
        /// Who holds it, as far as is known.
        holder: String,
    },
}

/// Shows a list in words: `a, b or c`.
pub(crate) fn in_words<T: fmt::Display>(items: &[T]) -> String {
    let Some((last, head)) = items.split_last() else { return String::new() };
    if head.is_empty() {
        return last.to_string();
    }
    let head: Vec<String> = head.iter().map(ToString::to_string).collect();
    format!("{} or {last}", head.join(", "))
}
