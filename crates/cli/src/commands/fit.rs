//! `tune fit STUDY --out DIR`

use super::{Common, Rule, Table};
use crate::output::leaderboard::Ranking;
use crate::report::{Exit, Failure, count};
use crate::run::{epochs, interrupt};
use crate::terminal::screen;
use experiment::bridge::model::Refit;
use experiment::folder::StudyFolder;
use experiment::model_folder::{prepare, write};
use experiment::subject;
use experiment::tuner::study::Study;
use experiment::winner::{differences, winner};
use std::path::PathBuf;

/// Train the winner on all searched rows, and keep the model
///
/// DIR gets the weights (model.safetensors), what prediction needs beside them (model.json), and both in one for other
/// programs (model.onnx). The ONNX model takes columns as they stand in the file: `numbers` (double, rows × number columns,
/// missing is NaN) and `categories` (string, rows × category columns, missing is ""), each in the order of model.json and
/// left out where there are none. It answers with `label` and `probabilities`, or with `value`. A category must be written
/// as in training there: `3.0` is not `3`. Rows that `test_fraction` holds out stay out, unless `--all` takes them in.
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
    #[command(flatten)]
    table: Table,
    /// Train this trial instead of the winner
    #[arg(long, value_name = "N", conflicts_with = "rule")]
    trial: Option<u64>,
    /// Train on all rows, with those that `test_fraction` holds out: nothing is left to test the model on
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
        Some(number) => known(&study, number)?,
        None => winner(&ranking, args.rule.into())?.1.number,
    };
    let data = subject::load(&file)?;
    data.check_same(&study, &file)?;
    if let Some(note) = differences(&study) {
        common.talk(note);
    }
    let folder = prepare(&args.out)?;
    interrupt::listen()?;
    let metric = subject::metric(&file, &data)?;
    let slot = &study.slots()[number];
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

/// Refuses a trial that the study does not have.
fn known(study: &Study, number: u64) -> Result<u64, Failure> {
    if (number as usize) < study.slots().len() {
        return Ok(number);
    }
    let n = study.slots().len();
    Err(Failure::input(format!("no trial {number}: the study has {}", count(n as u64, "trial"))))
}
