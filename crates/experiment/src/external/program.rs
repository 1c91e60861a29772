//! Checks that the program of a study exists, before any trial is proposed that could only fail.

use crate::digest::hex;
use crate::file::SpaceFile;
use crate::file::placeholder::Piece;
use crate::report::{Fault, quoted};
use sha2::{Digest, Sha256};

/// A larger file is not hashed as part of a command.
const MOST_BYTES: u64 = 64 << 20;

/// Hashes what determines a program's results, as far as visible: the command, the files in the
/// file's folder that it names, and its folds and seeds. The losses of studies with the same hash
/// are paired fold by fold. `None` for a file without command.
pub fn fingerprint(file: &SpaceFile) -> Option<String> {
    let command = file.plan.command.as_deref()?;
    let mut hash = Sha256::new();
    for argument in command {
        for piece in &argument.pieces {
            match piece {
                Piece::Text(text) => {
                    hash.update(b"text");
                    // With its length, so that different arguments cannot add up to the same bytes.
                    hash.update((text.len() as u64).to_le_bytes());
                    hash.update(text);
                    hash.update(contents(file, text).unwrap_or_default());
                }
                Piece::Parameter(index) => {
                    hash.update(b"parameter");
                    hash.update(file.plan.space.parameters()[*index].name.as_bytes());
                }
                Piece::Flag(index, text) => {
                    hash.update(b"flag");
                    hash.update(file.plan.space.parameters()[*index].name.as_bytes());
                    hash.update(text);
                }
            }
        }
        hash.update(b"end");
    }
    for number in [file.plan.cv.folds, file.plan.cv.repeats, file.plan.cv.seed] {
        hash.update(number.to_le_bytes());
    }
    Some(hex(&hash.finalize()))
}

/// Hashes the file that a word of a command names beside the space file or by its path, if any.
fn contents(file: &SpaceFile, word: &str) -> Option<Vec<u8>> {
    let path = file.document.resolve(word);
    let is_program = std::fs::metadata(&path).is_ok_and(|m| m.is_file() && m.len() <= MOST_BYTES);
    let bytes = is_program.then(|| std::fs::read(&path).ok()).flatten()?;
    Some(Sha256::digest(bytes).to_vec())
}

/// Returns the fault of a command whose program does not exist or is not executable. A program
/// named by a parameter is not checked.
pub fn missing(file: &SpaceFile) -> Option<Fault> {
    let [Piece::Text(program)] = file.plan.command.as_deref()?.first()?.pieces.as_slice() else {
        return None;
    };
    // Looked for as the system will, from the folder in which it runs.
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
