//! Where the server gets its studies.

use super::listing::Listed;
use tuner::overview::StudyView;

/// Where studies come from.
pub trait StudySource: Send + Sync {
    /// Lists the studies by name.
    ///
    /// # Errors
    /// Why they cannot be listed.
    fn list(&self) -> Result<Vec<Listed>, String>;

    /// Returns a number that changes with the study, or `None` if there is no such study. Must be
    /// cheap.
    fn version(&self, study: &str) -> Option<u64>;

    /// Reads a study.
    ///
    /// # Errors
    /// Why it cannot be read, as a message for the user.
    fn view(&self, study: &str) -> Result<StudyView, String>;
}
