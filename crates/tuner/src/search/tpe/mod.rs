//! Search by tree-structured Parzen estimators (Bergstra et al., Algorithms for hyper-parameter optimization, 2011).
//!
//! Trials are parted into a good tenth and the others; each part is smoothed to a density, l of the good and g of the
//! others, and the next trial is where l/g, which rises with the expected improvement (their equation 4), is large. The
//! estimators are multivariate: one kernel a trial, a product over the axes (Falkner, Klein and Hutter 2018). Along an
//! axis that is inactive in a trial its kernel is even, so it tells good from bad only among trials that have it. The
//! cost of a proposal is linear in the number of trials: many categories and many trials are what the method is for.
//!
//! Two choices differ from the common ones, and made the greatest difference on synthetic functions and on tuning
//! problems: l/g is climbed, axis by axis, rather than taken at the best of 24 draws; and both densities have nearly one
//! bandwidth, which shrinks with the number of trials, so that their quotient says where trials were good and not where
//! there were many.
//!
//! | file | what |
//! |---|---|
//! | `sampler` | the method |
//! | `groups` | which trials are good, and the densities of both groups |
//! | `mixture` | the mean of products of kernels |
//! | `kernel` | one axis around one trial |
//! | `quotient` | the climb to where the quotient is large |
//! | `explain` | the quotient at one place, axis by axis |

mod explain;
mod groups;
mod kernel;
mod mixture;
mod quotient;
mod sampler;

pub(super) use sampler::METHOD;
pub use sampler::Tpe;
