//! What a study shows about its space: the importance of parameters, by the surrogate or, before
//! any trial, by the learned prior mean alone.

pub mod importance;
pub mod prior_importance;
