//! Leaderboards to compare: of a study in the results folder, or a CSV file with its meta file.

use super::bounded::Bounded;
use super::leaderboard::Ranking;
use super::meta::Meta;
use crate::experiment;
use crate::facts::DATA_ID;
use crate::folder::StudyFolder;
use crate::output::files;
use crate::report::{Failure, Fault, Warn, quoted};
use std::fs::File;
use std::io::Read;
use std::path::Path;
use tuner::rank::compare::{Board, BoardTrial, Protocol};
use tuner::trial::{Direction, State};

/// The file of a leaderboard in a study's folder.
const LEADERBOARD: &str = "leaderboard.csv";

/// Most bytes read of a meta file; ours have a thousand.
const META_BYTES: u64 = 1 << 20;

/// Reads the leaderboard that an argument names.
///
/// # Errors
/// What is wrong with the argument or the file, with its row and column.
pub fn read(root: &Path, argument: &str, warn: Warn<'_>) -> Result<Board, Failure> {
    let path = Path::new(argument);
    let in_folder = path.join(LEADERBOARD);
    if path.extension().is_some_and(|e| e == "csv") {
        of_csv(path)
    } else if in_folder.is_file() && !path.join(storage::STUDY_FILE).exists() {
        of_csv(&in_folder)
    } else {
        of_study(&StudyFolder::find(root, argument)?, warn)
    }
}

/// Renames leaderboards of the same name to what the user wrote.
pub fn tell_apart(boards: &mut [Board], arguments: &[String]) {
    let names: Vec<String> = boards.iter().map(|board| board.name.clone()).collect();
    for (board, argument) in boards.iter_mut().zip(arguments) {
        let is_shared = names.iter().filter(|name| **name == board.name).count() > 1;
        if is_shared && *argument != board.name {
            board.name = format!("{} ({argument})", board.name);
        }
    }
}

fn of_study(folder: &StudyFolder, warn: Warn<'_>) -> Result<Board, Failure> {
    let (file, study) = experiment::look(folder, warn)?;
    let ranking = Ranking::new(&study, file.plan.cv.folds);
    let meta = files::meta(&file, &study, &ranking);
    let csv = ranking.sheet().into_csv();
    board(&folder.path().join(LEADERBOARD), csv.as_slice(), Some(&meta))
}

fn of_csv(path: &Path) -> Result<Board, Failure> {
    let cannot =
        |path: &Path, error| Failure::input(format!("cannot read {}: {error}", path.display()));
    let csv = File::open(path).map_err(|error| cannot(path, error))?;

    // Without it the board has no protocol, so its losses are compared unpaired.
    let beside = path.with_extension("meta.json");
    let meta = if beside.is_file() {
        let mut text = Vec::new();
        let read =
            File::open(&beside).and_then(|file| file.take(META_BYTES).read_to_end(&mut text));
        read.map_err(|error| cannot(&beside, error))?;
        let parsed = serde_json::from_slice(&text);
        Some(parsed.map_err(|error| Failure::input(format!("{}: {error}", beside.display())))?)
    } else {
        None
    };

    board(path, csv, meta.as_ref())
}

