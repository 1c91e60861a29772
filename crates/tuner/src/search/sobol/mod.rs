//! Sobol search: points of a sequence that fills the cube evenly, and whose projections to single
//! axes are perfectly even.
//!
//! Direction numbers are those of Joe and Kuo (2008), scrambled after Owen (1995): each point alone
//! is uniform, and any 2^m points that begin at a multiple of 2^m are as evenly spread as the
//! unscrambled ones.

mod directions;
mod sampler;
mod sequence;

pub(super) use sampler::METHOD;
pub(crate) use sampler::Sobol;
pub(crate) use sequence::Sequence;
