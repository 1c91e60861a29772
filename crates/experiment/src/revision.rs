//! Going on with a study in the space of another file.

use crate::file::{Knowledge, StudyFile};
use crate::report::{Failure, Fault, quoted};
use crate::session::{COMMAND_HINT, Session, follow};
use tuner::Error;

/// Revises the space of a study; returns what the file says otherwise, nothing if it says the same.
///
/// # Errors
/// If the file is another study's or says more otherwise than the space, if a parameter is new and has no default, if the method cannot search
/// the space, or the store fails.
pub fn revise(session: &mut Session, file: StudyFile) -> Result<Vec<String>, Failure> {
    check(&file, &session.file)?;
    let difference = file.difference_from(&session.file);
    let name = session.file.name.clone();
    let facts = &session.study.text().facts;
    // Experience that came with another version of the program is gone for good, a person's own file may come back.
    let file = match file.search.knowledge {
        Knowledge::Trainer => file.expecting_what_is_left(facts),
        Knowledge::File(_) | Knowledge::None => file.expecting(facts)?,
    };
    if !difference.is_empty() {
        let text = file.study_text(session.folder.path(), facts);
        session.study.revise(text, file.spec()).map_err(|error| match error {
            Error::Method(_) => file.locate(&error).into(),
            other => Failure::from(other),
        })?;
    }
    follow(&mut session.study, &file)?;
    session.file = file.called(name);
    Ok(difference)
}

/// Refuses what would make the old trials and the new incomparable.
///
/// # Errors
/// If the file is another study's or says more otherwise than the space, or if a parameter is new and has no default.
pub fn check(file: &StudyFile, written: &StudyFile) -> Result<(), Failure> {
    if file.names_itself() && file.name != written.name {
        let message = format!(
            "the file is of the study {}, not of {}",
            quoted(&file.name),
            quoted(&written.name)
        );
        return Err(file.fault_at("study.name", message).into());
    }
    let beyond = file.difference_beyond_space(written);
    if !beyond.is_empty() {
        let message =
            "the file changes more than the space: old trials and new ones could not be compared";
        let mut fault = Fault::error(format!("{message}\n  {}", beyond.join("\n  ")));
        if file.changes_command(written) {
            fault = fault.hint(COMMAND_HINT);
        }
        let hint = "[space], [[constraints]] and [[enqueue]] may change; another `name` in [study] begins a second study";
        return Err(fault.hint(hint).into());
    }
    let missing = |name: &str| {
        let fault =
            file.error_at(&["space", name], format!("`{name}` is new and has no `default`"));
        fault.hint("give it the value that the trials so far are taken to have had: default = …")
    };
    let faults: Vec<Fault> = file.added_without_default(written).into_iter().map(missing).collect();
    if faults.is_empty() { Ok(()) } else { Err(faults.into()) }
}
