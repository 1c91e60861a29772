//! Cross-validation: repeats of folds.

use std::collections::BTreeSet;
use std::io::{self, Write};

use super::assign::{by_class, by_group, by_time, shuffled};
use super::{Scheme, SplitError};
use crate::data::{Dataset, Target};
use crate::stream::{Purpose, Streams};

/// How to cross-validate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CrossValidation {
    /// Number of parts, each of which tests once; at least 2.
    pub folds: u32,
    /// Number of times that all folds are drawn; at least 1.
    pub repeats: u32,
    /// How rows are assigned.
    pub scheme: Scheme,
    /// Seed of all streams that belong to a fold.
    pub seed: u64,
}

/// The splits of a set of rows: `repeats` × `folds` pairs of training and test rows.
///
/// Stores one block number per row and repeat; [`fold`](Self::fold) makes the lists of rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Splits {
    pub(super) rows: Vec<u32>,
    pub(super) plan: CrossValidation,
    /// By repeat and position in `rows`: the fold that the row tests in. For [`Scheme::Forward`] 0
    /// tests nowhere, and block b tests in fold b − 1.
    pub(super) blocks: Vec<Vec<u32>>,
    /// Rows that do not train although they come before the test rows.
    pub(super) purge: Purge,
}

/// Rows of forward chaining that neither train nor test.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Purge {
    /// Number of rows between training and test.
    gap: u32,
    /// By position in `rows`: its rank in time; empty without a gap.
    places: Vec<u32>,
    /// By position in `rows`: its group, if groups of test rows do not train; else empty.
    groups: Vec<u32>,
}

/// The rows of one split, ascending.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fold {
    /// Which repeat, from 0.
    pub repeat: u32,
    /// Which fold of the repeat, from 0.
    pub fold: u32,
    /// How rows were assigned, also for an inner split.
    pub scheme: Scheme,
    /// Rows to train on.
    pub train: Vec<u32>,
    /// Rows to test on.
    pub test: Vec<u32>,
}

/// Number of repeats that have streams of their own.
const MOST_REPEATS: u32 = 1 << 24;

impl Splits {
    /// Assigns `rows` of a data set to folds; the rows are distinct and their order does not
    /// matter.
    ///
    /// Plain and stratified folds differ in size by at most one row, and so does each class between
    /// stratified folds (scikit-learn's `KFold` and `StratifiedKFold` have the same sizes). Whole
    /// groups, the largest first, go to the fold with fewest rows so far (as in scikit-learn's
    /// `GroupKFold`). Forward chaining cuts the rows in time into folds + 1 blocks; fold i trains
    /// on those before block i + 1 and tests on it, and the first block takes the remainder (as in
    /// scikit-learn's `TimeSeriesSplit`).
    ///
    /// # Errors
    ///
    /// If a fold would be empty, a class too small to be in every fold, or the scheme lacks the
    /// column it needs.
    ///
    /// # Panics
    ///
    /// If `rows` contains a row that the data set does not have.
    pub fn new(data: &Dataset, rows: &[u32], plan: &CrossValidation) -> Result<Self, SplitError> {
        check(plan, rows.len())?;
        let mut rows = rows.to_vec();
        // Splits depend on the set of rows, and not on their order.
        rows.sort_unstable();
        let streams = Streams::new(plan.seed);

        let blocks = (0..plan.repeats)
            .map(|repeat| {
                // A stream for each repeat: further repeats leave the first ones as they are.
                let mut rng = streams.rng(Purpose::Folds, repeat, 0);
                match plan.scheme {
                    Scheme::Plain => Ok(dealt(&shuffled(rows.len(), &mut rng), plan.folds)),
                    Scheme::Stratified => {
                        let classes = by_class(data, &rows, &mut rng)?;
                        check_classes(data, &classes, plan.folds)?;
                        Ok(dealt(&classes.concat(), plan.folds))
                    }
                    Scheme::Grouped => {
                        balanced(by_group(data, &rows, &mut rng)?, rows.len(), plan.folds)
                    }
                    Scheme::StratifiedGrouped => {
                        let groups = by_group(data, &rows, &mut rng)?;
                        stratified_groups(data, &rows, groups, plan.folds)
                    }
                    Scheme::Forward => chained(&by_time(data, &rows)?, plan.folds),
                }
            })
            .collect::<Result<_, _>>()?;

        Ok(Self { rows, plan: *plan, blocks, purge: Purge::default() })
    }

