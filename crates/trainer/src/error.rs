//! The library's error: one enum, a variant for each cause.

use crate::data::DataError;
use crate::split::SplitError;

/// Why something could not be done, by what was at fault.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The data, or what is asked of them.
    #[error(transparent)]
    Data(#[from] DataError),
    /// The way of splitting rows.
    #[error(transparent)]
    Split(#[from] SplitError),
}
