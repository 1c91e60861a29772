//! `tune best STUDY`

use super::{Common, Rule, Table, Towards, ranked};
use crate::output::leaderboard::Ranking;
use crate::output::sheet::json;
use crate::output::{assessed, table};
use crate::report::{Exit, Failure, count};
use crate::run::{epochs, interrupt};
use crate::terminal::screen;
use experiment::bridge::model::Refit;
use experiment::file::Evaluator;
use experiment::folder::StudyFolder;
use experiment::held_out::{self, Tested};
use experiment::storage::LockPurpose;
use experiment::tuner::space::Value;
use experiment::winner::{differences, winner};
use experiment::{Experiment, StudyFacts, subject, trial_of};
use serde_json::{Map, Value as Json};

/// Print the winner's hyperparameters
///
/// The TOML can be pasted into `[space]`, or into an `[[enqueue]]` of the next study.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// A study's name or folder
    study: String,
    /// Which trial wins: the smallest loss, or the fewest parameters within one standard error of
    /// it
    #[arg(long, value_enum, default_value_t = Rule::Best)]
    rule: Rule,
    /// Choose the winner by a further recorded metric, such as accuracy
    #[arg(long, value_name = "METRIC", conflicts_with = "test")]
    by: Option<String>,
    /// Whether lower or higher values of the --by metric are better, if its name does not say
    #[arg(long, value_enum, requires = "by")]
    direction: Option<Towards>,
    /// Use the rows that `test_fraction` held out: train the winner on all others and test it on
    /// them, once; the metrics are recorded with 95 % bootstrap intervals over rows
    #[arg(long)]
    test: bool,
    #[command(flatten)]
    table: Table,
    /// Output format
    #[arg(long, value_enum, default_value_t = BestFormat::Toml)]
    format: BestFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum BestFormat {
    /// Lines of key = value
    Toml,
    /// One JSON object
    Json,
}

/// Prints the winner, and its score on the held-out rows if asked.
pub fn run(args: &Args, common: &Common) -> Result<Exit, Failure> {
    let folder = StudyFolder::find(&common.results, &args.study)?;
    if args.test {
        open_held_out(folder.clone(), args, common)?;
    }

    let (file, study) = experiment::look(&folder, &screen::warn)?;
    let folds = file.plan.cv.folds;
    let ranking = ranked(Ranking::new(&study, folds), args.by.as_deref(), args.direction, folds)?;
    let (row, trial) = winner(&ranking, args.rule.into())?;

    // The score of another trial does not belong beside this one's values.
    let tested = study.tests().first().filter(|(number, _)| args.test && *number == trial.number);
    let named: Vec<(&str, &Value)> = trial_of(&study, trial.number)?.named().collect();

    match args.format {
        BestFormat::Toml => {
            let facts = StudyFacts::of(&study);
            let metric = ranking.metric().map_or_else(|| facts.loss_name(), str::to_owned);
            let value = row.loss.map(table::loss).unwrap_or_default();
            let folds = if study.spec().n_splits > 1 { "cross-validated, " } else { "" };
            let mut lines = vec![format!(
                "# trial {} of {}: {metric} {value}, {folds}optimistic: it selected the trial",
                trial.number, file.plan.name
            )];
            lines.extend(tested.map(|(number, metrics)| {
                format!("# trial {number} on the held-out rows: {}", scores(metrics))
            }));
            // What was written as a list is one to a program; the built-in trainer takes its text
            // as well.
            let is_list = |name: &str| {
                file.plan.lists.contains(name) && file.plan.evaluator() != Evaluator::Trainer
            };
            lines.extend(named.iter().map(|(name, value)| match value {
                Value::Text(list) if is_list(name) => format!("{} = {list}", key(name)),
                value => format!("{} = {}", key(name), toml_value(value)),
            }));
            screen::data(lines.join("\n"));
        }
        BestFormat::Json => {
            let params: Map<String, Json> =
                named.iter().map(|(n, v)| ((*n).to_owned(), json(v))).collect();
            let params = file.with_lists(params);
            let mut object =
                serde_json::json!({"trial": trial.number, "loss": row.loss, "params": params});
            if let Some((number, metrics)) = tested {
                let tested = held_out::read(metrics);
                let values: Map<String, Json> =
                    tested.iter().map(|t| (t.name.to_owned(), t.value.into())).collect();
                let intervals: Map<String, Json> = tested
                    .iter()
                    .filter_map(|t| Some((t.name.to_owned(), serde_json::json!(t.interval?))))
                    .collect();
                object["test"] = serde_json::json!({
                    "trial": number, "metrics": values, "intervals": intervals,
                });
            }
            screen::data(object);
        }
    }

    Ok(Exit::Done)
}

