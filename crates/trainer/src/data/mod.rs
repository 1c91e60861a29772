//! Tables read from text, and the data set that a network is trained on.
//!
//! [`Table`] is what stands in a file: named columns of numbers or categories, some cells missing. [`Dataset`] is a
//! table with roles: features in one row-major matrix, a target, and where wanted a group or a time order. The numbers
//! are held once; folds and workers refer to rows by index. Nothing here learns from the data: see
//! [`prepare`](crate::prepare).

mod cell;
mod column;
mod dataset;
mod error;
mod features;
mod order;
mod read;
mod source;
mod table;
mod target;

pub use dataset::{Dataset, Facts, Roles};
pub use error::{At, Bounded, DataError, Foreign, Levels, Mention, Reason};
pub use features::{Feature, FeatureKind, Features, Schema};
pub use table::{Column, Kind, Limits, ReadOptions, Table, Value};
pub use target::{Target, Task};

pub(crate) use features::MISSING;
