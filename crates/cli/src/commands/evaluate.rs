//! `tune evaluate DIR data.csv`

use super::{Common, TableFormat};
use crate::output::assessed;
use crate::report::{Exit, Failure, Fault, count};
use crate::terminal::screen;
use experiment::bridge::model::unseen_category;
use experiment::bridge::tested::Tested;
use experiment::model_folder;
use experiment::trainer::NamedChoice;
use experiment::trainer::data::Feature;
use experiment::trainer::model::ModelDescription;
use std::path::PathBuf;

/// Test a model that `tune fit` wrote on a table that has the target
///
/// Prints each metric of the task with its 95 % bootstrap interval over rows, which covers the
/// sampling of rows and is too narrow if rows depend on one another. Columns, including the target,
/// are found by name; the target is read as in training, and rows without it are left out with a
/// warning. A class spelt differently (case, blanks, quotation marks, a point at the end) is read
/// as the model's own, with a warning. Of two classes the second is the positive one, as `yes` is of
/// `no` and `yes`. Only rows that the model was not trained on give an unbiased score: a warning
/// says if this is the table that it was trained on.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The model's folder
    #[arg(value_name = "DIR")]
    model: PathBuf,
    /// The table: .csv, .tsv or .txt, gzipped or not
    data: PathBuf,
    /// The column of the target, if its name differs from that in training
    #[arg(long, value_name = "COLUMN")]
    target: Option<String>,
    /// Output format
    #[arg(long, value_enum, default_value_t = TableFormat::Table)]
    format: TableFormat,
}

/// Tests a model.
pub fn run(args: &Args, common: &Common) -> Result<Exit, Failure> {
    let model = model_folder::read(&args.model)?;
    let answer = answer(args, model.description())?;
    let tested = Tested::read(&args.data, model.description(), &answer)?;
    let found = &tested.found;
    for unseen in found.features.unseen() {
        screen::warn(&unseen_category(unseen));
    }
    for warning in tested.warnings(&answer.name) {
        screen::warn(&warning);
    }

    let assessment = model.assess(&found.features, &found.rows, &found.truth);
    let shown = args.data.display();
    let assessment = assessment.map_err(|error| Fault::error(format_args!("{shown}: {error}")))?;

    let measures = assessment.measures();
    match args.format {
        TableFormat::Table => screen::data(assessed::table(&measures)),
        TableFormat::Csv => screen::stream(|out| assessed::sheet(&measures).write_csv(out)),
        TableFormat::Json => screen::stream(|out| assessed::sheet(&measures).write_json(out)),
    }

    common.talk(format!("tested on {}", count(assessment.n_rows() as u64, "row")));
    // The table has a blank there: why is said beside it.
    for measure in &measures {
        if let Err(reason) = measure.value {
            common.talk(format!("{} has no value: {reason}", measure.metric.name()));
        }
    }

    if let Some(owners) = assessment.owners() {
        common.talk(assessed::owners(&owners, &found.rows));
    }
    Ok(Exit::Done)
}

/// How the target is to be read: as in training, under the name that is asked for.
fn answer(args: &Args, description: &ModelDescription) -> Result<Feature, Failure> {
    match (&args.target, description.reading_of_target()) {
        (None, answer) if answer.name.is_empty() => {
            let shown = args.model.display();
            let message =
                format!("{shown} is a model of version 0.3, which does not name its target");
            Err(Fault::error(message).hint("`--target COLUMN` names it").into())
        }
        (None, answer) => Ok(answer),
        (Some(name), answer) => Ok(Feature { name: name.clone(), ..answer }),
    }
}
