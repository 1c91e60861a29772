//! Studies: they propose trials, record their results, and end.
//!
//! A [`StudyState`] is the fold of its records: it exists without a store, on any machine that has
//! the records. A [`Study`] is a state and the store that keeps it. Opening one replays the records
//! and running it appends to them, both through the same fold, so that a study resumed after any
//! interruption has the state that it would have had without. Trials are evaluated by
//! [`run`](Study::run) on a pool of threads, or elsewhere, between [`ask`](Study::ask) and
//! [`tell`](Study::tell).

mod ask;
mod beginning;
mod difference;
mod explain;
mod handle;
mod hindsight;
mod importance;
mod ledger;
mod objective;
mod propose;
mod racing;
mod repeat;
mod replay;
mod results;
mod revise;
mod rules;
mod run;
mod schedule;
mod slot;
mod spec;
mod state;
mod window;

pub use crate::analysis::importance::slices::{Contour, Slice, SlicePoint, Slices};
pub use crate::search::Method;
pub use ask::{Asked, Told};
pub use difference::ReplayDifference;
pub use handle::Study;
pub use hindsight::Hindsight;
pub use objective::{Evaluation, Job, Objective, UNHEARD};
pub use racing::{Saving, TrialRace};
pub use repeat::{Repetition, repeat, sample};
pub use replay::{Replay, replay};
pub use rules::{Ending, FAILURES_FROM_START};
pub use run::{Event, Finish, RunContext};
pub use slot::{Slot, Slots};
pub use spec::{StopRules, StudySpec};
pub use state::{NO_END, StudyState};
