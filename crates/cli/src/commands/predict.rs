//! `tune predict DIR data.csv`

use super::Common;
use crate::report::{Exit, Failure, Fault};
use crate::terminal::screen;
use experiment::bridge::column::in_table;
use experiment::bridge::model::{sheet, unseen_category};
use experiment::model_folder;
use experiment::trainer::data::{Features, Limits};
use std::fs::File;
use std::path::{Path, PathBuf};

/// Predict the rows of a table with a model that `tune fit` wrote
///
/// Prints CSV, one line per row in order: the class and the probability of each, or the value.
/// Columns are found by name; the target may be missing, and other columns are ignored. A category
/// that the model was not trained on is encoded as all zeros (unknown), with a warning.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The model's folder
    #[arg(value_name = "DIR")]
    model: PathBuf,
    /// The table: .csv, .tsv or .txt, gzipped or not
    data: PathBuf,
    /// A file to write instead of stdout; a link is followed, a device or FIFO is written to
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Refuses an output path that is an input: the table, or a file of the model.
fn refuse_to_overwrite(out: &Path, args: &Args) -> Result<(), Failure> {
    let inputs = model_folder::FILES.iter().map(|name| args.model.join(name));
    for (input, what) in std::iter::once((args.data.clone(), "the table to be predicted"))
        .chain(inputs.map(|path| (path, "a file of the model")))
    {
        if is_same(out, &input) {
            let shown = out.display();
            let message = format!("--out {shown} is {what}: nothing is overwritten");
            return Err(Failure::input(message));
        }
    }
    Ok(())
}

/// Whether two paths lead to the same existing file.
fn is_same(a: &Path, b: &Path) -> bool {
    matches!((a.canonicalize(), b.canonicalize()), (Ok(a), Ok(b)) if a == b)
}

/// Writes the predictions.
pub fn run(args: &Args, common: &Common) -> Result<Exit, Failure> {
    let model = model_folder::read(&args.model)?;
    // Before the work: an existing file is refused at once.
    if let Some(out) = &args.out {
        refuse_to_overwrite(out, args)?;
    }

    let shown = args.data.display();
    let file =
        File::open(&args.data).map_err(|error| Fault::error(format_args!("{shown}: {error}")))?;
    let features = Features::read(file, &model.description().schema, &Limits::default())
        .map_err(|error| in_table(&shown, &error))?;

    for unseen in features.unseen() {
        screen::warn(&unseen_category(unseen));
    }
    let predictions =
        model.predict(&features).map_err(|error| Fault::error(format_args!("{shown}: {error}")))?;
    let sheet = sheet(model.description(), &predictions);

    match args.out.as_ref().filter(|path| !screen::is_stdout(path)) {
        Some(path) => {
            experiment::storage::write_named(path, |out| sheet.write_csv(out))?;
            common.talk(format!("predictions in {}", path.display()));
        }
        None => screen::stream(|out| sheet.write_csv(out)),
    }

    Ok(Exit::Done)
}
