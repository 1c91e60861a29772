//! Sobol search: points of a sequence that fills the cube evenly, in every projection to one axis perfectly so.
//!
//! Direction numbers are those of Joe and Kuo (2008), scrambled after Owen (1995): each point alone is uniform, and any
//! 2^m points that begin at a multiple of 2^m are spread as the unscrambled ones are.

mod directions;
mod sampler;
mod sequence;

pub(super) use sampler::METHOD;
pub use sampler::Sobol;
pub use sequence::Sequence;
