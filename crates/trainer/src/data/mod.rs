//! Tables read from text, and the data set that a network is trained on.
//!
//! [`Table`] is the content of a file: named columns of numbers or categories, with missing cells.
//! [`Dataset`] is a table with roles: features in one row-major matrix, a target and optionally a
//! group and a time order. The numbers are stored once; folds and workers refer to rows by index.
//! Nothing here learns from the data: see [`prepare`](crate::prepare).

mod affixes;
mod batch;
mod cell;
mod column;
mod columns;
mod copies;
mod count;
mod dataset;
mod decorated;
mod decoration;
mod error;
mod features;
mod foreign;
mod form;
#[cfg(test)]
mod fuzz;
mod hint;
mod inference;
mod instant;
mod interned;
mod kind;
mod labelled;
mod limits;
mod moments;
mod notation;
mod order;
mod parts;
mod place;
mod quotes;
mod read;
mod reading;
mod records;
mod refusal;
mod rules;
mod scan;
mod schema;
mod sniff;
mod source;
mod survey;
mod table;
mod tail;
mod target;
mod times;
mod units;
mod values;

pub use column::{CellValue, Column};
pub use columns::{Described, Identifier, describe};
pub use copies::copies;
pub use dataset::{Dataset, Facts, MissingTarget, Roles};
pub use decorated::{Decimal, Decoration};
pub use error::{DataError, Levels, Looks, Reason};
pub use features::{Features, Unseen};
pub use foreign::Foreign;
pub use form::{Form, NumberForm};
pub use instant::DateOrder;
pub use kind::ColumnKind;
pub use labelled::{Labelled, Respelt};
pub use limits::{Bounded, Limits};
pub use moments::{Clockwork, Moments};
pub use parts::DatePart;
pub use place::{At, Mention};
pub use read::ReadOptions;
pub use reading::{Reading, Remark};
pub use schema::{Feature, FeatureKind, Schema};
pub use table::{LeftOut, Table, Why};
pub use tail::{Stray, StrayKind};
pub use target::{Target, Task};
pub use times::Clock;

pub(crate) use features::MISSING;
