//! Ranges that probably need a log scale.

use crate::file::{Evaluator, SpaceFile};
use crate::report::Fault;
use trainer::recipe::{Hint, HintScale, field};
use tuner::space::{Domain, Parameter, Scale};

/// A range with a larger ratio of high to low is rarely meant to be uniform.
const WIDE: f64 = 100.0;

pub(super) fn warnings(file: &SpaceFile) -> Vec<Fault> {
    let is_trainer = file.plan.evaluator() == Evaluator::Trainer;
    file.plan
        .space
        .parameters()
        .iter()
        .filter_map(|parameter| warning(file, parameter, is_trainer))
        .collect()
}

fn warning(file: &SpaceFile, parameter: &Parameter, is_trainer: bool) -> Option<Fault> {
    let (low, high) = match parameter.domain {
        Domain::Float { low, high, scale: Scale::Linear, step: None } => (low, high),
        Domain::Int { low, high, scale: Scale::Linear, step: 1 } => (low as f64, high as f64),
        _ => return None,
    };

    let name = &parameter.name;
    let path = ["space", name, "low"];
    // A stated distribution already says where values lie.
    if parameter.distribution.is_some() || high <= 0.0 {
        return None;
    }

    if low > 0.0 && high / low > WIDE {
        let message = format!(
            "`{name}` spans a factor of {:.0} on a linear scale: nine in ten values drawn lie above {}",
            high / low,
            high / 10.0
        );
        return Some(
            file.document.warning_at(&path, message).hint("log = true searches on a log scale"),
        );
    }

    let counts_by_ratio = matches!(field(name)?.hint, Hint::Number { scale: HintScale::Log, .. });
    if is_trainer
        && counts_by_ratio
        && low == 0.0
        && matches!(parameter.domain, Domain::Float { .. })
    {
        let message =
            format!("`{name}` matters by ratio, but is searched on a linear scale from 0");
        let hint = "log = true with a small `low` above 0; to try 0 as well, list it in `values` or [[enqueue]]";
        return Some(file.document.warning_at(&path, message).hint(hint));
    }

    None
}
