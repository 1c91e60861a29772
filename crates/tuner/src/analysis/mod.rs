//! What a finished or running study teaches about its space: which parameters matter, by the surrogate or,
//! before any trial, by the prior mean alone.

pub mod importance;
pub mod prior_importance;
