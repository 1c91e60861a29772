//! What to try next, what to keep, what is better.
//!
//! The one principle: **a proposal is a pure function, and its inputs are recorded.** What trial
//! *n* tries follows from the study as written, from *n*, and from the results that it was allowed
//! to see; everything else here serves that sentence. Modules form layers and import downwards
//! only:
//!
//! | layer | modules |
//! |---|---|
//! | ground | `cast`, [`error`], [`seed`], [`stats`], `tuning` |
//! | search space | [`space`] |
//! | trials, prior means | [`trial`], [`prior`] |
//! | results as plain data | [`view`] |
//! | Gaussian process | `gp` |
//! | samplers, racing, ranking, storage | [`search`], [`race`], [`rank`], [`store`] |
//! | parameter importance | [`analysis`] |
//! | study | [`study`] |
//! | data of a study's page | [`overview`] |
//!
//! # Example
//!
//! A search by ask and tell; `examples/minimise.rs` is a whole program.
//!
//! ```
//! use tuner::search::Method;
//! use tuner::space::{Domain, Parameter, Scale, Space};
//! use tuner::store::{MemoryStore, StudyText};
//! use tuner::study::{Asked, Study, StudySpec};
//! use tuner::trial::FoldResult;
//!
//! let rate = Domain::Float { low: 1e-4, high: 1.0, scale: Scale::Log, step: None };
//! let space = Space::new(vec![Parameter::new("rate", rate)], &[])?;
//! let spec = StudySpec::new(space, Method::BAYES, 12);
//! let mut study = Study::create(Box::new(MemoryStore::new()), StudyText::default(), spec)?;
//!
//! while let Asked::Trial(trial) = study.ask(0.0)? {
//!     let rate = study.slot(trial).and_then(|slot| slot.assignment().number("rate")).unwrap();
//!     let loss = (rate.log10() + 2.0).powi(2);
//!     study.tell(trial, None, &FoldResult::from_loss(loss), 0.0)?;
//! }
//! let best = study.trials().filter_map(|trial| trial.loss()).fold(f64::INFINITY, f64::min);
//! assert!(best < 0.01);
//! # Ok::<(), tuner::Error>(())
//! ```
//!
//! This crate knows nothing of networks, tables, files, SQL, TOML or the terminal, and has no clock and no
//! source of randomness.

// A number that silently becomes another is a wrong result: conversions that can lose something
// stand in `cast`.
#![cfg_attr(
    not(test),
    warn(clippy::cast_possible_truncation, clippy::cast_possible_wrap, clippy::cast_sign_loss)
)]

pub mod analysis;
mod cast;
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
