//! What a page shows of a whole study: plain values, from which pages and pictures are written.
//!
//! An overview is a pure function of a study and its ranking. It calculates what a picture needs and the ranking does not
//! say, and knows no form: no columns, no colours, no words but names. Losses are as told.

mod board;
mod curves;
mod health;
mod history;
mod number;
mod parameter;
mod study;
mod summary;

pub use board::RowView;
pub use curves::{CurveReader, CurveView};
pub use health::{AtEnd, Failures, Health};
pub use history::{OpenTrial, Step, edf};
pub use number::{loss, short};
pub use parameter::{Extent, ParameterView};
pub use study::StudyView;
pub use summary::{About, BestView, Summary};
