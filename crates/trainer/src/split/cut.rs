//! One part cut off: the held-out rows before a search, or the rows for early stopping within a
//! fold.

use std::collections::BTreeSet;

use rand::rngs::ChaCha8Rng;

use super::assign::{by_class, by_group, by_time, shuffled};
use super::{Scheme, SplitError};
use crate::data::Dataset;
use crate::stream::{Purpose, Streams};

/// Cuts off a part of all rows before a search: returns the rows to search on and those held out,
/// both ascending.
///
/// Stratified, each class keeps at least one row to search on. Grouped, whole groups are held out.
/// Forward, the newest rows are; neither `gap` rows before them nor older rows of their groups are
/// searched on, as in folds.
///
/// # Errors
///
/// If `fraction` is not between 0 and 1 or leaves one side empty, or the scheme lacks what it
/// needs.
pub fn holdout(
    data: &Dataset,
    fraction: f64,
    scheme: Scheme,
    gap: u32,
    streams: &Streams,
) -> Result<(Vec<u32>, Vec<u32>), SplitError> {
    let rows: Vec<u32> = (0..data.facts().n_rows as u32).collect();
    let n_cut = (fraction * rows.len() as f64).round();
    if !(fraction > 0.0 && n_cut >= 1.0 && n_cut < rows.len() as f64) {
        return Err(SplitError::Fraction { fraction, rows: rows.len() });
    }
    let (kept, held) =
        cut(data, &rows, n_cut as usize, scheme, &mut streams.rng(Purpose::Holdout, 0, 0))?;
    if scheme != Scheme::Forward {
        return Ok((kept, held));
    }

    // As in forward folds, what is learned from must not overlap in time with what is tested.
    let (positions, _) = by_time(data, &kept)?;
    let n_before = positions.len().saturating_sub(gap as usize);
    let mut before: Vec<u32> =
        positions[..n_before].iter().map(|&position| kept[position as usize]).collect();
    if let Some(keys) = data.groups() {
        let tested: BTreeSet<u32> = held.iter().map(|&row| keys[row as usize]).collect();
        before.retain(|&row| !tested.contains(&keys[row as usize]));
    }
    before.sort_unstable();
    if before.is_empty() {
        Err(SplitError::NoTraining { split: 0, gap })
    } else {
        Ok((before, held))
    }
}

/// Cuts off a part of a fold's training rows for early stopping: returns the rows to fit on and
/// those that decide when to stop, both ascending.
///
/// The fraction is rounded to at least one row and leaves at least one; a single row stays on the
/// first side. If the scheme cannot be kept, as with a single group, the part is cut at random.
pub fn inner_split(
    data: &Dataset,
    train: &[u32],
    fraction: f64,
    scheme: Scheme,
    rng: &mut ChaCha8Rng,
) -> (Vec<u32>, Vec<u32>) {
    let most = train.len().saturating_sub(1);
    let n_cut = ((fraction * train.len() as f64).round() as usize).max(1).min(most);
    cut(data, train, n_cut, scheme, rng)
        .or_else(|_| cut(data, train, n_cut, Scheme::Plain, rng))
        .unwrap_or_else(|_| (train.to_vec(), Vec::new()))
}

fn cut(
    data: &Dataset,
    rows: &[u32],
    n_cut: usize,
    scheme: Scheme,
    rng: &mut ChaCha8Rng,
) -> Result<(Vec<u32>, Vec<u32>), SplitError> {
    let positions = match scheme {
        Scheme::Plain => shuffled(rows.len(), rng)[..n_cut].to_vec(),
        Scheme::Stratified => of_classes(&by_class(data, rows, rng)?, rows.len(), n_cut),
        Scheme::Grouped | Scheme::StratifiedGrouped => {
            of_groups(&by_group(data, rows, rng)?, n_cut)?
        }
        Scheme::Forward => {
            let (positions, starts) = by_time(data, rows)?;
            // Rows of one time stay on one side: the cut moves to the first of them, or for the
            // oldest after the last.
            let at = match starts[rows.len() - n_cut] {
                0 => starts.iter().position(|&start| start > 0).unwrap_or(rows.len()),
                start => start,
            };
            positions[at..].to_vec()
        }
    };

    if positions.is_empty() {
        let fraction = n_cut as f64 / rows.len() as f64;
        return Err(SplitError::Fraction { fraction, rows: rows.len() });
    }

    let mut is_cut = vec![false; rows.len()];
    for position in positions {
        is_cut[position as usize] = true;
    }

    let side = |wanted: bool| -> Vec<u32> {
        let mut side: Vec<u32> = rows
            .iter()
            .zip(&is_cut)
            .filter(|&(_, &cut)| cut == wanted)
            .map(|(&row, _)| row)
            .collect();
        side.sort_unstable();
        side
    };

    Ok((side(false), side(true)))
}

