//! Imputation, scaling and encoding, fitted on the training rows of one fold.

use serde::{Deserialize, Serialize};

use crate::data::{Features, MISSING};

/// How numbers are scaled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scaling {
    /// Mean 0 and standard deviation 1 (divisor n) on the training rows.
    #[default]
    Standard,
    /// The training rows' range to 0..1; other rows may fall outside.
    MinMax,
    /// As they are.
    None,
}

/// What was learned from training rows: where numbers lie, which categories occur.
///
/// - A number is scaled; a missing one becomes the training rows' mean, and if some but not all training rows lack it,
///   a further input says so. A column that is constant or wholly missing on the training rows becomes 0.
/// - A category becomes one input for each label that occurs in the training rows; a label that does not occur there
///   leaves all of them 0. Missing is a label of its own if it occurs in the training rows, else it leaves all 0.
///
/// It depends on the training rows alone. Prepared rows begin with the numbers, so that the largest part is one pass
/// over contiguous memory.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Stored")]
pub struct Preparation {
    centre: Vec<f32>,
    scale: Vec<f32>,
    fill: Vec<f32>,
    /// The numbers that have an input for "missing".
    indicators: Vec<u32>,
    levels: Vec<Levels>,
    n_inputs: usize,
}

/// The inputs of one column of categories.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Levels {
    /// By label: the input that is 1 for it, if it occurs in the training rows.
    inputs: Vec<Option<u32>>,
    /// The input that is 1 where the category is missing.
    missing: Option<u32>,
}

impl Preparation {
    /// Learns from `features` at `train_rows`, which must be rows of them. Reads each training row twice.
    pub fn fit(features: &Features, train_rows: &[u32], scaling: Scaling) -> Self {
        let columns = moments(features, train_rows);
        let shifts: Vec<f64> = features.schema().numbers().map(|(_, shift)| shift).collect();
        let scales: Vec<Scale> =
            columns.iter().zip(&shifts).map(|(moments, &shift)| moments.scale(scaling, shift)).collect();
        let n = train_rows.len() as u32;
        let indicators: Vec<u32> = (0u32..)
            .zip(&columns)
            .filter(|(_, moments)| 0 < moments.n && moments.n < n)
            .map(|(number, _)| number)
            .collect();
        let mut n_inputs = columns.len() + indicators.len();
        let levels = present_levels(features, train_rows, &mut n_inputs);
        Self {
            centre: scales.iter().map(|scale| scale.centre).collect(),
            scale: scales.iter().map(|scale| scale.factor).collect(),
            fill: scales.iter().map(|scale| scale.fill).collect(),
            indicators,
            levels,
            n_inputs,
        }
    }

    /// Inputs a prepared row has.
    pub fn n_inputs(&self) -> usize {
        self.n_inputs
    }

    /// Writes prepared `rows` into `out`, row by row: `rows.len()` × [`n_inputs`](Self::n_inputs) numbers.
    ///
    /// Pure and free of allocation.
    ///
    /// # Panics
    ///
    /// If `out` has another length, if a row is none of `features`, or if these have another schema than those fitted on
    /// (see [`fits`](Self::fits)).
    pub fn gather(&self, features: &Features, rows: &[u32], out: &mut [f32]) {
        assert_eq!(out.len(), rows.len() * self.n_inputs, "one input row for each row");
        for (&row, out) in rows.iter().zip(out.chunks_exact_mut(self.n_inputs)) {
            let numbers = features.numbers(row);
            let (scaled, rest) = out.split_at_mut(self.centre.len());
            if features.lacks_numbers() {
                self.scale_or_fill(numbers, scaled);
            } else {
                self.scale(numbers, scaled);
            }
            let (flags, _) = rest.split_at_mut(self.indicators.len());
            for (flag, &number) in flags.iter_mut().zip(&self.indicators) {
                *flag = f32::from(numbers[number as usize].is_nan());
            }
            if !self.levels.is_empty() {
                self.encode(features.codes(row), out);
            }
        }
    }

    fn scale(&self, numbers: &[f32], scaled: &mut [f32]) {
        let n = scaled.len();
        let (numbers, centre, scale) = (&numbers[..n], &self.centre[..n], &self.scale[..n]);
        for i in 0..n {
            scaled[i] = (numbers[i] - centre[i]) * scale[i];
        }
    }

    fn scale_or_fill(&self, numbers: &[f32], scaled: &mut [f32]) {
        let n = scaled.len();
        let (numbers, fill) = (&numbers[..n], &self.fill[..n]);
        self.scale(numbers, scaled);
        for i in 0..n {
            scaled[i] = if numbers[i].is_nan() { fill[i] } else { scaled[i] };
        }
    }

    fn encode(&self, codes: &[u32], out: &mut [f32]) {
        out[self.centre.len() + self.indicators.len()..].fill(0.0);
        for (levels, &code) in self.levels.iter().zip(codes) {
            let input =
                if code == MISSING { levels.missing } else { levels.inputs.get(code as usize).copied().flatten() };
            if let Some(input) = input {
                out[input as usize] = 1.0;
            }
        }
    }

    pub(super) fn scales(&self) -> impl Iterator<Item = (f32, f32, f32)> {
        self.centre.iter().zip(&self.scale).zip(&self.fill).map(|((&centre, &scale), &fill)| (centre, scale, fill))
    }

    pub(super) fn indicators(&self) -> &[u32] {
        &self.indicators
    }

    pub(super) fn levels(&self) -> &[Levels] {
        &self.levels
    }
}

