//! The row orders behind all splits: shuffled, by class, by group, by time.

use rand::rngs::ChaCha8Rng;

use super::SplitError;
use crate::data::{Dataset, Target};
use crate::stream::shuffle;

/// Positions `0..n` in random order.
pub(super) fn shuffled(n: usize, rng: &mut ChaCha8Rng) -> Vec<u32> {
    let mut positions: Vec<u32> = (0..n as u32).collect();
    shuffle(rng, &mut positions);
    positions
}

/// Positions in `rows` class by class, in random order within each class.
pub(super) fn by_class(
    data: &Dataset,
    rows: &[u32],
    rng: &mut ChaCha8Rng,
) -> Result<Vec<Vec<u32>>, SplitError> {
    let Target::Classes { codes, names } = data.target() else {
        return Err(SplitError::StratifiedRegression);
    };
    let mut classes = vec![Vec::new(); names.len()];
    for position in shuffled(rows.len(), rng) {
        classes[codes[rows[position as usize] as usize] as usize].push(position);
    }
    Ok(classes)
}

/// Positions in `rows` group by group, the groups in random order.
pub(super) fn by_group(
    data: &Dataset,
    rows: &[u32],
    rng: &mut ChaCha8Rng,
) -> Result<Vec<Vec<u32>>, SplitError> {
    let keys = data.groups().ok_or(SplitError::NoGroups)?;
    let mut sorted: Vec<(u32, u32)> =
        (0u32..).zip(rows).map(|(position, &row)| (keys[row as usize], position)).collect();
    sorted.sort_unstable();
    let mut groups: Vec<Vec<u32>> = sorted
        .chunk_by(|a, b| a.0 == b.0)
        .map(|group| group.iter().map(|&(_, position)| position).collect())
        .collect();
    shuffle(rng, &mut groups);
    Ok(groups)
}

/// Positions in `rows` from the oldest to the newest, with equal times in row order, and for each
/// of them the start of its time.
pub(super) fn by_time(data: &Dataset, rows: &[u32]) -> Result<(Vec<u32>, Vec<usize>), SplitError> {
    let ranks = data.ranks().ok_or(SplitError::NoOrder)?;
    let mut positions: Vec<u32> = (0..rows.len() as u32).collect();
    positions.sort_by_key(|&position| {
        let row = rows[position as usize];
        (ranks[row as usize], row)
    });

    let time = |index: usize| ranks[rows[positions[index] as usize] as usize];
    let mut starts = vec![0; rows.len()];
    for index in 1..rows.len() {
        starts[index] = if time(index) == time(index - 1) { starts[index - 1] } else { index };
    }

    Ok((positions, starts))
}
