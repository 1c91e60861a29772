//! Defaults that together are no trial.

use crate::file::StudyFile;
use crate::report::Fault;

pub(super) fn warning(file: &StudyFile) -> Option<Fault> {
    let fault = file.space.complete(&[]).err().filter(|_| file.gives_defaults())?;
    let warning = file.warning_at(&["constraints"], format!("the defaults together are no trial: {fault}"));
    Some(warning.hint("what has no `default` stands at the trainer's, or in the middle of its range"))
}
