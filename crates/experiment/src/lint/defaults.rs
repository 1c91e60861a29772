//! Defaults that together are no trial.

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
        .warning_at_value(&path, format!("the defaults together are no trial: {fault}"));
    Some(warning.hint("what has no `default` stands at the trainer's, if it has one, or in the middle of its range"))
}
