//! Racing: trials that will not be the best are stopped before they have cost all they could.
//!
//! A trial is judged after a fold, by the folds it has beside the best trial's on the same folds, and inside a fold, at
//! a few shares of its epochs, by what its learning curve foretells. Both ask one question: would it have won *on these
//! folds*? Everything that a judgement needs of other trials, its [`Bars`], is fixed when the trial is proposed, by the
//! results that the proposal may see; a judgement inside a fold uses that fold's own curve alone. So a stop is a function
//! of configuration, split and bars, and depends neither on timing nor on threads.
//!
//! | file | what |
//! |---|---|
//! | `settings` | what `[race]` says, and at which epochs a trial is judged |
//! | `field` | the complete trials that others are judged by |
//! | `regression` | from a learning curve's beginning to its end, learned from the field |
//! | `bars` | what a trial must reach |
//! | `judge` | one fold, epoch by epoch |

mod bars;
mod field;
mod judge;
mod regression;
mod settings;

pub use bars::{Bars, Verdict};
pub use field::{Contender, Field};
pub use judge::Judge;
pub use settings::{Epochs, Race, Rung};
