//! Reads the studies of Optuna in an SQLite file, which is neither changed nor trusted.
//!
//! It is opened read-only, and only plain tables are read: no view, trigger or function of its
//! schema runs. The tables are those of Optuna's relational storage, version 3 and later.

use super::connect::foreign;
use rusqlite::{Connection, OptionalExtension};
use std::path::Path;

/// A study of Optuna.
#[derive(Clone, Debug, PartialEq)]
pub struct OptunaStudy {
    /// The study's name.
    pub name: String,
    /// `MINIMIZE` or `MAXIMIZE`, one for each objective.
    pub directions: Vec<String>,
    /// By their numbers.
    pub trials: Vec<OptunaTrial>,
}

/// A trial of Optuna.
#[derive(Clone, Debug, PartialEq)]
pub struct OptunaTrial {
    /// `COMPLETE`, `PRUNED`, `FAIL`, `RUNNING` or `WAITING`.
    pub state: String,
    /// The value of each objective; infinite and missing ones are absent.
    pub values: Vec<Option<f64>>,
    /// Name, value as stored, and distribution as JSON.
    pub params: Vec<(String, f64, String)>,
}

/// Why a file cannot be read as a study of Optuna.
#[derive(Debug, thiserror::Error)]
pub enum OptunaError {
    /// The database lacks this table.
    #[error("it has no table `{0}`, so it is not a study of Optuna")]
    Table(&'static str),
    /// SQLite cannot read it.
    #[error("{0}")]
    Database(#[from] rusqlite::Error),
    /// The study has more trials than are read.
    #[error("it has more than {0} trials")]
    Many(i64),
}

const TABLES: [&str; 5] = ["studies", "study_directions", "trials", "trial_params", "trial_values"];
/// The most trials that are read.
const MOST_TRIALS: i64 = 1_000_000;

/// Reads all studies of a file.
///
/// # Errors
/// If it is not a database, not one of Optuna, or damaged.
pub fn optuna_studies(path: &Path) -> Result<Vec<OptunaStudy>, OptunaError> {
    let connection = foreign(path)?;
    for table in TABLES {
        // A view or a virtual table under this name could run any SQL of the file's author.
        let is_table = "SELECT 1 FROM sqlite_schema WHERE name = ? AND type = 'table' \
                        AND sql NOT LIKE 'CREATE VIRTUAL%'";
        let found = connection.query_row(is_table, [table], |_| Ok(())).optional()?;
        found.ok_or(OptunaError::Table(table))?;
    }

    let n_trials: i64 =
        connection.query_row("SELECT count(*) FROM trials", [], |row| row.get(0))?;
    if n_trials > MOST_TRIALS {
        return Err(OptunaError::Many(MOST_TRIALS));
    }

    // Texts are cut by SQLite, before they take memory.
    let mut statement = connection
        .prepare("SELECT study_id, substr(study_name, 1, 512) FROM studies ORDER BY study_id")?;
    let studies = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    studies
        .map(|found| {
            let (id, name): (i64, String) = found?;
            let directions = directions(&connection, id)?;
            let trials = trials(&connection, id, directions.len())?;
            Ok(OptunaStudy { name, directions, trials })
        })
        .collect()
}

fn directions(connection: &Connection, study: i64) -> rusqlite::Result<Vec<String>> {
    connection
        .prepare("SELECT direction FROM study_directions WHERE study_id = ? ORDER BY objective")?
        .query_map([study], |row| row.get(0))?
        .collect()
}

fn trials(
    connection: &Connection,
    study: i64,
    n_objectives: usize,
) -> rusqlite::Result<Vec<OptunaTrial>> {
    let mut params = connection.prepare(
        "SELECT substr(param_name, 1, 512), param_value, substr(distribution_json, 1, 65536) \
         FROM trial_params WHERE trial_id = ? ORDER BY param_id",
    )?;
    let mut values = connection
        .prepare("SELECT objective, value, value_type FROM trial_values WHERE trial_id = ?")?;
    let mut trials = connection
        .prepare("SELECT trial_id, state FROM trials WHERE study_id = ? ORDER BY number")?;

    let trials = trials.query_map([study], |row| Ok((row.get(0)?, row.get(1)?)))?;
    trials
        .map(|found| {
            let (id, state): (i64, String) = found?;
            let params = params
                .query_map([id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
                .collect::<rusqlite::Result<Vec<_>>>()?;

            // Optuna stores an infinite loss by its kind, with no number beside.
            let mut of_objectives = vec![None; n_objectives];
            let kept = values.query_map([id], |row| {
                let kind: String = row.get(2)?;
                let value: Option<f64> = row.get(1)?;
                let objective: usize = row.get::<_, i64>(0)?.try_into().unwrap_or(usize::MAX);
                Ok((objective, value.filter(|value| kind == "FINITE" && value.is_finite())))
            })?;
            for kept in kept {
                let (objective, value) = kept?;
                if let Some(slot) = of_objectives.get_mut(objective) {
                    *slot = value;
                }
            }

            Ok(OptunaTrial { state, values: of_objectives, params })
        })
        .collect()
}
