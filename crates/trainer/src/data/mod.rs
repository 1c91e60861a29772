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
mod inference;
mod kind;
mod limits;
mod order;
mod place;
mod read;
mod records;
mod schema;
mod source;
mod table;
mod target;

pub use column::{Column, Value};
pub use dataset::{Dataset, Facts, Roles};
pub use error::{DataError, Foreign, Levels, Reason};
pub use features::{Features, Unseen};
pub use kind::Kind;
pub use limits::{Bounded, Limits};
pub use place::{At, Mention};
pub use read::ReadOptions;
pub use schema::{Feature, FeatureKind, Schema};
pub use table::Table;
pub use target::{Target, Task};

pub(crate) use features::MISSING;
