//! A model on disk: a folder of three files.

use crate::report::{Failure, Fault};
use std::path::Path;
use storage::NewFolder;
use trainer::model::{Model, ModelError};

/// What prediction needs besides the weights.
const DESCRIPTION: &str = "model.json";
const WEIGHTS: &str = "model.safetensors";
/// The model in ONNX, for other programs.
const ONNX: &str = "model.onnx";

/// The files of a model; the one that makes it complete comes last.
pub const FILES: [&str; 3] = [ONNX, WEIGHTS, DESCRIPTION];

/// Prepares the folder of a model before training, so that any obstacle to writing it is found
/// first. Refuses a folder that holds anything.
///
/// # Errors
/// If it does, is not a folder, or cannot be written.
pub fn prepare(folder: &Path) -> Result<NewFolder, Failure> {
    let shown = folder.display();
    match std::fs::read_dir(folder).map(|mut entries| entries.next().is_none()) {
        Ok(true) => Ok(NewFolder::prepare(folder)?),
        Ok(false) => {
            let fault = Fault::error(format!("{shown} is not empty, and nothing is overwritten"));
            Err(fault.hint("name a new folder, or empty this one").into())
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Ok(NewFolder::prepare(folder)?)
        }
        Err(error) => Err(Failure::input(format!("cannot write to {shown}: {error}"))),
    }
}

/// Writes a model, first beside the folder, so that it appears whole or not at all.
///
/// # Errors
/// If the folder cannot be written.
pub fn write(folder: NewFolder, model: &Model) -> Result<(), Failure> {
    let written = |write: &dyn Fn(&mut Vec<u8>) -> Result<(), ModelError>| {
        let mut bytes = Vec::new();
        write(&mut bytes).map(|()| bytes).map_err(Failure::store)
    };
    let files = [
        (ONNX, written(&|out| model.write_onnx(out))?),
        (WEIGHTS, written(&|out| model.write_weights(out))?),
        (DESCRIPTION, written(&|out| model.write_description(out))?),
    ];
    Ok(folder.fill(&files)?)
}

/// Reads a model.
///
/// # Errors
/// If a file is missing, damaged, or does not match the others.
pub fn read(folder: &Path) -> Result<Model, Failure> {
    let bytes = |name: &str| {
        let path = folder.join(name);
        std::fs::read(&path).map_err(|error| {
            let fault = Fault::error(format!("cannot read {}: {error}", path.display()));
            Failure::from(fault.hint("`tune fit STUDY --out DIR` writes a model"))
        })
    };
    Model::read(&bytes(DESCRIPTION)?[..], &bytes(WEIGHTS)?[..])
        .map_err(|error| Failure::input(format!("{}: {error}", folder.display())))
}
