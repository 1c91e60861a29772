//! `tune fit STUDY --out DIR`

use super::{Common, Rule};
use crate::output::leaderboard::Ranking;
use crate::report::{Exit, Failure, count};
use crate::run::{epochs, interrupt};
use crate::terminal::screen;
use experiment::bridge::model::Refit;
use experiment::folder::StudyFolder;
use experiment::model_folder::{refuse_to_overwrite, write};
use experiment::subject;
use experiment::winner::{differences, winner};
use std::path::PathBuf;

/// Train the winner on all searched rows, and keep the model
///
/// DIR gets the weights (model.safetensors), what prediction needs beside them (model.json), and both in one for other
/// programs (model.onnx). Rows that `test_fraction` holds out stay out.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// A study's name or folder
    study: String,
    /// The folder to write: new, or empty
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Which trial wins: the smallest loss, or the fewest parameters within one standard error of it
    #[arg(long, value_enum, default_value_t = Rule::Best)]
    rule: Rule,
}

/// Trains the winner and writes its model.
pub fn run(args: &Args, common: &Common) -> Result<Exit, Failure> {
    let (file, study) =
        experiment::look(&StudyFolder::find(&common.results, &args.study)?, &screen::warn)?;
    refuse_to_overwrite(&args.out)?;
    let ranking = Ranking::new(&study, file.plan.cv.folds);
    let (_, trial) = winner(&ranking, args.rule.into())?;
    let data = subject::load(&file)?;
    data.check_same(&study, &file)?;
    if let Some(note) = differences(&study) {
        common.talk(note);
    }
    interrupt::listen()?;
    let metric = subject::metric(&file, &data)?;
    let slot = &study.slots()[trial.number];
    let refit = Refit::new(&slot.space, &slot.config, &data, metric, file.plan.cv.seed)?;
    let model = epochs::followed(common.quiet, |around| refit.fit(around))?;
    write(&args.out, &model)?;
    let rows = count(data.splits.rows().len() as u64, "row");
    common.talk(format!(
        "trial {} trained on {rows}; model in {}",
        trial.number,
        args.out.display()
    ));
    Ok(Exit::Done)
}
