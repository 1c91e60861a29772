//! `tune fit STUDY --out DIR`

use super::{Common, Rule, Table};
use crate::output::leaderboard::Ranking;
use crate::report::{Exit, Failure, count};
use crate::run::{epochs, interrupt};
use crate::terminal::screen;
use experiment::bridge::model::Refit;
use experiment::folder::StudyFolder;
use experiment::model_folder::{prepare, write};
use experiment::winner::{differences, winner};
use experiment::{subject, trial_of};
use std::path::PathBuf;

/// Train the winner on all searched rows, and save the model
///
/// DIR receives the weights (model.safetensors), what prediction needs besides them (model.json),
/// and both together for other programs (model.onnx). The ONNX model takes raw columns as in the
/// file: `numbers` (double, rows × number columns, missing is NaN) and `categories` (string, rows ×
/// category columns, missing is ""), each in the order of model.json and absent if there are none.
/// Its outputs are `label` and `probabilities`, or `value`. A category must be written as in
/// training: `3.0` is not `3`. A date is the numbers that model.json lists for its column: `elapsed`
/// in days since 1970-01-01 UTC, `month`, `day`, `weekday` from Monday, which is 0, and `hour` with
/// its fraction. Rows that `test_fraction` holds out stay out, unless `--all` includes them.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// A study's name or folder
    study: String,
    /// The folder to write: new, or empty
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Which trial wins: the smallest loss, or the fewest parameters within one standard error of
    /// it
    #[arg(long, value_enum, default_value_t = Rule::Best)]
    rule: Rule,
    #[command(flatten)]
    table: Table,
    /// Train this trial instead of the winner
    #[arg(long, value_name = "N", conflicts_with = "rule")]
    trial: Option<u64>,
    /// Train on all rows, including those that `test_fraction` holds out; then nothing is left to
    /// test the model on
    #[arg(long)]
    all: bool,
}

/// Trains the winner and writes its model.
pub fn run(args: &Args, common: &Common) -> Result<Exit, Failure> {
    let (file, study) =
        experiment::look(&StudyFolder::find(&common.results, &args.study)?, &screen::warn)?;
    let file = args.table.of(file)?;
    let ranking = Ranking::new(&study, file.plan.cv.folds);
    let number = match args.trial {
        Some(number) => number,
        None => winner(&ranking, args.rule.into())?.1.number,
    };

    let slot = trial_of(&study, number)?;
    let data = subject::load(&file)?;
    data.check_same(&study, &file)?;
    if let Some(note) = differences(&study) {
        common.talk(note);
    }

    // Before the training, whose result would be lost if the folder cannot be written.
    let folder = prepare(&args.out)?;
    interrupt::listen()?;
    let metric = subject::metric(&file, &data)?;
    let mut refit = Refit::new(&slot.space, &slot.config, &data, metric, file.plan.cv.seed)?;
    if args.all {
        refit = refit.on_all_rows();
    }

    let model = epochs::followed(common.quiet, |around| refit.fit(around))?;
    write(folder, &model)?;
    let rows = count(refit.n_rows() as u64, "row");
    common.talk(format!("trial {number} trained on {rows}; model in {}", args.out.display()));
    Ok(Exit::Done)
}
