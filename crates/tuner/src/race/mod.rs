//! Racing (pruning): stops trials that will not be the best before they have their full cost.
//!
//! A trial is judged after each fold, by comparing its folds with the best trial's same folds, and
//! inside a fold, at a few shares of its epochs, by extrapolating its learning curve. Both ask the
//! same question: would it have won *on these folds*? Everything that a judgement needs from other
//! trials, its [`Bars`], is fixed when the trial is proposed, from the results that the proposal
//! may see; a judgement inside a fold uses that fold's own curve alone. So a stop is a function of
//! configuration, split and bars, and depends neither on timing nor on threads.
//!
//! | file | what |
//!    |---|---|
//!    | `settings` | what `[race]` says, and at which epochs a trial is judged |
//!    | `field` | the complete trials that others are judged by |
//!    | `regression` | from a learning curve's beginning to its end, learned from the field |
//!    | `bars` | what a trial must reach |
//!    | `judge` | one fold, epoch by epoch |

mod bars;
mod field;
mod judge;
mod regression;
mod settings;

pub use bars::{Bars, RaceVerdict};
pub(crate) use field::{Contender, Field};
pub use judge::Judge;
pub use settings::{Epochs, Race, Rung};
