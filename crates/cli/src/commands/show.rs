//! `tune show STUDY [N]`

use super::{Chart, Common};
use crate::output::leaderboard::Ranking;
use crate::output::{layout, table};
use crate::report::{Exit, Failure, Fault, count};
use crate::terminal::screen;
use ::report::charts::Theme;
use ::report::pictures;
use experiment::external::log_of;
use experiment::folder::StudyFolder;
use experiment::storage;
use experiment::tuner::overview::CurveReader;
use experiment::tuner::store::{CurvePoint, Curves, FoldRecord, Record};
use experiment::tuner::study::Study;
use experiment::tuner::trial::State;
use std::path::Path;

/// Show a study, or one of its trials with its folds and learning curves
#[derive(clap::Args, Debug)]
pub struct Args {
    /// A study's name or folder
    study: String,
    /// The trial's number; `--chart` needs one
    #[arg(value_name = "N")]
    trial: Option<u64>,
    #[command(flatten)]
    chart: Chart,
}

/// Shows a study or a trial.
pub fn run(args: &Args, common: &Common) -> Result<Exit, Failure> {
    let folder = StudyFolder::find(&common.results, &args.study)?;
    let (file, mut study) = experiment::look(&folder, &screen::warn)?;
    let Some(number) = args.trial else {
        if args.chart.chart.is_some() {
            let fault = Fault::error("`--chart` draws one trial: its number is missing");
            return Err(fault.hint("`tune report` draws the whole study").into());
        }
        screen::data(overview(&study, &file.plan.name));
        screen::data(table::summary(
            &folder,
            &study,
            &Ranking::new(&study, file.plan.cv.folds),
            table::TOP,
            table::Hints::unless(common.quiet),
        ));
        if let Some(calibration) = study.calibration() {
            screen::data(table::calibration(&calibration));
        }
        return Ok(Exit::Done);
    };

    let n_trials = study.slots().len();
    let Some(slot) = study.slots().get(number) else {
        let n_trials = count(n_trials as u64, "trial");
        let fault =
            Fault::error(format!("no trial {number}: the study has {n_trials}, counted from 0"));
        return Err(fault
            .hint(format!("`tune leaderboard {}` lists them", folder.argument()))
            .into());
    };

    // Before the text, which a picture replaces.
    if let Some(out) = &args.chart.chart {
        let folds = recorded_folds(&mut study, number)?;
        draw(&folder, number, folds, (out, args.chart.theme.into()))?;
        return Ok(Exit::Done);
    }

    let mut text = format!("trial {number}, {}", slot.origin.name());
    let ended = study.trial(number);
    text.push_str(&ended.as_ref().map_or(", not ended".to_owned(), |t| match t.loss() {
        Some(loss) => format!(", loss {}", table::loss(loss)),
        None => format!(", {}: {}", t.state().name(), t.reason()),
    }));

    if !slot.is_in_space() {
        text.push_str(", outside the current space");
    }

    for (name, value) in slot.named() {
        text.push_str(&format!("\n  {name} = {value}"));
    }
    screen::data(text);

    let folds = recorded_folds(&mut study, number)?;
    if !folds.is_empty() {
        let parts = [
            fold_table(&folds, file.plan.cv.folds as usize),
            curve_table(&folds),
            logs(&folder, &folds),
        ];
        parts.iter().filter(|part| !part.is_empty()).for_each(screen::data);
    }

    Ok(Exit::Done)
}

/// Writes the picture of a trial that has ended.
fn draw(
    folder: &StudyFolder,
    number: u64,
    folds: Vec<FoldRecord>,
    (out, theme): (&Path, Theme),
) -> Result<(), Failure> {
    let view = experiment::view::view(folder, &screen::warn)?;
    // The same reader as for pages, so that both draw the same curve.
    let mut reader = CurveReader::new([number]);
    for fold in folds {
        reader.visit(Record::Fold(fold));
    }

    let curve = reader.finish().pop();

    let Some(picture) = pictures::trial(&view, number, curve.as_ref(), theme) else {
        return Err(Fault::error(format!(
            "trial {number} has not ended: there is nothing to draw"
        ))
        .into());
    };

    storage::write_named(out, |file| file.write_all(picture.as_bytes()))?;
    Ok(())
}

