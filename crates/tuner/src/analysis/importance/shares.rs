//! Shares of the variance for each function: the mean and each draw.

/// The values of all functions at a row; `None` if the row breaks a constraint.
pub(super) type Values = Option<Vec<f64>>;

/// One share per function of the variance over the same rows, from 0 to 1; 0 for a constant
/// function.
pub(super) type Shares = Vec<f64>;

/// The total effect of an axis (Jansen 1999; Saltelli et al. 2010, table 2 f): half the mean
/// squared difference between rows that differ in that axis alone, over the `counted` rows.
pub(super) fn total(
    rows: &[Values],
    crossed: &[Values],
    counted: &[bool],
    variances: &[f64],
) -> Shares {
    let pairs: Vec<(&Vec<f64>, &Vec<f64>)> = rows
        .iter()
        .zip(crossed)
        .zip(counted)
        .filter(|(_, counted)| **counted)
        .filter_map(|((a, b), _)| Some((a.as_ref()?, b.as_ref()?)))
        .collect();
    let half_square =
        |s: usize| mean(pairs.iter().map(|(a, b)| 0.5 * (a[s] - b[s]) * (a[s] - b[s])));
    variances.iter().enumerate().map(|(s, variance)| share(half_square(s), *variance)).collect()
}

/// The effect of all interactions that contain both axes (Liu and Owen 2006, theorem 1): a quarter
/// of the mean squared second difference.
pub(super) fn interaction(
    rows: &[Values],
    first: &[Values],
    second: &[Values],
    both: &[Values],
) -> Shares {
    let all = vec![true; rows.len()];
    let variances = variances([rows, first, second].map(|rows| (rows, all.as_slice())));
    let corners: Vec<[&Vec<f64>; 4]> = rows
        .iter()
        .zip(first)
        .zip(second)
        .zip(both)
        .filter_map(|(((a, b), c), d)| Some([a.as_ref()?, b.as_ref()?, c.as_ref()?, d.as_ref()?]))
        .collect();

    let quarter_square = |s: usize| {
        mean(corners.iter().map(|[a, b, c, d]| {
            let difference = a[s] - b[s] - c[s] + d[s];
            0.25 * difference * difference
        }))
    };

    // Draws may be evaluated at the rows and not at both; compare what all have.
    let n = both.iter().flatten().map(Vec::len).next().unwrap_or(0);
    variances
        .iter()
        .take(n)
        .enumerate()
        .map(|(s, variance)| share(quarter_square(s), *variance))
        .collect()
}

/// The main effect of an axis: the variance of its marginal, whose levels are equally probable, as
/// the covariance of its means over two halves of the rows. Over one set of rows the interactions,
/// which do not average out, would add to it.
pub(super) fn main_effect(halves: &[[Vec<f64>; 2]], variances: &[f64]) -> Shares {
    let centre = |half: usize, s: usize| mean(halves.iter().map(|level| level[half][s]));
    let of = |(s, variance): (usize, &f64)| {
        let (a, b) = (centre(0, s), centre(1, s));
        let products = halves.iter().map(|level| (level[0][s] - a) * (level[1][s] - b));
        share(mean(products), *variance)
    };
    variances.iter().enumerate().map(of).collect()
}

/// Returns the variance of each function over the counted rows of several samples.
pub(super) fn variances<'a>(
    samples: impl IntoIterator<Item = (&'a [Values], &'a [bool])>,
) -> Vec<f64> {
    let rows: Vec<&Vec<f64>> = samples
        .into_iter()
        .flat_map(|(rows, counted)| rows.iter().zip(counted))
        .filter(|(_, counted)| **counted)
        .filter_map(|(row, _)| row.as_ref())
        .collect();
    let n_functions = rows.first().map_or(0, |row| row.len());
    (0..n_functions).map(|s| variance_of(rows.iter().map(|row| row[s]))).collect()
}

fn variance_of(values: impl Iterator<Item = f64> + Clone) -> f64 {
    let centre = mean(values.clone());
    mean(values.map(|v| (v - centre) * (v - centre)))
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, n) = values.fold((0.0, 0.0), |(sum, n), v| (sum + v, n + 1.0));
    if n > 0.0 { sum / n } else { 0.0 }
}

fn share(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { (part / whole).clamp(0.0, 1.0) } else { 0.0 }
}
