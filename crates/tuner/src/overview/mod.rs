//! An overview of a whole study as plain values, from which pages and pictures are made.
//!
//! It is a pure function of a study and its ranking. It computes what a picture needs beyond the
//! ranking, without any layout: no columns, no colours, no words except names. Losses are as told.

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
pub use number::{loss, short, tied_for_best};
pub use parameter::{Extent, ParameterView};
pub use study::StudyView;
pub use summary::{About, BestView, Summary};
