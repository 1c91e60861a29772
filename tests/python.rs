//! A Python with what the tests ask of other programs, kept beside the build.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};

const PACKAGES: [&str; 3] = ["numpy", "onnxruntime", "scikit-learn"];
const IMPORTS: &str = "import numpy, onnxruntime, sklearn";

/// Tests that ask at once wait for the one that makes it.
static MAKING: Mutex<()> = Mutex::new(());

/// The folder of its programs, `python3` among them; none, with the reason printed, where it cannot be had.
pub fn python() -> Option<PathBuf> {
    let _making = MAKING.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("python");
    let programs = folder.join("bin");
    let python = programs.join("python3");
    let ends_well =
        |command: &mut Command| command.output().is_ok_and(|output| output.status.success());
    let has_it = || ends_well(Command::new(&python).args(["-c", IMPORTS]));
    if has_it() {
        return Some(programs);
    }
    let made = ends_well(Command::new("python3").args(["-m", "venv"]).arg(&folder))
        && ends_well(
            Command::new(&python).args(["-m", "pip", "install", "--quiet"]).args(PACKAGES),
        );
    if made && has_it() {
        return Some(programs);
    }
    println!("skipped: no python3 here, or pip cannot install {}", PACKAGES.join(", "));
    None
}
