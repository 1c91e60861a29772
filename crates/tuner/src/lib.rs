//! What to try next, what to keep, what is better.
//!
//! The one principle: **a proposal is a pure function, and its inputs are recorded.** What trial *n* tries follows from
//! the study as written, from *n*, and from the results that it was allowed to see; everything else here serves that
//! sentence. Modules form layers and import downwards only:
//!
//! | layer | modules |
//! |---|---|
//! | ground | [`error`], [`seed`], `stats` |
//! | what can be tried | [`space`] |
//! | what was tried, what is expected | [`trial`], [`prior`] |
//! | what is told | [`view`] |
//! | what predicts | `gp` |
//! | what follows from it | [`search`] (what next), `rank` (what is better), [`store`] (what is kept) |
//! | what is learned of a space | [`analysis`] |
//! | what is stopped | [`race`] |
//! | the whole | [`study`] |
//! | what a page shows of it | [`overview`] |
//!
//! This crate knows nothing of networks, tables, files, SQL, TOML or the terminal, and owns neither clock nor entropy.

pub mod analysis;
pub mod error;
mod gp;
pub mod overview;
pub mod prior;
pub mod race;
pub mod rank;
pub mod search;
pub mod seed;
pub mod space;
pub mod stats;
pub mod store;
pub mod study;
pub mod trial;
mod tuning;
pub mod view;

pub use error::Error;
