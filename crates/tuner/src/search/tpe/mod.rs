//! Search by tree-structured Parzen estimators (Bergstra et al. 2011; multivariate as in Falkner et al. 2018).
//!
//! Results are parted into a good tenth and the others; each part is smoothed to a density over the unit cube, and the
//! place proposed is one at which good ÷ others is large, which maximises the expected improvement if the densities are
//! right. The cost of a proposal grows with the number of results, not with its square: many categories and many trials
//! are what it is for.
//!
//! | file | what |
//! |---|---|
//! | `sampler` | the method |
//! | `groups` | which trials are good, and the densities of both groups |
//! | `mixture` | a weighted sum of products of kernels |
//! | `kernel` | one axis around one trial |
//! | `quotient` | the climb to where the quotient is large |

mod groups;
mod kernel;
mod mixture;
mod quotient;
mod sampler;

pub use sampler::Tpe;
