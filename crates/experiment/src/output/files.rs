//! Writes the files of a study, each atomically.

use super::folds::{folds, timings};
use super::leaderboard::Ranking;
use super::meta::Meta;
use super::sheet::Sheet;
use crate::changes::{INSTRUCTION_SET, VERSION, history};
use crate::digest::hex;
use crate::facts::{DATA_ID, PROGRAM, StudyFacts};
use crate::file::SpaceFile;
use crate::folder::StudyFolder;
use crate::report::Failure;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use tuner::study::Study;

/// Writes `leaderboard.csv`, `leaderboard.meta.json`, `folds.csv`, `timings.csv` and `space.toml`,
/// as last revised.
///
/// # Errors
/// If the folder cannot be written.
pub fn write(
    folder: &StudyFolder,
    file: &SpaceFile,
    study: &Study,
    ranking: &Ranking<'_>,
) -> Result<(), Failure> {
    let folds_a_repeat = file.plan.cv.folds as usize;
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
    storage::replace_file(&folder.file("space.toml"), file.document.text().as_bytes())?;
    Ok(())
}

/// Returns the origin of the study's leaderboard.
pub fn meta(file: &SpaceFile, study: &Study, ranking: &Ranking<'_>) -> Meta {
    let facts = StudyFacts::of(study);
    let loss = Some(facts.loss_name()).filter(|name| name != facts.metric_name());
    let known = [("data", facts.data), ("split", facts.split)];
    let mut hashes: BTreeMap<String, String> =
        known.into_iter().filter_map(|(name, hash)| Some((name.to_owned(), hash?))).collect();
    let of_programs = facts.others.iter().filter(|(name, _)| name == PROGRAM || name == DATA_ID);
    hashes.extend(of_programs.cloned());
    hashes.insert("space".to_owned(), hex(&Sha256::digest(file.plan.canonical_space().as_bytes())));

    Meta {
        study: file.plan.name.clone(),
        version: history(study, VERSION).join(", then "),
        instruction_set: history(study, INSTRUCTION_SET).join(", then "),
        method: study.spec().method.name().to_owned(),
        metric: facts.metric.unwrap_or_default(),
        loss,
        direction: study.spec().direction,
        seed: study.spec().seed,
        cv_seed: file.plan.cv.seed,
        folds: file.plan.cv.folds,
        repeats: file.plan.cv.repeats,
        test_train_ratio: ranking.test_train_ratio,
        trials: study.trials_ended(),
        unfinished: study.slots().len() - study.trials_ended(),
        clock_limit_fired: study.clock_fired(),
        hashes,
    }
}
