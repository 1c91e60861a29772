//! Why rows cannot be split as requested.

/// A split that the data do not allow.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SplitError {
    /// One fold leaves nothing to train on.
    #[error("folds = {folds}: cross-validation needs at least 2")]
    TooFewFolds {
        /// The requested number of folds.
        folds: u32,
    },
    /// No repeat, or more than there are streams for.
    #[error("repeats = {repeats}: expected 1 to {at_most}")]
    Repeats {
        /// The requested number of repeats.
        repeats: u32,
        /// The most there can be.
        at_most: u32,
    },
    /// A fold would be empty.
    #[error("folds = {folds} needs {needed} rows, and there are {rows}")]
    TooFewRows {
        /// The requested number of folds.
        folds: u32,
        /// Rows to split.
        rows: usize,
        /// Rows that this number of folds needs.
        needed: usize,
    },
    /// A class cannot be in every fold.
    #[error("the class `{class}` has {rows} rows, fewer than the {folds} folds")]
    SmallClass {
        /// The class.
        class: String,
        /// Rows it has among those to split.
        rows: usize,
        /// The requested number of folds.
        folds: u32,
    },
    /// A target of numbers has no classes.
    #[error("stratified splits need classes, and the target holds numbers")]
    StratifiedRegression,
    /// There are fewer groups than parts.
    #[error("{groups} groups cannot fill {parts} parts")]
    TooFewGroups {
        /// Groups among the rows.
        groups: usize,
        /// Folds, or 2 for a held-out part.
        parts: u32,
    },
    /// Grouped splits without a group column.
    #[error("grouped splits need a group column")]
    NoGroups,
    /// Forward splits without an order column.
    #[error("forward splits need an order column")]
    NoOrder,
    /// Rows of one time would lie on both sides of a cut.
    #[error("the rows of one time stay together, which leaves one of {folds} folds in time empty")]
    TooFewTimes {
        /// The requested number of folds.
        folds: u32,
    },
    /// Forward splits have no randomness to repeat.
    #[error("repeats = {repeats}: forward splits are the same each time")]
    RepeatedForward {
        /// The requested number of repeats.
        repeats: u32,
    },
    /// The list of folds is not valid.
    #[error("{what}")]
    List {
        /// What is wrong with it.
        what: String,
    },
    /// A fold trains on no row.
    #[error(
        "split {split} is left without training rows by {}",
        if *gap > 0 { format!("gap = {gap}") } else { "the groups of its test rows".to_owned() }
    )]
    NoTraining {
        /// The split.
        split: usize,
        /// Rows left out between training and test.
        gap: u32,
    },
    /// A gap without an order.
    #[error("gap = {gap} needs an order: it lies between training and test rows in time")]
    GapWithoutOrder {
        /// The requested gap.
        gap: u32,
    },
    /// The held-out part would have no rows, or all.
    #[error(
        "a fraction of {fraction} of {rows} rows: expected a number above 0 and below 1, and a row on either side"
    )]
    Fraction {
        /// The requested fraction.
        fraction: f64,
        /// Rows to split.
        rows: usize,
    },
}

impl SplitError {
    /// Returns a hint what to do, or `None` if the message is enough.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::SmallClass { rows: 0 | 1, .. } | Self::StratifiedRegression => {
                "stratified = false".to_owned()
            }
            Self::SmallClass { rows, .. } => {
                format!("stratified = false, or at most {rows} folds")
            }
            Self::NoTraining { gap: 0, .. } => {
                "with group and order, rows of a group that is tested \
                 do not train: here every earlier row is of such a group; leave out group, or order"
                    .to_owned()
            }
            Self::NoTraining { .. } => "a smaller gap, or fewer folds".to_owned(),
            Self::TooFewTimes { .. } => "fewer folds".to_owned(),
            Self::RepeatedForward { .. } => "repeats = 1".to_owned(),
            _ => return None,
        })
    }
}
