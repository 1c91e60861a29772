//! Pages of a study: one file to keep and send, or a live page in the browser.
//!
//! [`page`] writes a [`StudyView`] as one HTML file that asks for nothing else: no script, font or picture from anywhere. It is
//! read without JavaScript too. [`serve`] shows the same page and swaps its cards when records arrive. The same view gives the
//! same bytes; no clock, path, user or host enters. Text of studies is hostile: templates and [`charts::escape`] escape it, and
//! the page's policy refuses scripts and styles that are not its own.
//!
//! [`StudyView`]: tuner::overview::StudyView

mod card;
mod cards;
mod compare;
mod data;
mod html;
mod loss_axis;
mod page;
pub mod pictures;
mod policy;
pub mod serve;
mod words;

pub use card::Card;
pub use card::Logs;
pub use charts;
pub use compare::compare;
pub use page::page;
