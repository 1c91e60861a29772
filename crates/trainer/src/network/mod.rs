//! network
pub mod activation;
pub mod init;
#[expect(unsafe_code, reason = "measured kernels: instruction sets chosen at run time, products in registers")]
pub(crate) mod kernels;