impl Levels {
    /// The codes that occur in the training rows, in the order of their inputs.
    pub(super) fn present(&self) -> impl Iterator<Item = u32> {
        (0u32..).zip(&self.inputs).filter(|(_, input)| input.is_some()).map(|(code, _)| code)
    }

    pub(super) fn has_missing(&self) -> bool {
        self.missing.is_some()
    }

    pub(super) fn n_labels(&self) -> usize {
        self.inputs.len()
    }
}

/// Of one column of stored numbers on the training rows, missing ones left out.
#[derive(Clone, Copy)]
struct Moments {
    n: u32,
    sum: f64,
    least: f32,
    most: f32,
    /// Sum of squared deviations from the mean.
    squares: f64,
}

/// `(x − centre) · factor`, and what a missing x becomes.
struct Scale {
    centre: f32,
    factor: f32,
    fill: f32,
}

impl Moments {
    const NOTHING: Self = Self { n: 0, sum: 0.0, least: f32::INFINITY, most: f32::NEG_INFINITY, squares: 0.0 };

    fn mean(&self) -> f64 {
        self.sum / f64::from(self.n)
    }

    fn scale(&self, scaling: Scaling, shift: f64) -> Scale {
        const CONSTANT: Scale = Scale { centre: 0.0, factor: 0.0, fill: 0.0 };
        if self.n == 0 || self.least >= self.most {
            return CONSTANT;
        }
        let (centre, unit) = match scaling {
            Scaling::Standard => (self.mean(), (self.squares / f64::from(self.n)).sqrt()),
            Scaling::MinMax => (self.least.into(), f64::from(self.most) - f64::from(self.least)),
            Scaling::None => (-shift, 1.0),
        };
        let (centre, factor) = (centre as f32, (1.0 / unit) as f32);
        // A spread below what single precision can scale is none.
        if !factor.is_normal() {
            return CONSTANT;
        }
        let fill = match scaling {
            Scaling::Standard => 0.0,
            Scaling::MinMax | Scaling::None => (self.mean() as f32 - centre) * factor,
        };
        Scale { centre, factor, fill }
    }
}

/// Two passes, as the sum of squares about a known mean loses no digits; sums in the order of `train_rows`.
fn moments(features: &Features, train_rows: &[u32]) -> Vec<Moments> {
    let mut columns = vec![Moments::NOTHING; features.n_numbers()];
    for &row in train_rows {
        for (column, &number) in columns.iter_mut().zip(features.numbers(row)) {
            if !number.is_nan() {
                column.n += 1;
                column.sum += f64::from(number);
                column.least = column.least.min(number);
                column.most = column.most.max(number);
            }
        }
    }
    let means: Vec<f64> = columns.iter().map(Moments::mean).collect();
    for &row in train_rows {
        for ((column, &number), mean) in columns.iter_mut().zip(features.numbers(row)).zip(&means) {
            if !number.is_nan() {
                let deviation = f64::from(number) - mean;
                column.squares += deviation * deviation;
            }
        }
    }
    columns
}

/// Gives an input from `n_inputs` on to each label that occurs, column by column.
fn present_levels(features: &Features, train_rows: &[u32], n_inputs: &mut usize) -> Vec<Levels> {
    let mut occurs: Vec<Vec<bool>> =
        features.schema().categories().map(|(_, labels)| vec![false; labels.len()]).collect();
    let mut lacks = vec![false; features.n_categories()];
    for &row in train_rows {
        for (index, &code) in features.codes(row).iter().enumerate() {
            if code == MISSING {
                lacks[index] = true;
            } else if let Some(occurs) = occurs[index].get_mut(code as usize) {
                *occurs = true;
            }
        }
    }
    let mut next = || {
        *n_inputs += 1;
        *n_inputs as u32 - 1
    };
    occurs
        .into_iter()
        .zip(lacks)
        .map(|(occurs, lacks)| {
            let inputs = occurs.into_iter().map(|occurs| occurs.then(&mut next)).collect();
            Levels { inputs, missing: lacks.then(&mut next) }
        })
        .collect()
}

/// A preparation as it stands in a file, before it is known to be whole.
#[derive(Deserialize)]
struct Stored {
    centre: Vec<f32>,
    scale: Vec<f32>,
    fill: Vec<f32>,
    indicators: Vec<u32>,
    levels: Vec<Levels>,
    n_inputs: usize,
}

/// Why a stored preparation cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("the stored preparation contradicts itself: {part}")]
struct Contradiction {
    part: &'static str,
}

impl TryFrom<Stored> for Preparation {
    type Error = Contradiction;

    fn try_from(stored: Stored) -> Result<Self, Contradiction> {
        let Stored { centre, scale, fill, indicators, levels, n_inputs } = stored;
        let n_numbers = centre.len();
        let holds = |part, holds: bool| if holds { Ok(()) } else { Err(Contradiction { part }) };
        holds("lengths", scale.len() == n_numbers && fill.len() == n_numbers)?;
        holds("scales", centre.iter().chain(&scale).chain(&fill).all(|number| number.is_finite()))?;
        holds("indicators", indicators.iter().all(|&number| (number as usize) < n_numbers))?;
        let first = n_numbers + indicators.len();
        let are_in_turn = {
            let used = levels.iter().flat_map(|levels| levels.inputs.iter().chain([&levels.missing]));
            used.flatten().copied().eq((first..n_inputs).map(|input| input as u32))
        };
        holds("inputs", first <= n_inputs && are_in_turn)?;
        Ok(Self { centre, scale, fill, indicators, levels, n_inputs })
    }
}
