//! A study as a page shows it.

use crate::experiment::look;
use crate::facts::StudyFacts;
use crate::file::SpaceFile;
use crate::folder::StudyFolder;
use crate::output::leaderboard::Ranking;
use crate::report::{Failure, Warn};
use tuner::overview::{About, StudyView};
use tuner::rank::SplitFacts;
use tuner::study::Study;

/// Opens a study for reading, and collects everything that a page shows.
///
/// # Errors
/// If the store cannot be read.
pub fn view(folder: &StudyFolder, warn: Warn<'_>) -> Result<StudyView, Failure> {
    let (file, mut study) = look(folder, warn)?;
    view_of(&file, &mut study)
}

/// Takes in all that a page shows of a study that is open.
///
/// # Errors
/// If the store cannot be read.
pub fn view_of(file: &SpaceFile, study: &mut Study) -> Result<StudyView, Failure> {
    let Ranking { board, test_train_ratio, .. } = Ranking::new(study, file.plan.cv.folds);
    let facts = SplitFacts { n_splits: study.spec().n_splits, test_train_ratio };
    let about = About {
        name: file.plan.name.clone(),
        folds: file.plan.cv.folds as usize,
        file: file.document.text().to_owned(),
    };
    let name = StudyFacts::of(study).loss_name();
    let mut view = StudyView::new(study, &board, &facts, about)?;
    // A metric that is maximised is ranked by 1 minus it, and its numbers are of that.
    view.summary.metric = name;
    Ok(view)
}
