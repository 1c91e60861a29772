//! The whole study as a page shows it.

use super::board::{RowView, rows};
use super::curves::{CurveReader, CurveView};
use super::health::{Health, health};
use super::history::{OpenTrial, Step, open, steps};
use super::parameter::ParameterView;
use super::summary::{About, Summary, summary};
use crate::error::Error;
use crate::rank::{Leaderboard, SplitFacts};
use crate::store::Curves;
use crate::study::{Slices, Study};
use crate::view::Importance;

/// Number of trials whose learning curves are shown: the best ones, and the last ones that racing
/// stopped.
const N_CURVES: usize = 12;

/// Number of contours.
const N_CONTOURS: usize = 2;

/// A study as a page shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct StudyView {
    /// The summary.
    pub summary: Summary,
    /// The searched parameters.
    pub parameters: Vec<ParameterView>,
    /// Names of the further metrics.
    pub metric_names: Vec<String>,
    /// The trials that have ended, in rank order.
    pub rows: Vec<RowView>,
    /// The same trials by number.
    pub steps: Vec<Step>,
    /// The trials that have not ended.
    pub open: Vec<OpenTrial>,
    /// Parameter importance, if it can be measured.
    pub importance: Option<Importance>,
    /// The surrogate along parameters and over pairs, if there is one.
    pub slices: Option<Slices>,
    /// Learning curves of the best trials, by number.
    pub curves: Vec<CurveView>,
    /// Possible problems.
    pub health: Health,
    /// The space file that was run.
    pub file: String,
}

impl StudyView {
    /// Computes the overview of a study from its ranking. Cost: twice that of
    /// [`StudyState::importance`](crate::study::StudyState::importance), and one replay of the
    /// records.
    ///
    /// # Errors
    /// [`Error::Store`] if the learning curves cannot be read.
    pub fn new(
        study: &mut Study,
        board: &Leaderboard,
        facts: &SplitFacts,
        about: About,
    ) -> Result<Self, Error> {
        let parameters = ParameterView::all(&study.spec().space);
        let rows = rows(study, board, facts, &parameters);

        let importance = study.importance().ok();
        let pairs: Vec<(&str, &str)> = importance
            .iter()
            .flat_map(|importance| importance.pairs.iter().take(N_CONTOURS))
            .map(|pair| (pair.name.as_str(), pair.by.as_str()))
            .collect();

        let slices = study.slices(&pairs);

        let shown = rows.iter().filter(|row| row.loss.is_some()).take(N_CURVES);
        // Curves are most of a store's bytes: those of the shown trials alone stay in memory.
        let mut reader = CurveReader::new(shown.map(|row| row.trial));
        study.store().replay(Curves::Load, &mut |record| reader.visit(record))?;

        Ok(Self {
            summary: summary(study, board, &about, &rows),
            steps: steps(&rows, study.spec().direction),
            open: open(study),
            importance,
            slices,
            curves: reader.finish(),
            health: health(&study.spec().space, &parameters, &rows),
            metric_names: board.metric_names.clone(),
            parameters,
            rows,
            file: about.file,
        })
    }
}
