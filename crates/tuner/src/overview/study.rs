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
use crate::trial::State;
use crate::view::Importance;

/// Number of trials whose learning curves are shown: the best ones, and …
const N_CURVES: usize = 12;
/// … among them up to this many of the latest that racing stopped.
const N_RACED: usize = 4;

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
    /// The trials that have ended, by number.
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

        let mut raced: Vec<u64> =
            rows.iter().filter(|row| row.state == State::Raced).map(|row| row.trial).collect();
        raced.sort_unstable_by(|a, b| b.cmp(a));
        raced.truncate(N_RACED);
        let complete = rows.iter().filter(|row| row.loss.is_some()).map(|row| row.trial);
        // Curves are most of a store's bytes, so only those of the shown trials are kept in memory.
        let mut reader = CurveReader::new(complete.take(N_CURVES - raced.len()).chain(raced));
        study.store().replay(Curves::Load, &mut |record| reader.visit(record))?;
        let mut curves = reader.finish();
        for curve in curves.iter_mut().filter(|curve| curve.state == State::Raced) {
            curve.add_bars(study);
        }

        Ok(Self {
            summary: summary(study, board, &about, &rows),
            steps: steps(&rows, study.spec().direction),
            open: open(study),
            importance,
            slices,
            curves,
            health: health(&study.spec().space, &parameters, &rows),
            metric_names: board.metric_names.clone(),
            parameters,
            rows,
            file: about.file,
        })
    }
}
