//! Where there are no process groups to end, no program is run: a file that names one is refused before it comes to that.

use crate::file::SpaceFile;
use crate::report::Failure;
use std::convert::Infallible;
use std::io;
use std::marker::PhantomData;
use std::path::Path;
use tuner::study::{Evaluation, Job, Objective};

/// Runs the command of a study; there is none of these.
pub struct Commands<'a> {
    never: Infallible,
    file: PhantomData<&'a SpaceFile>,
}

impl<'a> Commands<'a> {
    /// None, whatever the file.
    pub fn new(_: &'a SpaceFile, _: &Path) -> Option<Self> {
        None
    }

    /// What went wrong on our side.
    pub fn fault(&self) -> Option<Failure> {
        match self.never {}
    }
}

impl Objective for Commands<'_> {
    fn evaluate(&self, _: &Job<'_>) -> Option<Evaluation> {
        match self.never {}
    }
}

/// Ends the programs that an earlier run left behind: none.
///
/// # Errors
/// Never.
pub fn end_leftovers(_: &Path) -> io::Result<u64> {
    Ok(0)
}
