//! Steps that do not reach the end of their range.

use crate::file::SpaceFile;
use crate::report::Fault;
use tuner::space::{Domain, Parameter};

pub(super) fn warnings(file: &SpaceFile) -> Vec<Fault> {
    file.plan.space.parameters().iter().filter_map(|parameter| warning(file, parameter)).collect()
}

fn warning(file: &SpaceFile, parameter: &Parameter) -> Option<Fault> {
    let (low, high, step) = match parameter.domain {
        Domain::Float { low, high, step: Some(step), .. } => (low, high, step),
        Domain::Int { low, high, step, .. } => (low as f64, high as f64, step as f64),
        _ => return None,
    };

    let last = parameter.domain.level(parameter.domain.n_levels()?.checked_sub(1)?).as_number()?;
    // A rounding error in the number of steps is ignored.
    if high - last <= 1e-3 * step {
        return None;
    }

    let name = &parameter.name;
    let message = format!("`{name}` is never {high}: steps of {step} from {low} end at {last}");
    Some(file.document.warning_at(&["space", name, "step"], message))
}
