//! `tune best STUDY`

use super::Common;
use crate::folder::StudyFolder;
use crate::output::leaderboard::Ranking;
use crate::output::sheet::json;
use crate::output::table;
use crate::report::{Exit, Failure, Fault};
use crate::{screen, session};
use serde_json::{Map, Value as Json};
use tuner::rank::Row;
use tuner::space::Value;

/// Print the winner's hyperparameters
///
/// As TOML they can be pasted into [space], or into an [[enqueue]] of the next study.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// A study's name or folder
    study: String,
    /// Which trial wins: the smallest loss, or the fewest parameters within one standard error of it
    #[arg(long, value_enum, default_value_t = Rule::Best)]
    rule: Rule,
    /// The form
    #[arg(long, value_enum, default_value_t = Format::Toml)]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Rule {
    /// The smallest loss
    Best,
    /// The simplest within one standard error
    OneSe,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// Lines of key = value
    Toml,
    /// One object
    Json,
}

/// Prints the winner.
pub fn run(args: &Args, common: &Common) -> Result<Exit, Failure> {
    let folder = StudyFolder::find(&common.results, &args.study)?;
    let (file, study) = session::look(&folder)?;
    let ranking = Ranking::new(&study, file.cv.folds);
    let row: Option<&Row> = match args.rule {
        Rule::Best => ranking.board.best(),
        Rule::OneSe => ranking.board.one_se(),
    };
    let Some(row) = row else {
        return Err(Failure { exit: Exit::NoSuccess, faults: vec![Fault::error("no trial has succeeded yet")] });
    };
    let trial = &ranking.trials[row.index];
    let named: Vec<(&str, &Value)> = study.spec().space.named(&trial.config).collect();
    let metric = session::fact(&study, "metric").unwrap_or("loss");
    match args.format {
        Format::Toml => {
            let value = row.loss.map(table::loss).unwrap_or_default();
            let mut lines = vec![format!("# trial {} of {}: {metric} {value}, by selection", trial.number, file.name)];
            lines.extend(named.iter().map(|(name, value)| format!("{} = {}", key(name), toml_value(value))));
            screen::data(lines.join("\n"));
        }
        Format::Json => {
            let params: Map<String, Json> = named.iter().map(|(n, v)| ((*n).to_owned(), json(v))).collect();
            screen::data(serde_json::json!({"trial": trial.number, "loss": row.loss, "params": params}));
        }
    }
    Ok(Exit::Done)
}

/// A key as TOML writes it: bare if it may be.
fn key(name: &str) -> String {
    let is_bare = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    if is_bare { name.to_owned() } else { quoted(name) }
}

fn toml_value(value: &Value) -> String {
    match value {
        Value::Text(text) => quoted(text),
        Value::Float(v) if v.fract() == 0.0 && v.abs() < 1e16 => format!("{v:.1}"),
        other => other.to_string(),
    }
}

/// A TOML basic string: the escapes of a JSON string are among its own.
fn quoted(text: &str) -> String {
    serde_json::to_string(text).expect("a text is plain")
}
