//! `tune predict DIR data.csv`

use super::Common;
use crate::report::{Exit, Failure, Fault, count, quoted};
use crate::terminal::screen;
use experiment::bridge::model::sheet;
use experiment::model_folder;
use experiment::trainer::data::{Features, Limits, Unseen};
use std::fs::File;
use std::path::{Path, PathBuf};

/// Predict the rows of a table with a model that `tune fit` wrote
///
/// Prints CSV, a line for each row in its order: the class and the probability of each, or the value. Columns are found
/// by name; the target may be missing, and other columns are passed over. A category that the model was not trained on
/// counts as none of those that it knows, with a warning.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The model's folder
    #[arg(value_name = "DIR")]
    model: PathBuf,
    /// The table: .csv or .csv.gz
    data: PathBuf,
    /// A file to write instead of stdout
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Tells whether two paths lead to one file that is there.
fn is_same(a: &Path, b: &Path) -> bool {
    matches!((a.canonicalize(), b.canonicalize()), (Ok(a), Ok(b)) if a == b)
}

fn warning(unseen: &Unseen) -> Fault {
    let Unseen { column, n_rows, label } = unseen;
    let rows = count(*n_rows as u64, "row");
    let fault = Fault::warning(format!(
        "column {}: {rows} with a category that the model does not know, such as {}",
        quoted(column),
        quoted(label)
    ));
    fault.hint("such a cell counts as none of the known ones; to have it known, train on data that hold it")
}

/// Predicts.
pub fn run(args: &Args, common: &Common) -> Result<Exit, Failure> {
    let model = model_folder::read(&args.model)?;
    if args.out.as_deref().is_some_and(|out| is_same(out, &args.data)) {
        let message = format!(
            "--out {} is the table to be predicted: nothing is overwritten",
            args.data.display()
        );
        return Err(Failure::input(message));
    }
    let in_data = |error: &dyn std::fmt::Display| {
        Failure::from(Fault::of_library(format_args!("{}: {error}", args.data.display())))
    };
    let file = File::open(&args.data).map_err(|error| in_data(&error))?;
    let features = Features::read(file, &model.description().schema, &Limits::default())
        .map_err(|e| in_data(&e))?;
    for unseen in features.unseen() {
        screen::warn(&warning(unseen));
    }
    let predictions = model.predict(&features).map_err(|error| in_data(&error))?;
    let sheet = sheet(model.description(), &predictions);
    match &args.out {
        Some(path) => {
            experiment::storage::replace_file_by(path, |out| sheet.write_csv(out))?;
            common.talk(format!("predictions in {}", path.display()));
        }
        None => screen::stream(|out| sheet.write_csv(out)),
    }
    Ok(Exit::Done)
}
