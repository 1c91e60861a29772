//! Pages about a study: one self-contained file, or a live page in the browser.
//!
//! [`page`] writes a [`StudyView`] as one HTML file that loads nothing else: no script, font or
//! picture from anywhere. It is readable without JavaScript. [`serve`] shows the same page and
//! replaces its cards when records arrive. The same view gives the same bytes; no clock, path, user
//! or host enters. Text in studies may be hostile: templates and [`charts::escape`] escape it, and
//! the page's policy refuses scripts and styles other than its own.
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