fn overview(study: &Study, name: &str) -> String {
    let spec = study.spec();
    let total = study
        .total_with_manual()
        .map_or_else(|| "no total".to_owned(), |t| format!("{t} in total"));

    let mut lines = vec![format!(
        "study `{name}`: {} search, seed {}, {} ended, {total}, {} each",
        spec.method.name(),
        spec.seed,
        count(study.trials_ended() as u64, "trial"),
        count(spec.n_splits as u64, "fold"),
    )];

    lines.extend(study.text().facts.iter().map(|(name, value)| format!("  {name}: {value}")));
    lines.join("\n")
}

fn recorded_folds(study: &mut Study, number: u64) -> Result<Vec<FoldRecord>, Failure> {
    let mut folds = Vec::new();
    study.store().replay(Curves::Load, &mut |record| match record {
        Record::Fold(fold) if fold.trial == number => folds.push(fold),
        _ => {}
    })?;
    folds.sort_by_key(|fold| fold.split);
    Ok(folds)
}

fn fold_table(folds: &[FoldRecord], folds_a_repeat: usize) -> String {
    let optional = |v: Option<f64>| v.map(table::loss).unwrap_or_default();
    let names: Vec<&str> = folds
        .first()
        .map(|f| f.metrics.iter().map(|(n, _)| n.as_str()).collect())
        .unwrap_or_default();

    let mut header = vec!["repeat", "fold", "state", "loss"];
    header.extend(&names);
    header.extend(["epochs", "seconds"]);

    let row = |fold: &FoldRecord| {
        let metric = |name: &&str| fold.metrics.iter().find(|(n, _)| n == name).map(|(_, v)| *v);
        let mut row = vec![
            (fold.split / folds_a_repeat).to_string(),
            (fold.split % folds_a_repeat).to_string(),
            fold.state.name().to_owned(),
            optional(fold.loss),
        ];
        row.extend(names.iter().map(|name| optional(metric(name))));
        row.push(fold.epochs.map(|e| e.to_string()).unwrap_or_default());
        row.push(format!("{:.3}", fold.seconds));
        row
    };

    layout::plain(&header, &folds.iter().map(row).collect::<Vec<_>>())
}

/// The places of the output of programs whose folds did not succeed.
fn logs(folder: &StudyFolder, folds: &[FoldRecord]) -> String {
    let failed = folds.iter().filter(|fold| fold.state != State::Ok);
    let logs = failed
        .map(|fold| log_of(folder.path(), fold.trial, fold.split))
        .filter(|log| log.is_file());
    logs.map(|log| format!("log: {}", log.display())).collect::<Vec<_>>().join("\n")
}

/// The mean losses over the folds at about twenty of the epochs.
fn curve_table(folds: &[FoldRecord]) -> String {
    let n_epochs = folds.iter().map(|f| f.curve.len()).max().unwrap_or(0);
    // A program may skip epochs.
    let is_known = |epoch: &usize| {
        folds
            .iter()
            .filter_map(|f| f.curve.get(*epoch))
            .any(|point| point.0.is_some() || point.1.is_some())
    };

    let known: Vec<usize> = (0..n_epochs).filter(is_known).collect();
    if known.is_empty() {
        return String::new();
    }

    let mean = |epoch: usize, part: fn(&CurvePoint) -> Option<f32>| {
        let values: Vec<f64> =
            folds.iter().filter_map(|f| f.curve.get(epoch).and_then(part)).map(f64::from).collect();
        experiment::tuner::stats::mean(&values).map(table::loss).unwrap_or_default()
    };

    let step = known.len().div_ceil(20);
    let epochs = (0..known.len())
        .filter(|i| (i + 1) % step == 0 || *i == 0 || i + 1 == known.len())
        .map(|i| known[i]);

    let rows: Vec<Vec<String>> = epochs
        .map(|e| vec![(e + 1).to_string(), mean(e, |point| point.0), mean(e, |point| point.1)])
        .collect();
    layout::plain(&["epoch", "training loss", "validation loss"], &rows)
}