    /// Leaves out of training the `gap` rows before the test rows in time (as in scikit-learn's
    /// `TimeSeriesSplit`), and, of a data set with groups, the rows whose group is tested.
    ///
    /// # Errors
    ///
    /// If the splits are not in time, or one is left without training rows.
    pub fn purged(mut self, data: &Dataset, gap: u32) -> Result<Self, SplitError> {
        if self.plan.scheme != Scheme::Forward {
            return if gap > 0 { Err(SplitError::GapWithoutOrder { gap }) } else { Ok(self) };
        }

        if gap > 0 {
            let (positions, _) = by_time(data, &self.rows)?;
            let mut places = vec![0; positions.len()];
            for (place, &position) in (0u32..).zip(&positions) {
                places[position as usize] = place;
            }
            self.purge = Purge { gap, places, ..self.purge };
        }

        if let Some(keys) = data.groups() {
            self.purge.groups = self.rows.iter().map(|&row| keys[row as usize]).collect();
        }

        // Found here, once, instead of in every training.
        let empty = (0..self.len()).find(|&split| self.fold(split).train.is_empty());
        match empty {
            Some(split) => Err(SplitError::NoTraining { split, gap }),
            None => Ok(self),
        }
    }

    /// Repeats times folds.
    pub fn len(&self) -> usize {
        self.blocks.len() * self.plan.folds as usize
    }

    /// Returns `false`, since there are at least two folds.
    pub fn is_empty(&self) -> bool {
        self.blocks.is_empty()
    }

    /// Returns the rows that were assigned, ascending.
    pub fn rows(&self) -> &[u32] {
        &self.rows
    }

    /// Returns how they were assigned.
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
        let purged = self.purge.of(&self.blocks[repeat], tested);

        let chosen = |role: Part| -> Vec<u32> {
            let pairs = self.rows.iter().zip(&self.blocks[repeat]);
            pairs
                .enumerate()
                .filter(|&(position, (_, &block))| {
                    // Only training rows are purged: the test rows are the same without a gap.
                    let part = self.part(block, tested);
                    part == role && (role == Part::Test || !purged(position))
                })
                .map(|(_, (&row, _))| row)
                .collect()
        };