/// Reads a board from its CSV, row by row; `path` names it in errors.
///
/// # Errors
/// What is wrong with the text, with its row and column.
pub fn board(path: &Path, csv: impl Read, meta: Option<&Meta>) -> Result<Board, Failure> {
    let mut reader = csv::Reader::from_reader(Bounded::new(csv));
    let broken = |what: String| Failure::from(Fault::error(format!("{}: {what}", path.display())));
    let header = reader.headers().map_err(|error| broken(error.to_string()))?.clone();
    let at = |name: &str| {
        header
            .iter()
            .position(|h| h == name)
            .ok_or_else(|| broken(format!("no column {}", quoted(name))))
    };
    let (number, state) = (at("trial")?, at("state")?);
    at("loss")?;
    let mut splits: Vec<usize> = Vec::new();
    // Splits are found by their names, in any order: the sheet may have been edited by hand.
    while let Some(column) = header.iter().position(|h| *h == format!("split{}_loss", splits.len()))
    {
        splits.push(column);
    }
    let params: Vec<(usize, &str)> = header
        .iter()
        .enumerate()
        .filter_map(|(i, h)| Some((i, h.strip_prefix("param_")?)))
        .collect();
    let mut trials = Vec::new();
    let mut record = csv::StringRecord::new();
    for row in 0.. {
        reader.get_mut().begin_row();
        if !reader.read_record(&mut record).map_err(|error| broken(error.to_string()))? {
            break;
        }
        let cell = |column: usize| record.get(column).unwrap_or_default();
        let wrong = |column: usize, expected: &str| {
            let name = header.get(column).unwrap_or_default();
            broken(format!(
                "row {}, column `{name}`: expected {expected}, found {}",
                row + 1,
                quoted(cell(column))
            ))
        };
        let read_loss = |column: &usize| {
            let loss = cell(*column).parse::<f64>().ok().filter(|loss| loss.is_finite());
            loss.ok_or_else(|| wrong(*column, "a number"))
        };
        let filled: Vec<usize> = splits.iter().copied().filter(|&c| !cell(c).is_empty()).collect();
        trials.push(BoardTrial {
            number: cell(number).parse().map_err(|_| wrong(number, "a trial's number"))?,
            state: state_named(cell(state)).ok_or_else(|| wrong(state, "a state"))?,
            losses: filled.iter().map(read_loss).collect::<Result<_, _>>()?,
            params: params
                .iter()
                .filter(|(i, _)| !cell(*i).is_empty())
                .map(|(i, n)| ((*n).to_owned(), cell(*i).to_owned()))
                .collect(),
        });
    }
    let name = meta.map_or_else(|| path.display().to_string(), |meta| meta.study.clone());
    Ok(Board { name, protocol: protocol(meta, splits.len()), trials })
}

/// How a board was evaluated. Without a meta file nothing is known but the number of splits, taken
/// as folds.
fn protocol(meta: Option<&Meta>, n_splits: usize) -> Protocol {
    match meta {
        // A program's own data and splits are known by the program: the same one, told the same,
        // cuts them alike. Where a list of folds says how the table is cut, the table and the list
        // say it.
        Some(meta) => Protocol {
            metric: meta.loss.as_ref().unwrap_or(&meta.metric).clone(),
            direction: meta.direction,
            // And where the user names the data, that name and the numbers of folds and seeds do.
            data: match (meta.hashes.get(DATA_ID), meta.hashes.contains_key("split")) {
                (Some(id), _) => Some(id.clone()),
                (None, true) => meta.hashes.get("data").cloned(),
                (None, false) => {
                    meta.hashes.get("program").or_else(|| meta.hashes.get("data")).cloned()
                }
            },
            splits: if meta.hashes.contains_key(DATA_ID) {
                Some(format!("{} × {}, seed {}", meta.repeats, meta.folds, meta.cv_seed))
            } else {
                ["split", "program"].iter().find_map(|name| meta.hashes.get(*name)).cloned()
            },
            test_train_ratio: meta.test_train_ratio,
        },
        None => Protocol {
            metric: String::new(),
            direction: Direction::Minimize,
            data: None,
            splits: None,
            test_train_ratio: tuner::rank::SplitFacts::k_fold(n_splits.max(1), 1).test_train_ratio,
        },
    }
}

/// Boards whose metric is not known are taken to measure what the first known one does.
pub fn assume_metric(boards: &mut [Board]) {
    let known = boards.iter().find(|b| !b.protocol.metric.is_empty());
    let Some((metric, direction)) =
        known.map(|b| (b.protocol.metric.clone(), b.protocol.direction))
    else {
        return;
    };
    for board in boards.iter_mut().filter(|b| b.protocol.metric.is_empty()) {
        board.protocol.metric.clone_from(&metric);
        board.protocol.direction = direction;
    }
}

fn state_named(name: &str) -> Option<State> {
    State::ALL.into_iter().find(|state| state.name() == name)
}
