//! The replacement on systems without process groups: no program runs there, and a file that names
//! one is refused earlier.

use crate::file::SpaceFile;
use crate::report::Failure;
use std::convert::Infallible;
use std::io;
use std::marker::PhantomData;
use std::path::Path;
use tuner::study::{Evaluation, Job, Objective};

/// The command of a study, which cannot exist here.
pub struct Commands<'a> {
    never: Infallible,
    file: PhantomData<&'a SpaceFile>,
}

impl<'a> Commands<'a> {
    /// Returns `None` for every file.
    pub fn new(_: &'a SpaceFile, _: &Path) -> Option<Self> {
        None
    }

    /// Returns the error on our side, if any.
    pub fn fault(&self) -> Option<Failure> {
        match self.never {}
    }
}

impl Objective for Commands<'_> {
    fn evaluate(&self, _: &Job<'_>) -> Option<Evaluation> {
        match self.never {}
    }
}

/// Ends programs that an earlier run left behind; there are none.
///
/// # Errors
/// Never.
pub(crate) fn end_leftovers(_: &Path) -> io::Result<u64> {
    Ok(0)
}
