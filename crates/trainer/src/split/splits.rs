//! Cross-validation: repeats of folds.

use std::io::{self, Write};

use super::assign::{by_class, by_group, by_time, shuffled};
use super::{Scheme, SplitError};
use crate::data::{Dataset, Target};
use crate::stream::{Purpose, Streams};

/// How to cross-validate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CrossValidation {
    /// Parts, each of which tests once; at least 2.
    pub folds: u32,
    /// Times that all folds are drawn anew; at least 1.
    pub repeats: u32,
    /// How rows are dealt out.
    pub scheme: Scheme,
    /// Seed of all streams that belong to a fold.
    pub seed: u64,
}

/// The splits of a set of rows: `repeats` × `folds` pairs of training and test rows.
///
/// Held is one block number a row and repeat; the lists of rows are made when a fold is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Splits {
    rows: Vec<u32>,
    plan: CrossValidation,
    /// By repeat and position in `rows`: the fold that the row tests in. For [`Scheme::Forward`] 0 tests nowhere, and
    /// block b tests in fold b − 1.
    blocks: Vec<Vec<u32>>,
}

/// The rows of one split, ascending.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fold {
    /// Which repeat, from 0.
    pub repeat: u32,
    /// Which fold of the repeat, from 0.
    pub fold: u32,
    /// How rows were dealt out, and are for an inner split.
    pub scheme: Scheme,
    /// Rows to train on.
    pub train: Vec<u32>,
    /// Rows to test on.
    pub test: Vec<u32>,
}

/// Repeats that have streams of their own.
const MOST_REPEATS: u32 = 1 << 24;

