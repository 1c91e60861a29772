//! What all requests share: where studies come from, and the last page of each.

use super::gate::Gate;
use super::snapshot::Snapshot;
use super::source::StudySource;
use crate::card::Logs;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// State shared by all requests.
pub(super) struct Shared {
    pub(super) source: Box<dyn StudySource>,
    pub(super) gate: Gate,
    pub(super) cache: Cache,
    pub(super) logs: Logs,
}

/// The last snapshot of each study that a browser asked for.
#[derive(Default)]
pub(super) struct Cache(Mutex<BTreeMap<String, Arc<Snapshot>>>);

impl Shared {
    /// Returns the snapshot of a study, rewritten only if the study has changed.
    ///
    /// # Errors
    /// A message for the user, if there is no such study or it cannot be read.
    pub(super) async fn snapshot(self: &Arc<Self>, study: &str) -> Result<Arc<Snapshot>, String> {
        let (shared, study) = (Arc::clone(self), study.to_owned());
        let write = move || shared.current(study);
        // Reading a study takes its time; the thread that answers requests goes on meanwhile.
        tokio::task::spawn_blocking(write).await.unwrap_or_else(|error| Err(error.to_string()))
    }

    fn current(&self, study: String) -> Result<Arc<Snapshot>, String> {
        let version = self.source.version(&study).ok_or_else(|| {
            "The study no longer exists here: it was deleted or moved.".to_owned()
        })?;
        let cache = || self.cache.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = cache().get(&study).filter(|found| found.version == version) {
            return Ok(Arc::clone(found));
        }

        let view = self.source.view(&study)?;
        let snapshot = Arc::new(Snapshot::new(version, &view, self.logs));
        cache().insert(study, Arc::clone(&snapshot));
        Ok(snapshot)
    }
}
