//! Whether the program of a study is there, before any trial is proposed that could only fail.

use crate::file::SpaceFile;
use crate::file::placeholder::Piece;
use crate::report::{Fault, quoted};

/// Returns the fault of a file whose command begins with a program that is not found, or may not be executed. A program
/// named by a parameter may be any.
pub fn missing(file: &SpaceFile) -> Option<Fault> {
    let [Piece::Text(program)] = file.plan.command.as_deref()?.first()?.pieces.as_slice() else {
        return None;
    };
    which::which_in(program, std::env::var_os("PATH"), &file.document.folder).err()?;
    let fault = file.document.fault_at(
        "objective.command",
        format!("no program {} that can be executed", quoted(program)),
    );
    let hint = if program.contains('/') {
        format!(
            "paths begin at {}, where the program runs; `chmod +x` makes a script a program",
            file.document.folder.display()
        )
    } else {
        "a name is looked for on PATH; a program beside this file is `./program`".to_owned()
    };
    Some(fault.hint(hint))
}