/// Tests the winner on the held-out rows and records the score; a recorded score is never replaced.
fn open_held_out(folder: StudyFolder, args: &Args, common: &Common) -> Result<(), Failure> {
    let access = screen::access(LockPurpose::Best, experiment::QUEUE);
    let mut held = Experiment::open(folder, access)?;
    held.file = args.table.of(held.file)?;
    let (file, study) = (&held.file, &held.study);

    // Testing a second trial would select by the held-out rows, which would then be no test.
    if let Some((trial, metrics)) = study.tests().first() {
        common.talk(format!(
            "the held-out rows were used before, for trial {trial}: {}; this score is final",
            scores(metrics)
        ));
        return Ok(());
    }

    let ranking = Ranking::new(study, file.plan.cv.folds);
    let (_, trial) = winner(&ranking, args.rule.into())?;

    let data = subject::load(file)?;
    if data.held_out.is_empty() {
        let fault = file
            .document
            .fault_at("data", "this study has no held-out rows: [data] has no `test_fraction`");
        return Err(fault
            .hint("rows must be held out before the search: start a new study")
            .into());
    }

    data.check_same(study, file)?;
    held.remember_reading(None)?;
    let (file, study) = (&held.file, &held.study);

    if let Some(note) = differences(study) {
        common.talk(note);
    }
    interrupt::listen()?;
    let metric = subject::metric(file, &data)?;
    let slot = trial_of(study, trial.number)?;
    let refit = Refit::new(&slot.space, &slot.config, &data, metric, file.plan.cv.seed)?;
    let assessment = epochs::followed(common.quiet, |around| refit.test(around))?;
    held.study.record_test(trial.number, held_out::record(&assessment))?;
    let (opened, searched) = (data.held_out.len() as u64, data.splits.rows().len() as u64);
    common.talk(format!(
        "trained on {} and tested on {opened} held-out rows",
        count(searched, "row")
    ));

    if let Some(owners) = assessment.owners() {
        common.talk(assessed::owners(&owners, &data.held_out));
    }
    Ok(())
}

/// Metrics by name, in words, with their 95 % intervals.
fn scores(metrics: &[(String, f64)]) -> String {
    let shown = |tested: Tested<'_>| {
        let value = table::loss(tested.value);
        let interval = tested
            .interval
            .map(|(low, high)| format!(" (95 %: {} to {})", table::loss(low), table::loss(high)));
        format!("{} {value}{}", tested.name, interval.unwrap_or_default())
    };
    held_out::read(metrics).into_iter().map(shown).collect::<Vec<_>>().join(", ")
}

/// A key in TOML: bare if possible.
fn key(name: &str) -> String {
    let is_bare =
        !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    if is_bare { name.to_owned() } else { quoted(name) }
}

fn toml_value(value: &Value) -> String {
    match value {
        Value::Text(text) => quoted(text),
        Value::Float(v) if v.fract() == 0.0 && v.abs() < 1e16 => format!("{v:.1}"),
        other => other.to_string(),
    }
}

/// A TOML basic string: it accepts the escapes of a JSON string.
fn quoted(text: &str) -> String {
    serde_json::to_string(text).expect("a text is plain")
}
