//! Defaults that together are no trial.

use crate::file::StudyFile;
use crate::report::Fault;
use tuner::Error;
use tuner::error::ConfigurationFault;

pub(super) fn warning(file: &StudyFile) -> Option<Fault> {
    let fault = file.space.complete(&[]).err().filter(|_| file.gives_defaults())?;
    let Error::Configuration { fault: ConfigurationFault::Constraint { expression, .. }, .. } =
        &fault
    else {
        return None;
    };
    let broken = file
        .space
        .constraints()
        .iter()
        .position(|constraint| constraint.expression() == expression)?;
    let path = ["constraints", &broken.to_string()];
    let warning =
        file.warning_at_value(&path, format!("the defaults together are no trial: {fault}"));
    Some(warning.hint("what has no `default` stands at the trainer's, if it has one, or in the middle of its range"))
}
