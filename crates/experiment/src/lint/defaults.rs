//! Defaults that together are not a valid trial.

use crate::file::SpaceFile;
use crate::report::Fault;
use tuner::Error;
use tuner::error::ConfigurationFault;

pub(super) fn warning(file: &SpaceFile) -> Option<Fault> {
    let fault = file.plan.space.complete(&[]).err().filter(|_| file.plan.gives_defaults())?;
    let Error::Configuration { fault: ConfigurationFault::Constraint { expression, .. }, .. } =
        &fault
    else {
        return None;
    };

    let broken = file
        .plan
        .space
        .constraints()
        .iter()
        .position(|constraint| constraint.expression() == expression)?;

    let path = ["constraints", &broken.to_string()];
    let warning = file
        .document
        .warning_at_value(&path, format!("the defaults together are not a valid trial: {fault}"));

    Some(warning.hint(
        "a parameter without `default` has the trainer's default, or the middle of its range",
    ))
}