/// Takes from each class its share of `n_cut`, rounded by largest remainder (ties to the earlier
/// class), never a whole class.
fn of_classes(classes: &[Vec<u32>], n_rows: usize, n_cut: usize) -> Vec<u32> {
    let (n_rows, n_cut) = (n_rows as u64, n_cut as u64);
    let share = |class: &Vec<u32>| class.len() as u64 * n_cut;
    let mut counts: Vec<u64> = classes.iter().map(|class| share(class) / n_rows).collect();
    let mut by_remainder: Vec<usize> = (0..classes.len()).collect();
    by_remainder.sort_by_key(|&class| std::cmp::Reverse(share(&classes[class]) % n_rows));
    let missing = n_cut - counts.iter().sum::<u64>();
    let may_give =
        by_remainder.into_iter().filter(|&class| counts[class] + 1 < classes[class].len() as u64);

    for class in may_give.take(missing as usize).collect::<Vec<_>>() {
        counts[class] += 1;
    }
    classes.iter().zip(counts).flat_map(|(class, count)| class[..count as usize].to_vec()).collect()
}

/// Takes groups in order if they fit into `n_cut`; takes the smallest if none does.
fn of_groups(groups: &[Vec<u32>], n_cut: usize) -> Result<Vec<u32>, SplitError> {
    let smallest = groups.iter().min_by_key(|group| group.len());
    let (Some(smallest), 2..) = (smallest, groups.len()) else {
        return Err(SplitError::TooFewGroups { groups: groups.len(), parts: 2 });
    };

    let mut taken = Vec::with_capacity(n_cut);
    for group in groups {
        if taken.len() + group.len() <= n_cut {
            taken.extend_from_slice(group);
        }
    }

    if taken.is_empty() {
        taken.clone_from(smallest);
    }
    Ok(taken)
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::*;
    use crate::data::{Features, Target};

    fn dataset(codes: &[u32]) -> Dataset {
        let n = codes.iter().max().map_or(0, |most| most + 1);
        let features = Features::from_array(Array2::zeros((codes.len(), 1))).unwrap();
        let names = (0..n).map(|code| code.to_string()).collect();
        Dataset::from_parts(features, Target::Classes { codes: codes.to_vec(), names }).unwrap()
    }

    fn rng() -> ChaCha8Rng {
        Streams::new(3).rng(Purpose::InnerSplit, 0, 0)
    }

    #[test]
    fn a_stratified_part_has_the_classes_shares() {
        // scikit-learn 1.9.1: train_test_split(test_size=360, stratify=digit) on the digits data
        // gives these counts, but for the last of three equal remainders (.46 of classes 1, 2 and
        // 5), which it draws and gave to class 5.
        let in_all = [178_usize, 182, 177, 183, 181, 182, 181, 179, 174, 180];
        let codes: Vec<u32> =
            (0..10).flat_map(|class| vec![class; in_all[class as usize]]).collect();
        let data = dataset(&codes);
        let (search, held) =
            holdout(&data, 360.0 / 1797.0, Scheme::Stratified, 0, &Streams::new(0)).unwrap();
        let counts: Vec<usize> = (0..10)
            .map(|class| held.iter().filter(|&&row| codes[row as usize] == class).count())
            .collect();
        assert_eq!((search.len(), held.len()), (1437, 360));
        assert_eq!(counts, [36, 37, 35, 37, 36, 36, 36, 36, 35, 36]);
    }

    #[test]
    fn both_sides_are_ascending_and_complete() {
        let timed = dataset(&[0, 1].repeat(20))
            .with_order((0..40).map(|row| (row * 7) % 40).collect())
            .unwrap();
        let grouped = timed.clone().with_groups((0..40).map(|row| row / 5).collect()).unwrap();
        for scheme in [Scheme::Plain, Scheme::Stratified, Scheme::Grouped, Scheme::Forward] {
            let (kept, cut) = {
                let data = if scheme == Scheme::Forward { &timed } else { &grouped };
                holdout(data, 0.25, scheme, 0, &Streams::new(1)).unwrap()
            };
            assert_eq!(cut.len(), 10, "{scheme:?}");
            assert!(kept.is_sorted() && cut.is_sorted());
            let mut both = [kept, cut].concat();
            both.sort_unstable();
            assert_eq!(both, (0..40).collect::<Vec<u32>>());
        }
    }

    #[test]
    fn a_part_in_time_is_the_newest() {
        let ranks: Vec<u32> = (0..40).map(|row| (row * 7) % 40).collect();
        let data = dataset(&[0, 1].repeat(20)).with_order(ranks.clone()).unwrap();
        let train: Vec<u32> = (0..30).collect();
        let (kept, cut) = inner_split(&data, &train, 0.1, Scheme::Forward, &mut rng());
        assert_eq!(cut.len(), 3);
        let time = |row: &u32| ranks[*row as usize];
        assert!(kept.iter().map(time).max() < cut.iter().map(time).min());
    }

    #[test]
    fn times_are_cut_whole() {
        let ranks: Vec<u32> = (0..40).map(|row| row / 10).collect();
        let data = dataset(&[0, 1].repeat(20)).with_order(ranks.clone()).unwrap();
        for (fraction, expected) in [(0.1, 10), (0.3, 20), (0.9, 30)] {
            assert_eq!(
                holdout(&data, fraction, Scheme::Forward, 0, &Streams::new(1)).unwrap().1.len(),
                expected
            );
        }
        let of_one_time = dataset(&[0, 1].repeat(20)).with_order(vec![3; 40]).unwrap();
        assert!(holdout(&of_one_time, 0.2, Scheme::Forward, 0, &Streams::new(1)).is_err());
    }

    #[test]
    fn groups_are_cut_whole() {
        let keys: Vec<u32> = (0..60).map(|row| row % 6).collect();
        let data = dataset(&[0, 1].repeat(30)).with_groups(keys.clone()).unwrap();
        for fraction in [0.01, 0.2, 0.5] {
            let (kept, cut) = inner_split(
                &data,
                &(0..60).collect::<Vec<_>>(),
                fraction,
                Scheme::Grouped,
                &mut rng(),
            );
            assert!(!cut.is_empty() && !kept.is_empty());
            assert!(
                !cut.iter().any(|&a| kept.iter().any(|&b| keys[a as usize] == keys[b as usize]))
            );
        }
    }

    #[test]
    fn an_inner_split_is_never_empty_on_either_side() {
        let data = dataset(&[0, 0, 0, 1, 2, 3]).with_groups(vec![9; 6]).unwrap();
        for scheme in [Scheme::Plain, Scheme::Stratified, Scheme::Grouped, Scheme::Forward] {
            for train in [&[0, 1, 2, 3, 4, 5][..], &[3, 4, 5], &[3, 4]] {
                for fraction in [0.0, 0.1, 0.99] {
                    let (kept, cut) = inner_split(&data, train, fraction, scheme, &mut rng());
                    assert!(!kept.is_empty() && !cut.is_empty(), "{scheme:?} {train:?} {fraction}");
                    assert_eq!(kept.len() + cut.len(), train.len());
                }
            }
        }
        assert_eq!(inner_split(&data, &[2], 0.5, Scheme::Plain, &mut rng()), (vec![2], vec![]));
    }

    #[test]
    fn a_class_is_never_held_out_whole() {
        let codes: Vec<u32> = (0..30).chain(0..2).collect();
        let data = dataset(&codes);
        let (kept, held) = holdout(&data, 0.9, Scheme::Stratified, 0, &Streams::new(0)).unwrap();
        assert_eq!(held.len(), 2);
        assert!((0..30).all(|class| kept.iter().any(|&row| codes[row as usize] == class)));
    }

    #[test]
    fn impossible_parts_are_named() {
        let data = dataset(&[0, 1, 0, 1]);
        for fraction in [0.0, 1.0, -0.5, f64::NAN, 0.01, 0.99] {
            let error = holdout(&data, fraction, Scheme::Plain, 0, &Streams::new(0)).unwrap_err();
            assert!(matches!(error, SplitError::Fraction { .. }), "{fraction}");
        }
        let one_group = dataset(&[0, 1, 0, 1]).with_groups(vec![4; 4]).unwrap();
        let error = holdout(&one_group, 0.5, Scheme::Grouped, 0, &Streams::new(0)).unwrap_err();
        assert_eq!(error, SplitError::TooFewGroups { groups: 1, parts: 2 });
    }

    #[test]
    fn in_time_neither_the_gap_nor_older_rows_of_held_out_groups_are_searched_on() {
        // Ten rows in time, in groups 0, 1, 2, 3, 4, 0, 1, 2, 3, 4: the last two are held out, of
        // groups 3 and 4.
        let data = dataset(&[0, 1].repeat(5))
            .with_groups((0..10).map(|row| row % 5).collect())
            .and_then(|data| data.with_order((0..10).collect()))
            .unwrap();
        let of = |gap| holdout(&data, 0.2, Scheme::Forward, gap, &Streams::new(1));
        assert_eq!(of(0).unwrap(), (vec![0, 1, 2, 5, 6, 7], vec![8, 9]));
        assert_eq!(of(2).unwrap(), (vec![0, 1, 2, 5], vec![8, 9]));
        assert!(matches!(of(8), Err(SplitError::NoTraining { gap: 8, .. })));
    }
}