        Fold {
            repeat: repeat as u32,
            fold: fold as u32,
            scheme: self.plan.scheme,
            train: chosen(Part::Train),
            test: chosen(Part::Test),
        }
    }

    /// Returns the mean over all splits of the ratio of test to training rows, which corrected
    /// variances of cross-validation need (Nadeau and Bengio 2003).
    pub fn mean_test_train_ratio(&self) -> f64 {
        let ratio = |index| {
            let Fold { train, test, .. } = self.fold(index);
            test.len() as f64 / train.len() as f64
        };
        (0..self.len()).map(ratio).sum::<f64>() / self.len() as f64
    }

    /// Writes what determines every fold, for a hash: the bytes are equal if and only if all folds
    /// have the same rows.
    ///
    /// Little-endian numbers: folds (u32), repeats (u32), 1 for forward chaining else 0 (u32), rows
    /// (u64), each row (u32), then by repeat and row the block (u32); if rows are purged, the gap
    /// (u32), and by row the group (u32).
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

        if self.purge != Purge::default() {
            out.write_all(&self.purge.gap.to_le_bytes())?;
            for group in &self.purge.groups {
                out.write_all(&group.to_le_bytes())?;
            }
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

impl Purge {
    /// Returns a predicate: whether a position is left out of training when block `tested` is
    /// tested.
    fn of(&self, blocks: &[u32], tested: u32) -> impl Fn(usize) -> bool {
        let is_tested = |position: &usize| blocks[*position] == tested;
        let first = (0..self.places.len()).filter(is_tested).map(|p| self.places[p]).min();
        let first = first.unwrap_or(u32::MAX);
        let groups: BTreeSet<u32> =
            (0..self.groups.len()).filter(is_tested).map(|p| self.groups[p]).collect();
        move |position| {
            let is_near = self.places.get(position).is_some_and(|place| place + self.gap >= first);
            is_near || self.groups.get(position).is_some_and(|group| groups.contains(group))
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Part {
    Train,
    Test,
    Future,
}

pub(super) fn check(plan: &CrossValidation, rows: usize) -> Result<(), SplitError> {
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
        Some((class, name)) => {
            Err(SplitError::SmallClass { class: name.clone(), rows: class.len(), folds })
        }
    }
}

/// Assigns positions to the folds in turn, like dealing cards.
fn dealt(positions: &[u32], folds: u32) -> Vec<u32> {
    let mut blocks = vec![0; positions.len()];
    for (&position, fold) in positions.iter().zip((0..folds).cycle()) {
        blocks[position as usize] = fold;
    }
    blocks
}

/// Assigns each group, the largest first, to the fold with fewest rows so far.
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

/// Assigns each group, the least even class counts first, to the fold that keeps the class shares
/// most even (as in scikit-learn's `StratifiedGroupKFold`).
fn stratified_groups(
    data: &Dataset,
    rows: &[u32],
    groups: Vec<Vec<u32>>,
    folds: u32,
) -> Result<Vec<u32>, SplitError> {
    let Target::Classes { codes, names } = data.target() else {
        return Err(SplitError::StratifiedRegression);
    };

    if groups.len() < folds as usize {
        return Err(SplitError::TooFewGroups { groups: groups.len(), parts: folds });
    }

    let counted = |group: &Vec<u32>| {
        let mut counts = vec![0.0_f64; names.len()];
        for &position in group {
            counts[codes[rows[position as usize] as usize] as usize] += 1.0;
        }
        counts
    };

    let mut groups: Vec<(Vec<f64>, Vec<u32>)> =
        groups.into_iter().map(|group| (counted(&group), group)).collect();
    groups.sort_by(|a, b| deviation(&b.0).total_cmp(&deviation(&a.0)));
    let all: Vec<f64> = (0..names.len())
        .map(|class| groups.iter().map(|(counts, _)| counts[class]).sum())
        .collect();

    let mut of_folds = vec![vec![0.0_f64; names.len()]; folds as usize];
    let mut blocks = vec![0; rows.len()];
    for (counts, group) in &groups {
        let mut best = (f64::INFINITY, f64::INFINITY, 0);
        for fold in 0..of_folds.len() {
            let unevenness = unevenness(&of_folds, fold, counts, &all);
            let size: f64 = of_folds[fold].iter().sum();
            // numpy.isclose, with which scikit-learn detects ties.
            let is_close = (unevenness - best.0).abs() <= 1e-8 + 1e-5 * best.0.abs();
            if unevenness < best.0 || is_close && size < best.1 {
                best = (unevenness, size, fold);
            }
        }
        for (sum, count) in of_folds[best.2].iter_mut().zip(counts) {
            *sum += count;
        }
        for &position in group {
            blocks[position as usize] = best.2 as u32;
        }
    }

    Ok(blocks)
}

/// The mean over classes of the deviation of the folds' shares, with a group's counts in one fold.
fn unevenness(of_folds: &[Vec<f64>], fold: usize, counts: &[f64], all: &[f64]) -> f64 {
    let of = |class: usize| {
        let share = |(index, sums): (usize, &Vec<f64>)| {
            let own = if index == fold { counts[class] } else { 0.0 };
            (sums[class] + own) / all[class]
        };
        deviation(&of_folds.iter().enumerate().map(share).collect::<Vec<f64>>())
    };
    let present: Vec<usize> = (0..all.len()).filter(|&class| all[class] > 0.0).collect();
    present.iter().map(|&class| of(class)).sum::<f64>() / present.len() as f64
}

/// The standard deviation with divisor n.
fn deviation(values: &[f64]) -> f64 {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    libm::sqrt(values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / n)
}

/// Cuts positions in time into folds + 1 blocks; the first takes the remainder. Rows of one time
/// stay in one block: a cut between them moves to the first of them, according to `starts`.
fn chained(
    (positions, starts): &(Vec<u32>, Vec<usize>),
    folds: u32,
) -> Result<Vec<u32>, SplitError> {
    let size = positions.len() / (folds as usize + 1);
    let first = positions.len() - size * folds as usize;
    let mut blocks = vec![0; positions.len()];
    let mut before = 0;

    for block in 0..folds {
        let cut = starts[first + block as usize * size];
        if cut <= before {
            return Err(SplitError::TooFewTimes { folds });
        }
        positions[cut..].iter().for_each(|&position| blocks[position as usize] = block + 1);
        before = cut;
    }

    Ok(blocks)
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;
    use proptest::prelude::*;

    use super::*;
    use crate::data::Features;

    fn dataset(target: Target) -> Dataset {
        let features = Features::from_array(Array2::zeros((target.n_rows(), 1))).unwrap();
        Dataset::from_parts(features, target).unwrap()
    }

    fn classes(codes: Vec<u32>) -> Dataset {
        let n = codes.iter().max().map_or(0, |most| most + 1);
        dataset(Target::Classes { codes, names: (0..n).map(|code| format!("c{code}")).collect() })
    }

    fn values(n: usize) -> Dataset {
        dataset(Target::Values((0..n).map(|row| row as f64).collect()))
    }

    fn all_rows(data: &Dataset) -> Vec<u32> {
        (0..data.facts().n_rows as u32).collect()
    }

    fn plan(folds: u32, scheme: Scheme) -> CrossValidation {
        CrossValidation { folds, repeats: 1, scheme, seed: 7 }
    }

    fn split(data: &Dataset, plan: &CrossValidation) -> Vec<Fold> {
        let splits = Splits::new(data, &all_rows(data), plan).unwrap();
        (0..splits.len()).map(|index| splits.fold(index)).collect()
    }

    fn test_sizes(folds: &[Fold]) -> Vec<usize> {
        folds.iter().map(|fold| fold.test.len()).collect()
    }

    fn assert_partition(splits: &Splits) {
        let folds = splits.plan().folds as usize;
        for repeat in 0..splits.len() / folds {
            let mut tested: Vec<u32> = Vec::new();
            for index in 0..folds {
                let fold = splits.fold(repeat * folds + index);
                assert_eq!((fold.repeat as usize, fold.fold as usize), (repeat, index));
                let mut both = [fold.train.clone(), fold.test.clone()].concat();
                both.sort_unstable();
                assert_eq!(both, splits.rows());
                assert!(!fold.train.is_empty() && !fold.test.is_empty());
                tested.extend(fold.test);
            }
            tested.sort_unstable();
            assert_eq!(tested, splits.rows());
        }
    }

    proptest! {
        #[test]
        fn folds_partition_the_rows(n in 2_usize..200, folds in 2_u32..12, repeats in 1_u32..4, seed: u64) {
            prop_assume!(n >= folds as usize);
            let plan = CrossValidation { folds, repeats, scheme: Scheme::Plain, seed };
            let data = values(2 * n);
            let every_other: Vec<u32> = (0..2 * n as u32).step_by(2).collect();
            let splits = Splits::new(&data, &every_other, &plan).unwrap();
            assert_partition(&splits);
            let sizes: Vec<usize> = (0..splits.len()).map(|index| splits.fold(index).test.len()).collect();
            prop_assert!(sizes.iter().all(|&size| size == n / folds as usize || size == n.div_ceil(folds as usize)));
        }

        #[test]
        fn stratified_folds_keep_class_shares(
            codes in prop::collection::vec(0_u32..4, 40..200), folds in 2_u32..8, seed: u64
        ) {
            let data = classes(codes.clone());
            let plan = CrossValidation { folds, repeats: 2, scheme: Scheme::Stratified, seed };
            match Splits::new(&data, &all_rows(&data), &plan) {
                Err(SplitError::SmallClass { rows, .. }) => prop_assert!(rows < folds as usize),
                Err(error) => prop_assert!(false, "{error}"),
                Ok(splits) => {
                    assert_partition(&splits);
                    for index in 0..splits.len() {
                        let test = splits.fold(index).test;
                        for class in 0..4 {
                            let in_all = codes.iter().filter(|&&code| code == class).count();
                            let in_test = test.iter().filter(|&&row| codes[row as usize] == class).count();
                            prop_assert!(in_test.abs_diff(in_all / folds as usize) <= 1);
                        }
                        prop_assert!(test.len().abs_diff(codes.len() / folds as usize) <= 1);
                    }
                }
            }
        }

        #[test]
        fn groups_stay_whole(keys in prop::collection::vec(0_u32..15, 20..120), folds in 2_u32..6, seed: u64) {
            let data = values(keys.len()).with_groups(keys.clone()).unwrap();
            let plan = CrossValidation { folds, repeats: 2, scheme: Scheme::Grouped, seed };
            if let Ok(splits) = Splits::new(&data, &all_rows(&data), &plan) {
                assert_partition(&splits);
                for index in 0..splits.len() {
                    let Fold { train, test, .. } = splits.fold(index);
                    let is_shared = |row: &u32| test.iter().any(|&other| keys[other as usize] == keys[*row as usize]);
                    prop_assert!(!train.iter().any(is_shared));
                }
            }
        }

        #[test]
        fn forward_chaining_never_sees_the_future(
            ranks in prop::collection::vec(0_u32..50, 10..120), folds in 2_u32..9
        ) {
            let data = values(ranks.len()).with_order(ranks.clone()).unwrap();
            let found = Splits::new(&data, &all_rows(&data), &plan(folds, Scheme::Forward));
            if let Err(error) = found {
                let is_of_times = matches!(error, SplitError::TooFewTimes { .. });
                prop_assert!(is_of_times, "{error}");
                return Ok(());
            }
            let folds = split(&data, &plan(folds, Scheme::Forward));
            let time = |row: &u32| ranks[*row as usize];
            for (index, fold) in folds.iter().enumerate() {
                prop_assert!(fold.train.iter().map(time).max() < fold.test.iter().map(time).min());
                if index > 0 {
                    prop_assert!(folds[index - 1].test.iter().all(|row| fold.train.contains(row)));
                }
            }
        }
    }

    #[test]
    fn rows_of_one_time_lie_on_one_side_of_a_cut() {
        // Four days of 60 rows: cuts at the first rows of days, wherever equal blocks would end.
        let days = values(240).with_order((0..240).map(|row| row / 60).collect()).unwrap();
        let sizes = |folds| -> Vec<(usize, usize)> {
            split(&days, &plan(folds, Scheme::Forward))
                .iter()
                .map(|f| (f.train.len(), f.test.len()))
                .collect()
        };
        assert_eq!(sizes(3), [(60, 60), (120, 60), (180, 60)]);
        assert_eq!(sizes(2), [(60, 60), (120, 120)]);
        let found = Splits::new(&days, &all_rows(&days), &plan(4, Scheme::Forward));
        assert!(matches!(found, Err(SplitError::TooFewTimes { folds: 4 })));
    }

    #[test]
    fn sizes_are_those_of_scikit_learn() {
        // scikit-learn 1.9.1: KFold(5) on 178 rows; GroupKFold(3) and (4) on groups of 5, 3, 3, 2,
        // 2, 1, 1, 1, 1; TimeSeriesSplit(4) on 23 rows.
        assert_eq!(test_sizes(&split(&values(178), &plan(5, Scheme::Plain))), [36, 36, 36, 35, 35]);
        let keys = vec![0, 0, 0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 4, 4, 5, 6, 7, 8];
        let grouped = values(19).with_groups(keys).unwrap();
        assert_eq!(test_sizes(&split(&grouped, &plan(3, Scheme::Grouped))), [7, 6, 6]);
        assert_eq!(test_sizes(&split(&grouped, &plan(4, Scheme::Grouped))), [5, 5, 5, 4]);
        let ordered = values(23).with_order((0..23).rev().collect()).unwrap();
        let sizes: Vec<(usize, usize)> = split(&ordered, &plan(4, Scheme::Forward))
            .iter()
            .map(|fold| (fold.train.len(), fold.test.len()))
            .collect();
        assert_eq!(sizes, [(7, 4), (11, 4), (15, 4), (19, 4)]);
    }

    #[test]
    fn class_counts_are_those_of_scikit_learn() {
        // scikit-learn 1.9.1: StratifiedKFold(5) on the wine data, whose classes have 59, 71 and 48
        // rows.
        let sizes = [59, 71, 48];
        let codes: Vec<u32> = (0..3).flat_map(|class| vec![class; sizes[class as usize]]).collect();
        let counts: Vec<Vec<usize>> = split(&classes(codes.clone()), &plan(5, Scheme::Stratified))
            .iter()
            .map(|fold| {
                let count =
                    |class| fold.test.iter().filter(|&&row| codes[row as usize] == class).count();
                (0..3).map(count).collect()
            })
            .collect();
        assert_eq!(counts, [[12, 14, 10], [12, 14, 10], [12, 14, 10], [12, 14, 9], [11, 15, 9]]);
    }

    #[test]
    fn a_split_is_fixed_by_seed_and_repeat_alone() {
        let data = values(60);
        let twice = CrossValidation { repeats: 2, ..plan(5, Scheme::Plain) };
        let folds = split(&data, &twice);
        assert_eq!(folds[..5], split(&data, &plan(5, Scheme::Plain)));
        assert_ne!(folds[0].test, folds[5].test);
        let mut backwards = all_rows(&data);
        backwards.reverse();
        assert_eq!(Splits::new(&data, &backwards, &twice).unwrap().fold(3), folds[3]);
        assert_ne!(split(&data, &CrossValidation { seed: 8, ..twice }), folds);
        // Pinned: a change of the stream or of the arrangement would change every stored study.
        let tests: Vec<u32> = split(&values(8), &plan(4, Scheme::Plain))
            .into_iter()
            .flat_map(|fold| fold.test)
            .collect();
        assert_eq!(tests, [5, 7, 3, 4, 0, 1, 2, 6]);
    }

    #[test]
    fn bytes_tell_splits_apart() {
        let bytes = |data: &Dataset, plan: &CrossValidation| {
            let mut bytes = Vec::new();
            Splits::new(data, &all_rows(data), plan).unwrap().write_to(&mut bytes).unwrap();
            bytes
        };
        let ordered = values(20).with_order((0..20).collect()).unwrap();
        let one = bytes(&ordered, &plan(4, Scheme::Plain));
        assert_eq!(one, bytes(&values(20), &plan(4, Scheme::Plain)));
        assert_eq!(one.len(), 20 + 4 * 20 + 4 * 20);
        assert_ne!(one, bytes(&ordered, &plan(4, Scheme::Forward)));
        assert_ne!(one, bytes(&ordered, &CrossValidation { seed: 1, ..plan(4, Scheme::Plain) }));
    }

    #[test]
    fn the_ratio_is_the_mean_over_splits() {
        let splits =
            |data: &Dataset, scheme| Splits::new(data, &all_rows(data), &plan(4, scheme)).unwrap();
        assert_eq!(splits(&values(40), Scheme::Plain).mean_test_train_ratio(), 1.0 / 3.0);
        let ordered = values(25).with_order((0..25).collect()).unwrap();
        let expected = [1.0, 0.5, 1.0 / 3.0, 0.25].iter().sum::<f64>() / 4.0;
        assert_eq!(splits(&ordered, Scheme::Forward).mean_test_train_ratio(), expected);
    }

    #[test]
    fn impossible_splits_are_named() {
        let fault = |data: &Dataset, plan: CrossValidation| {
            Splits::new(data, &all_rows(data), &plan).unwrap_err()
        };
        let six = values(6);
        assert_eq!(fault(&six, plan(1, Scheme::Plain)), SplitError::TooFewFolds { folds: 1 });
        assert_eq!(
            fault(&six, plan(7, Scheme::Plain)),
            SplitError::TooFewRows { folds: 7, rows: 6, needed: 7 }
        );
        assert_eq!(fault(&six, plan(3, Scheme::Stratified)), SplitError::StratifiedRegression);
        assert_eq!(fault(&six, plan(3, Scheme::Grouped)), SplitError::NoGroups);
        assert_eq!(fault(&six, plan(3, Scheme::Forward)), SplitError::NoOrder);
        let repeats = |repeats, scheme| CrossValidation { repeats, ..plan(3, scheme) };
        assert!(matches!(fault(&six, repeats(0, Scheme::Plain)), SplitError::Repeats { .. }));
        assert!(matches!(
            fault(&six, repeats(2, Scheme::Forward)),
            SplitError::RepeatedForward { .. }
        ));
        let grouped = values(6).with_groups(vec![0, 0, 0, 1, 1, 1]).unwrap();
        assert_eq!(
            fault(&grouped, plan(3, Scheme::Grouped)),
            SplitError::TooFewGroups { groups: 2, parts: 3 }
        );
        let uneven = classes(vec![0, 0, 0, 0, 1, 1]);
        let error = fault(&uneven, plan(3, Scheme::Stratified));
        assert_eq!(error.to_string(), "the class `c1` has 2 rows, fewer than the 3 folds");
        assert_eq!(error.hint().as_deref(), Some("stratified = false, or at most 2 folds"));
        let ordered = values(6).with_order(vec![0; 6]).unwrap();
        assert!(matches!(
            fault(&ordered, plan(6, Scheme::Forward)),
            SplitError::TooFewRows { needed: 7, .. }
        ));
    }

    /// Splits as scikit-learn makes them, from `fixtures/splits.py`.
    #[derive(serde::Deserialize)]
    struct Known {
        scheme: String,
        folds: u32,
        gap: u32,
        codes: Vec<u32>,
        groups: Vec<u32>,
        test: Vec<Vec<u32>>,
        train: Vec<Vec<u32>>,
    }

    #[test]
    fn splits_are_those_of_scikit_learn() {
        let cases: Vec<Known> =
            serde_json::from_str(include_str!("../../fixtures/splits.json")).unwrap();
        assert!(cases.len() >= 30);
        for (index, case) in cases.iter().enumerate() {
            let n = case.codes.len() as u32;
            let mut data = classes(case.codes.clone()).with_order((0..n).collect()).unwrap();
            if !case.groups.is_empty() {
                data = data.with_groups(case.groups.clone()).unwrap();
            }
            let found: Vec<(Vec<u32>, Vec<u32>)> = match case.scheme.as_str() {
                "time" | "time_groups" => {
                    let plan = plan(case.folds, Scheme::Forward);
                    let splits = Splits::new(&data, &all_rows(&data), &plan).unwrap();
                    let splits = splits.purged(&data, case.gap).unwrap();
                    (0..splits.len()).map(|i| splits.fold(i)).map(|f| (f.train, f.test)).collect()
                }
                "stratified_group" => {
                    // In the order of their keys, as scikit-learn takes groups without a shuffle.
                    let mut groups: Vec<Vec<u32>> = Vec::new();
                    let mut keys: Vec<u32> = case.groups.clone();
                    keys.sort_unstable();
                    keys.dedup();
                    for key in keys {
                        groups
                            .push((0..n).filter(|&row| case.groups[row as usize] == key).collect());
                    }
                    let blocks =
                        stratified_groups(&data, &all_rows(&data), groups, case.folds).unwrap();
                    let of = |fold: u32, wanted: bool| -> Vec<u32> {
                        (0..n).filter(|&row| (blocks[row as usize] == fold) == wanted).collect()
                    };
                    (0..case.folds).map(|fold| (of(fold, false), of(fold, true))).collect()
                }
                // As many folds as groups: each group tests alone. The order of folds is ours.
                _ => {
                    let plan = plan(case.folds, Scheme::Grouped);
                    let mut found: Vec<(Vec<u32>, Vec<u32>)> =
                        split(&data, &plan).into_iter().map(|f| (f.train, f.test)).collect();
                    found.sort_by_key(|(_, test)| case.groups[test[0] as usize]);
                    found
                }
            };
            let expected: Vec<(Vec<u32>, Vec<u32>)> =
                case.train.iter().cloned().zip(case.test.iter().cloned()).collect();
            assert_eq!(found, expected, "case {index}, {}", case.scheme);
        }
    }

    #[test]
    fn a_gap_that_leaves_nothing_to_train_on_is_refused() {
        let data = values(20).with_order((0..20).collect()).unwrap();
        let splits = || Splits::new(&data, &all_rows(&data), &plan(4, Scheme::Forward)).unwrap();
        assert!(matches!(
            splits().purged(&data, 4),
            Err(SplitError::NoTraining { split: 0, gap: 4 })
        ));
        assert_eq!(splits().purged(&data, 3).unwrap().fold(0).train, [0]);
        let plain = Splits::new(&data, &all_rows(&data), &plan(4, Scheme::Plain)).unwrap();
        assert!(matches!(plain.purged(&data, 1), Err(SplitError::GapWithoutOrder { gap: 1 })));
    }
}