impl Splits {
    /// Deals out `rows` of a data set, each at most once among them; the order given does not matter.
    ///
    /// Plain and stratified folds differ in size by at most one row, and so does each class between stratified folds
    /// (scikit-learn's `KFold` and `StratifiedKFold` have the same sizes). Groups go whole, the largest first, each to the
    /// fold with fewest rows so far (as in scikit-learn's `GroupKFold`). Forward chaining cuts the rows in time into folds + 1
    /// blocks, of which fold i trains on those before block i + 1 and tests on it; the first block takes what does not
    /// divide (as in scikit-learn's `TimeSeriesSplit`).
    ///
    /// # Errors
    ///
    /// If a fold would be empty, a class too small to be in every fold, or the scheme lacks the column it needs.
    ///
    /// # Panics
    ///
    /// If `rows` names a row that the data set does not have.
    pub fn new(data: &Dataset, rows: &[u32], plan: &CrossValidation) -> Result<Self, SplitError> {
        check(plan, rows.len())?;
        let mut rows = rows.to_vec();
        rows.sort_unstable();
        let streams = Streams::new(plan.seed);
        let blocks = (0..plan.repeats)
            .map(|repeat| {
                let mut rng = streams.rng(Purpose::Folds, repeat, 0);
                match plan.scheme {
                    Scheme::Plain => Ok(dealt(&shuffled(rows.len(), &mut rng), plan.folds)),
                    Scheme::Stratified => {
                        let classes = by_class(data, &rows, &mut rng)?;
                        check_classes(data, &classes, plan.folds)?;
                        Ok(dealt(&classes.concat(), plan.folds))
                    }
                    Scheme::Grouped => balanced(by_group(data, &rows, &mut rng)?, rows.len(), plan.folds),
                    Scheme::Forward => Ok(chained(&by_time(data, &rows)?, plan.folds)),
                }
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { rows, plan: *plan, blocks })
    }

    /// Repeats times folds.
    pub fn len(&self) -> usize {
        self.blocks.len() * self.plan.folds as usize
    }

    /// Never: there are at least two folds.
    pub fn is_empty(&self) -> bool {
        self.blocks.is_empty()
    }

    /// The rows dealt out, ascending.
    pub fn rows(&self) -> &[u32] {
        &self.rows
    }

    /// How they were dealt out.
    pub fn plan(&self) -> &CrossValidation {
        &self.plan
    }

    /// Makes the lists of split `index`, which is repeat · folds + fold.
    ///
    /// # Panics
    ///
    /// If `index` is not below [`len`](Self::len).
    pub fn fold(&self, index: usize) -> Fold {
        let folds = self.plan.folds as usize;
        let (repeat, fold) = (index / folds, index % folds);
        let tested = self.tested_block(fold);
        let chosen = |role: Part| -> Vec<u32> {
            let pairs = self.rows.iter().zip(&self.blocks[repeat]);
            pairs.filter(|&(_, &block)| self.part(block, tested) == role).map(|(&row, _)| row).collect()
        };
        Fold {
            repeat: repeat as u32,
            fold: fold as u32,
            scheme: self.plan.scheme,
            train: chosen(Part::Train),
            test: chosen(Part::Test),
        }
    }

    /// The mean over all splits of test rows to training rows, which corrected variances of cross-validation need
    /// (Nadeau and Bengio 2003).
    pub fn mean_test_train_ratio(&self) -> f64 {
        let ratio = |index| {
            let Fold { train, test, .. } = self.fold(index);
            test.len() as f64 / train.len() as f64
        };
        (0..self.len()).map(ratio).sum::<f64>() / self.len() as f64
    }

    /// Writes what determines every fold, for a hash: the same bytes if and only if all folds have the same rows.
    ///
    /// Little-endian numbers: folds (u32), repeats (u32), 1 for forward chaining else 0 (u32), rows (u64), each row
    /// (u32), then by repeat and row the block (u32).
    ///
    /// # Errors
    ///
    /// If `out` fails.
    pub fn write_to(&self, out: &mut impl Write) -> io::Result<()> {
        out.write_all(&self.plan.folds.to_le_bytes())?;
        out.write_all(&self.plan.repeats.to_le_bytes())?;
        out.write_all(&u32::from(self.plan.scheme == Scheme::Forward).to_le_bytes())?;
        out.write_all(&(self.rows.len() as u64).to_le_bytes())?;
        for number in self.rows.iter().chain(self.blocks.iter().flatten()) {
            out.write_all(&number.to_le_bytes())?;
        }
        Ok(())
    }

    fn tested_block(&self, fold: usize) -> u32 {
        match self.plan.scheme {
            Scheme::Forward => fold as u32 + 1,
            _ => fold as u32,
        }
    }

    fn part(&self, block: u32, tested: u32) -> Part {
        match self.plan.scheme {
            _ if block == tested => Part::Test,
            Scheme::Forward if block > tested => Part::Future,
            _ => Part::Train,
        }
    }
}

#[derive(PartialEq)]
enum Part {
    Train,
    Test,
    Future,
}

fn check(plan: &CrossValidation, rows: usize) -> Result<(), SplitError> {
    let &CrossValidation { folds, repeats, scheme, .. } = plan;
    if folds < 2 {
        return Err(SplitError::TooFewFolds { folds });
    }
    if !(1..=MOST_REPEATS).contains(&repeats) {
        return Err(SplitError::Repeats { repeats, at_most: MOST_REPEATS });
    }
    if scheme == Scheme::Forward && repeats > 1 {
        return Err(SplitError::RepeatedForward { repeats });
    }
    let needed = folds as usize + usize::from(scheme == Scheme::Forward);
    if rows < needed {
        return Err(SplitError::TooFewRows { folds, rows, needed });
    }
    Ok(())
}

fn check_classes(data: &Dataset, classes: &[Vec<u32>], folds: u32) -> Result<(), SplitError> {
    let Target::Classes { names, .. } = data.target() else {
        return Err(SplitError::StratifiedRegression);
    };
    match classes.iter().zip(names).find(|(class, _)| class.len() < folds as usize) {
        None => Ok(()),
        Some((class, name)) => Err(SplitError::SmallClass { class: name.clone(), rows: class.len(), folds }),
    }
}

/// Deals positions to the folds in turn, as cards are.
fn dealt(positions: &[u32], folds: u32) -> Vec<u32> {
    let mut blocks = vec![0; positions.len()];
    for (&position, fold) in positions.iter().zip((0..folds).cycle()) {
        blocks[position as usize] = fold;
    }
    blocks
}

/// Gives each group, the largest first, to the fold with fewest rows so far.
fn balanced(mut groups: Vec<Vec<u32>>, n_rows: usize, folds: u32) -> Result<Vec<u32>, SplitError> {
    if groups.len() < folds as usize {
        return Err(SplitError::TooFewGroups { groups: groups.len(), parts: folds });
    }
    groups.sort_by_key(|group| std::cmp::Reverse(group.len()));
    let mut sizes = vec![0; folds as usize];
    let mut blocks = vec![0; n_rows];
    for group in &groups {
        let lightest = (0..sizes.len()).min_by_key(|&fold| sizes[fold]).unwrap_or(0);
        sizes[lightest] += group.len();
        for &position in group {
            blocks[position as usize] = lightest as u32;
        }
    }
    Ok(blocks)
}

/// Cuts positions in time into folds + 1 blocks; the first takes the remainder.
fn chained(positions: &[u32], folds: u32) -> Vec<u32> {
    let size = positions.len() / (folds as usize + 1);
    let first = positions.len() - size * folds as usize;
    let mut blocks = vec![0; positions.len()];
    for (rank, &position) in positions.iter().enumerate().skip(first) {
        blocks[position as usize] = ((rank - first) / size) as u32 + 1;
    }
    blocks
}
