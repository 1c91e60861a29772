//! One part cut off: the held-out rows before a search, the rows for early stopping within a fold.

use rand::rngs::ChaCha8Rng;

use super::assign::{by_class, by_group, by_time, shuffled};
use super::{Scheme, SplitError};
use crate::data::Dataset;
use crate::stream::{Purpose, Streams};

/// Cuts off a part of all rows before a search: returns the rows to search on and those held out, both ascending.
///
/// Stratified, each class keeps at least one row to search on. Grouped, whole groups are held out. Forward, the
/// newest rows are.
///
/// # Errors
///
/// If `fraction` is not between 0 and 1 or leaves one side empty, or the scheme lacks what it needs.
pub fn holdout(
    data: &Dataset,
    fraction: f64,
    scheme: Scheme,
    streams: &Streams,
) -> Result<(Vec<u32>, Vec<u32>), SplitError> {
    let rows: Vec<u32> = (0..data.facts().n_rows as u32).collect();
    let n_cut = (fraction * rows.len() as f64).round();
    if !(fraction > 0.0 && n_cut >= 1.0 && n_cut < rows.len() as f64) {
        return Err(SplitError::Fraction { fraction, rows: rows.len() });
    }
    cut(data, &rows, n_cut as usize, scheme, &mut streams.rng(Purpose::Holdout, 0, 0))
}

/// Cuts off a part of a fold's training rows for early stopping: returns the rows to fit on and those to stop by, both
/// ascending.
///
/// The fraction is rounded to at least one row and leaves at least one; a single row stays on the first side. Where the
/// scheme cannot be kept, as with a single group, the part is cut at random.
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
        Scheme::Grouped => of_groups(&by_group(data, rows, rng)?, n_cut)?,
        Scheme::Forward => by_time(data, rows)?[rows.len() - n_cut..].to_vec(),
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
        let mut side: Vec<u32> =
            rows.iter().zip(&is_cut).filter(|&(_, &cut)| cut == wanted).map(|(&row, _)| row).collect();
        side.sort_unstable();
        side
    };
    Ok((side(false), side(true)))
}

/// Takes from each class its share of `n_cut`, rounded by largest remainder (ties to the earlier class), never a whole
/// class.
fn of_classes(classes: &[Vec<u32>], n_rows: usize, n_cut: usize) -> Vec<u32> {
    let (n_rows, n_cut) = (n_rows as u64, n_cut as u64);
    let share = |class: &Vec<u32>| class.len() as u64 * n_cut;
    let mut counts: Vec<u64> = classes.iter().map(|class| share(class) / n_rows).collect();
    let mut by_remainder: Vec<usize> = (0..classes.len()).collect();
    by_remainder.sort_by_key(|&class| std::cmp::Reverse(share(&classes[class]) % n_rows));
    let missing = n_cut - counts.iter().sum::<u64>();
    let may_give = by_remainder.into_iter().filter(|&class| counts[class] + 1 < classes[class].len() as u64);
    for class in may_give.take(missing as usize).collect::<Vec<_>>() {
        counts[class] += 1;
    }
    classes.iter().zip(counts).flat_map(|(class, count)| class[..count as usize].to_vec()).collect()
}

/// Takes groups as they come, those that fit into `n_cut`; the smallest if none does.
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
