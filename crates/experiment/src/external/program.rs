//! Checks that the program of a study exists, before any trial is proposed that could only fail.

use crate::digest::hex;
use crate::file::placeholder::{Piece, in_toml};
use crate::file::{SpaceFile, literal};
use crate::report::{Fault, pasted, quoted};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::Read;
use std::path::Path;

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

/// Returns the fault of a command whose program does not exist, is not executable, or is a script
/// without its interpreter. A program named by a parameter is not checked.
pub fn missing(file: &SpaceFile) -> Option<Fault> {
    let first = file.plan.command.as_deref()?.first()?;
    // Looked for as the system will, from the folder in which it runs.
    let find = |name: &str| which::which_in(name, std::env::var_os("PATH"), &file.document.folder);

    if let Some(Piece::Text(text)) = first.pieces.first()
        && find(text).is_err()
        && text.split_once(' ').is_some_and(|(word, _)| find(word).is_ok())
    {
        let shown = in_toml(&first.pieces, file.plan.space.parameters());
        let words: Vec<String> = shown.split_whitespace().map(literal).collect();
        let message = format!("the program is {}, which is a whole command", quoted(&shown));
        let fault = file.document.fault_at("objective.command", message);
        return Some(fault.hint(format!("no shell splits it: command = [{}]", words.join(", "))));
    }

    let [Piece::Text(program)] = first.pieces.as_slice() else { return None };
    if let Ok(path) = find(program) {
        return without_interpreter(file, program, &path);
    }

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

/// Returns the fault of a script whose first line names an interpreter that does not exist. The
/// system says of it that the script itself does not.
fn without_interpreter(file: &SpaceFile, program: &str, path: &Path) -> Option<Fault> {
    const LONGEST: u64 = 256;
    let mut start = Vec::new();
    File::open(path).ok()?.take(LONGEST).read_to_end(&mut start).ok()?;
    let line = start.strip_prefix(b"#!")?.split(|byte| *byte == b'\n').next()?;
    let line = String::from_utf8_lossy(line);
    let interpreter = line.split_whitespace().next()?;

    let (message, hint) = if line.ends_with('\r') {
        (
            format!("the lines of {} end as on Windows", quoted(program)),
            format!("`sed -i 's/\\r$//' {}` makes them end as here", pasted(program)),
        )
    } else if !file.document.folder.join(interpreter).exists() {
        (
            format!("{} is to be run by {interpreter}, which does not exist", quoted(program)),
            "its first line names it; `#!/usr/bin/env python3` finds one on PATH".to_owned(),
        )
    } else {
        return None;
    };

    Some(file.document.fault_at("objective.command", message).hint(hint))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn commands_that_cannot_start_are_found_with_their_cause() {
        let folder = tempfile::tempdir().unwrap();
        let fault = |command: &str| {
            let space = "[space]\nx = { type = \"float\", low = 0.0, high = 1.0 }\n";
            let search = "[search]\nmethod = \"random\"\ntrials = 4\n";
            let text = format!("[objective]\ncommand = {command}\n{search}{space}");
            let file = SpaceFile::parse("space.toml", text, folder.path().to_owned()).unwrap();
            missing(&file).map(|fault| format!("{fault:?}").replace('\\', ""))
        };
        let script = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            std::fs::set_permissions(&path, PermissionsExt::from_mode(0o755)).unwrap();
        };
        script("windows.sh", "#!/bin/sh\r\necho\r\n");
        script("strange.sh", "#!/opt/no-such-shell -e\necho\n");
        script("fine.sh", "#!/bin/sh\necho\n");
        script("my program", "#!/bin/sh\necho\n");

        for (command, message, hint) in [
            (r#"["sh t.sh {x}", "-v"]"#, "a whole command", r#"["sh", "t.sh", "{x}"]"#),
            (r#"["sh t.sh"]"#, "the program is `sh t.sh`", r#"["sh", "t.sh"]"#),
            (r#"["./windows.sh"]"#, "`./windows.sh` end as on Windows", "./windows.sh` makes"),
            (r#"["./strange.sh"]"#, "run by /opt/no-such-shell", "first line names it"),
            (r#"["no-such-program"]"#, "no program", "on PATH"),
        ] {
            let found = fault(command).unwrap();
            assert!(found.contains(message) && found.contains(hint), "{found}");
        }
        for fine in [r#"["./fine.sh", "{x}"]"#, r#"["./my program"]"#, r#"["./{x}/run it"]"#] {
            assert_eq!(fault(fine), None);
        }
    }
}
