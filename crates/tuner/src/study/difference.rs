//! How a record can differ from its recomputation.

use crate::space::Value;
use crate::trial::Origin;

/// How a recorded trial differs from what its predecessors, or its configuration, determine.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ReplayDifference {
    /// The record has it see other results than were available.
    #[error("trial {trial} newly saw trials {recorded:?} on record, {replayed:?} in replay")]
    Seen {
        /// The trial.
        trial: u64,
        /// Trials that it saw and the one before did not, according to the record.
        recorded: Vec<u64>,
        /// Trials that it saw and the one before did not, in replay.
        replayed: Vec<u64>,
    },
    /// The watermark differs, below which all trials were seen.
    #[error(
        "trial {trial} has seen all below {recorded} on record, all below {replayed} in replay"
    )]
    Watermark {
        /// The trial.
        trial: u64,
        /// The watermark on record.
        recorded: u64,
        /// The watermark in replay.
        replayed: u64,
    },
    /// The record has another revision of the space.
    #[error(
        "trial {trial} belongs to revision {recorded} of the space on record, to {replayed} in replay"
    )]
    Revision {
        /// The trial.
        trial: u64,
        /// The revision on record.
        recorded: u64,
        /// The revision in replay.
        replayed: u64,
    },
    /// Another part of the study proposes it.
    #[error("trial {trial} is of origin {} on record, {} in replay", recorded.name(), replayed.name())]
    Origin {
        /// The trial.
        trial: u64,
        /// The origin on record.
        recorded: Origin,
        /// The origin in replay.
        replayed: Origin,
    },
    /// Racing stopped it in only one of record and replay, or elsewhere.
    #[error("trial {trial} {recorded} on record, {replayed} in replay")]
    Stop {
        /// The trial.
        trial: u64,
        /// The trial's end on record.
        recorded: String,
        /// The trial's end in replay.
        replayed: String,
    },
    /// A parameter has another value, or none.
    #[error("trial {trial}: `{name}` is {} on record, {} in replay", shown(recorded.as_ref()), shown(replayed.as_ref()))]
    Parameter {
        /// The trial.
        trial: u64,
        /// The parameter's name.
        name: String,
        /// The value on record.
        recorded: Option<Value>,
        /// The value in replay.
        replayed: Option<Value>,
    },
    /// The kernel parameters fitted for it differ.
    #[error("trial {trial}: the fit to {n_results} results is not the one on record")]
    Fit {
        /// The trial.
        trial: u64,
        /// How many results the first fit that differs used.
        n_results: usize,
    },
    /// Replay proposes nothing.
    #[error("trial {trial} is on record, but replay finds the space exhausted")]
    Nothing {
        /// The trial.
        trial: u64,
    },
    /// A fold is not reproduced.
    #[error(
        "trial {trial}, split {split}: {name} is {} on record, {} when evaluated again",
        shown(recorded.as_ref()),
        shown(repeated.as_ref())
    )]
    Fold {
        /// The trial.
        trial: u64,
        /// The split.
        split: usize,
        /// What differs: `state`, `loss`, a further metric, `epochs`, `n_parameters` or
        /// `multiply_adds`.
        name: String,
        /// The value on record.
        recorded: Option<Value>,
        /// The value when evaluated again.
        repeated: Option<Value>,
    },
}

fn shown(value: Option<&Value>) -> String {
    value.map_or_else(|| "absent".to_owned(), Value::to_string)
}

/// Whether two values, or absences, are identical to the bit.
pub(super) fn is_identical(a: Option<&Value>, b: Option<&Value>) -> bool {
    match (a, b) {
        (Some(Value::Float(a)), Some(Value::Float(b))) => a.to_bits() == b.to_bits(),
        _ => a == b,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_the_same_to_the_bit_or_not_at_all() {
        let float = |v: f64| Some(Value::Float(v));
        assert!(is_identical(float(0.1).as_ref(), float(0.1).as_ref()) && is_identical(None, None));
        assert!(!is_identical(float(0.0).as_ref(), float(-0.0).as_ref()));
        assert!(!is_identical(float(1.0).as_ref(), Some(&Value::Int(1))));
        assert!(!is_identical(float(1.0).as_ref(), None));
    }
}
