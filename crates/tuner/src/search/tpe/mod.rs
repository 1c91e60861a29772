//! Search by tree-structured Parzen estimators (Bergstra et al., Algorithms for hyper-parameter
//! optimization, 2011).
//!
//! Trials are split into a good tenth and the others; each part is smoothed to a density, l of the
//! good and g of the others. The next trial is where l/g, which increases with the expected
//! improvement (their equation 4), is large. The estimators are multivariate: one kernel per trial,
//! a product over the axes (Falkner, Klein and Hutter 2018). Along an axis that is inactive in a
//! trial its kernel is uniform, so the axis separates good from bad only among trials that have it.
//! The cost of a proposal is linear in the number of trials: the method suits many categories and
//! many trials.
//!
//! Two choices differ from common implementations, and mattered most on synthetic functions and
//! tuning problems. The ratio l/g is maximised by coordinate ascent, not taken at the best of 24
//! draws. And both densities have nearly one bandwidth, which shrinks with the number of trials, so
//! that their ratio shows where trials were good and not where there were many.
//!
//! | file | what |
//!    |---|---|
//!    | `sampler` | the method |
//!    | `groups` | which trials are good, and the densities of both groups |
//!    | `mixture` | the mean of products of kernels |
//!    | `kernel` | one axis around one trial |
//!    | `quotient` | the ascent to a large density ratio |
//!    | `explain` | the density ratio at one point, axis by axis |

mod explain;
mod groups;
mod kernel;
mod mixture;
mod quotient;
mod sampler;

pub(super) use sampler::METHOD;
