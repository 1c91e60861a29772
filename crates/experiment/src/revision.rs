//! Continues a study in the space of another file.

use crate::experiment::{COMMAND_HINT, Experiment, follow};
use crate::file::{Knowledge, SpaceFile};
use crate::folder::StudyFolder;
use crate::report::{Failure, Fault, quoted};
use tuner::Error;

/// Revises the space of a study; returns the differences, or `None` if there are none.
///
/// # Errors
/// If the file is another study's or changes more than the space, if a parameter is new and has no
/// default, if the method cannot search the space, or the store fails.
pub fn revise(experiment: &mut Experiment, file: SpaceFile) -> Result<Vec<String>, Failure> {
    check(&file, &experiment.file)?;
    let difference = file.plan.difference_from(&experiment.file.plan);
    let name = experiment.file.plan.name.clone();
    let facts = experiment.facts();

    // Experience shipped with another version is lost for good; the user's own file may come back.
    let file = match file.plan.search.knowledge {
        Knowledge::Trainer => file.expecting_what_is_left(&facts),
        Knowledge::File(_) | Knowledge::None => file.expecting(&facts)?,
    };

    if !difference.is_empty() {
        let text = file.study_text(experiment.folder().map(StudyFolder::path), &facts);
        experiment.study.revise(text, file.plan.spec()).map_err(|error| match error {
            Error::Method(_) => file.document.locate(&error).into(),
            other => Failure::from(other),
        })?;
    }

    follow(&mut experiment.study, &file)?;
    experiment.file = file.called(name);
    Ok(difference)
}

/// Returns the parameters that the study searches and the file no longer has, not even as a fixed
/// value.
pub fn removed(file: &SpaceFile, written: &SpaceFile) -> Vec<String> {
    let searched =
        written.plan.space.parameters().iter().filter(|parameter| parameter.is_searched());
    let gone = searched.filter(|parameter| file.plan.space.position(&parameter.name).is_none());
    gone.map(|parameter| parameter.name.clone()).collect()
}

/// Refuses changes that would make old and new trials incomparable.
///
/// # Errors
/// If the file is another study's or changes more than the space, or if a parameter is new and has
/// no default.
pub fn check(file: &SpaceFile, written: &SpaceFile) -> Result<(), Failure> {
    if file.names_itself() && file.plan.name != written.plan.name {
        let message = format!(
            "the file is of the study {}, not of {}",
            quoted(&file.plan.name),
            quoted(&written.plan.name)
        );
        return Err(file.document.fault_at("study.name", message).into());
    }

    let beyond = file.plan.difference_beyond_space(&written.plan);
    if !beyond.is_empty() {
        let message =
            "the file changes more than the space: old trials and new ones could not be compared";
        let mut fault = Fault::error(format!("{message}\n  {}", beyond.join("\n  ")));
        if file.plan.changes_command(&written.plan) {
            fault = fault.hint(COMMAND_HINT);
        }
        let hint = "[space], [[constraints]] and [[enqueue]] may change; another `name` in [study] creates a second study";
        return Err(fault.hint(hint).into());
    }

    // Earlier trials had a value for it, too, which only the user knows: the default states it.
    let missing = |name: &str| {
        let fault = file
            .document
            .error_at(&["space", name], format!("`{name}` is new and has no `default`"));
        fault.hint("give it the value that the trials so far had: default = …")
    };

    let faults: Vec<Fault> = file.added_without_default(written).into_iter().map(missing).collect();
    if faults.is_empty() { Ok(()) } else { Err(faults.into()) }
}
