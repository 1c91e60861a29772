//! Whether the program of a study is there, before any trial is proposed that could only fail.

use crate::file::StudyFile;
use crate::file::placeholder::Piece;
use crate::report::{Fault, quoted};

/// Returns the fault of a file whose command begins with a program that is not found, or may not be executed. A program
/// named by a parameter may be any.
pub fn missing(file: &StudyFile) -> Option<Fault> {
    let [Piece::Text(program)] = file.command.as_deref()?.first()?.pieces.as_slice() else {
        return None;
    };
    which::which_in(program, std::env::var_os("PATH"), &file.folder).err()?;
    let fault = file.fault_at(
        "objective.command",
        format!("no program {} that can be executed", quoted(program)),
    );
    let hint = if program.contains('/') {
        format!(
            "paths begin at {}, where the program runs; `chmod +x` makes a script a program",
            file.folder.display()
        )
    } else {
        "a name is looked for on PATH; a program beside this file is `./program`".to_owned()
    };
    Some(fault.hint(hint))
}
