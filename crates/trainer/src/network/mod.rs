//! A feed-forward network: its parameters in one buffer, and the forward and backward passes over a
//! batch.
//!
//! Layers are matrix products with bias; between hidden layers come batch normalisation (optional),
//! an activation and dropout, in this order. Nothing here knows about the rows of a table, losses
//! or epochs.

mod activate;
pub mod activation;
mod aligned;
mod batch_norm;
pub mod init;
#[expect(
    unsafe_code,
    reason = "measured kernels: instruction sets chosen at run time, products in registers"
)]
pub(crate) mod kernels;
mod layout;
mod parameters;
mod pass;

pub(crate) use activate::Mask;
pub(crate) use aligned::Aligned;
pub(crate) use batch_norm::Running;
pub use kernels::Hands;
pub(crate) use kernels::Onto;
pub use layout::Architecture;
pub(crate) use layout::Layer;
pub(crate) use parameters::Network;
pub(crate) use pass::Workspace;
