//! Writing the sheets of a study: each file whole, or not at all.

use super::folds::{folds, timings};
use super::leaderboard::Ranking;
use super::meta::Meta;
use super::sheet::Sheet;
use crate::digest::hex;
use crate::file::StudyFile;
use crate::folder::StudyFolder;
use crate::report::Failure;
use crate::session;
use sha2::{Digest, Sha256};
use tuner::study::Study;

/// Writes `leaderboard.csv`, `leaderboard.meta.json`, `folds.csv`, `timings.csv` and `space.toml`, as last revised.
///
/// # Errors
/// If the folder cannot be written.
pub fn write(
    folder: &StudyFolder,
    file: &StudyFile,
    study: &Study,
    ranking: &Ranking<'_>,
) -> Result<(), Failure> {
    let folds_a_repeat = file.cv.folds as usize;
    let write = |name: &str, sheet: Sheet<'_>| {
        storage::replace_file_by(&folder.file(name), |out| sheet.write_csv(out))
    };
    write("leaderboard.csv", ranking.sheet())?;
    storage::replace_file(
        &folder.file("leaderboard.meta.json"),
        &meta(file, study, ranking).to_json(),
    )?;
    write("folds.csv", folds(study, ranking, folds_a_repeat))?;
    write("timings.csv", timings(study, folds_a_repeat))?;
    storage::replace_file(&folder.file("space.toml"), file.text().as_bytes())?;
    Ok(())
}

/// What the study's leaderboard was made from.
pub fn meta(file: &StudyFile, study: &Study, ranking: &Ranking<'_>) -> Meta {
    let fact = |name| session::fact(study, name).unwrap_or_default().to_owned();
    let mut hashes: std::collections::BTreeMap<String, String> = ["data", "split"]
        .into_iter()
        .filter_map(|name| Some((name.to_owned(), session::fact(study, name)?.to_owned())))
        .collect();
    hashes.insert("space".to_owned(), hex(&Sha256::digest(file.canonical_space().as_bytes())));
    Meta {
        study: file.name.clone(),
        version: fact("version"),
        instruction_set: fact("instruction_set"),
        method: study.spec().method.name().to_owned(),
        metric: fact("metric"),
        direction: study.spec().direction,
        seed: study.spec().seed,
        cv_seed: file.cv.seed,
        folds: file.cv.folds,
        repeats: file.cv.repeats,
        test_train_ratio: ranking.test_train_ratio,
        trials: study.trials_ended(),
        unfinished: study.slots().len() - study.trials_ended(),
        clock_limit_fired: study.clock_fired(),
        hashes,
    }
}
