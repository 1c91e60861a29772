//! Imputation, scaling and encoding, fitted on the training rows of one fold.

use serde::{Deserialize, Serialize};

use super::moments::Moments;
use super::pieces::Pieces;
use crate::data::{Features, MISSING};

/// How numbers are scaled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scaling {
    /// Mean 0 and standard deviation 1 (divisor n) on the training rows.
    #[default]
    Standard,
    /// The training rows' range becomes 0..1; other rows may fall outside.
    MinMax,
    /// Unscaled.
    None,
}

/// What was learned from training rows: where numbers lie, which categories occur.
///
/// - A number is scaled; a missing one becomes the training rows' mean, and if some but not all
///   training rows lack it, a further input says so. A column that is constant or wholly missing on
///   the training rows becomes 0.
/// - A category becomes one input for each label that occurs in the training rows; a label that
///   does not occur there leaves all of them 0. Missing is a label of its own if it occurs in the
///   training rows, else it leaves all 0.
/// - With [`with_pieces`](Self::with_pieces) a number has further inputs, which come last.
///
/// It depends on the training rows alone. Prepared rows begin with the numbers, so that the largest
/// part is one pass over contiguous memory.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Stored")]
pub struct Preparation {
    centre: Vec<f32>,
    scale: Vec<f32>,
    fill: Vec<f32>,
    /// The numbers with an input that indicates missing values.
    indicators: Vec<u32>,
    levels: Vec<Levels>,
    /// By number: the intervals of its further inputs; empty without such inputs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pieces: Vec<Pieces>,
    n_inputs: usize,
}

/// The inputs of one categorical column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Levels {
    /// By label: the input that is 1 for it, if it occurs in the training rows.
    inputs: Vec<Option<u32>>,
    /// The input that is 1 where the category is missing.
    missing: Option<u32>,
}

impl Preparation {
    /// Learns from `features` at `train_rows`, which must be rows of them. Reads each training row
    /// twice.
    pub fn fit(features: &Features, train_rows: &[u32], scaling: Scaling) -> Self {
        let columns = Moments::of(features, train_rows);
        let shifts = features.schema().numbers().map(|(_, shift)| shift);
        let scales: Vec<Scale> = columns
            .iter()
            .zip(shifts)
            .map(|(moments, shift)| Scale::new(moments, scaling, shift))
            .collect();

        let n = train_rows.len() as u32;
        // Where none or all are missing, an indicator would be constant.
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
            pieces: Vec::new(),
            n_inputs,
        }
    }

    /// Spreads each number over at most `bins` further inputs as well, one for each interval
    /// between quantiles of the training rows: −1 below the interval, 1 above it, linear between,
    /// 0 if the number is missing. A column of few distinct numbers has fewer intervals, and one of
    /// two numbers none. 0 bins change nothing.
    #[must_use]
    pub fn with_pieces(mut self, features: &Features, train_rows: &[u32], bins: u32) -> Self {
        if bins > 0 {
            let of = |column| Pieces::fit(features, train_rows, column, bins as usize);
            self.pieces = (0..self.centre.len()).map(of).collect();
            self.n_inputs += self.n_pieces();
        }
        self
    }

    /// Number of inputs over which numbers are spread.
    fn n_pieces(&self) -> usize {
        self.pieces.iter().map(Pieces::len).sum()
    }

    /// Number of inputs of a prepared row.
    pub fn n_inputs(&self) -> usize {
        self.n_inputs
    }

    /// Writes prepared `rows` into `out`, row by row: `rows.len()` × [`n_inputs`](Self::n_inputs)
    /// numbers.
    ///
    /// Pure and without allocation.
    ///
    /// # Panics
    ///
    /// If `out` has another length, if a row is not in `features`, or if these have another schema
    /// than the fitted ones (see [`fits`](Self::fits)).
    pub fn gather(&self, features: &Features, rows: &[u32], out: &mut [f32]) {
        assert_eq!(out.len(), rows.len() * self.n_inputs, "one input row for each row");
        for (&row, out) in rows.iter().zip(out.chunks_exact_mut(self.n_inputs.max(1))) {
            let numbers = features.numbers(row);
            let (scaled, rest) = out.split_at_mut(self.centre.len());
            // Without missing numbers the loop has no branches and can be vectorised.
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
            if !self.pieces.is_empty() {
                self.spread(numbers, out);
            }
        }
    }

    fn spread(&self, numbers: &[f32], out: &mut [f32]) {
        let mut left = &mut out[self.n_inputs - self.n_pieces()..];
        for (&number, pieces) in numbers.iter().zip(&self.pieces) {
            let (here, after) = left.split_at_mut(pieces.len());
            pieces.write(number, here);
            left = after;
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
            let input = if code == MISSING {
                levels.missing
            } else {
                levels.inputs.get(code as usize).copied().flatten()
            };
            if let Some(input) = input {
                out[input as usize] = 1.0;
            }
        }
    }

    pub(super) fn scales(&self) -> impl Iterator<Item = (f32, f32, f32)> {
        self.centre
            .iter()
            .zip(&self.scale)
            .zip(&self.fill)
            .map(|((&centre, &scale), &fill)| (centre, scale, fill))
    }

    pub(super) fn indicators(&self) -> &[u32] {
        &self.indicators
    }

    /// By number; empty if numbers are not spread.
    pub(super) fn pieces(&self) -> &[Pieces] {
        &self.pieces
    }

    pub(super) fn levels(&self) -> &[Levels] {
        &self.levels
    }
}

impl Levels {
    /// Returns the codes that occur in the training rows, in the order of their inputs.
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

/// `(x − centre) · factor`, and the value for a missing x.
struct Scale {
    centre: f32,
    factor: f32,
    fill: f32,
}

impl Scale {
    const CONSTANT: Self = Self { centre: 0.0, factor: 0.0, fill: 0.0 };

    fn new(column: &Moments, scaling: Scaling, shift: f64) -> Self {
        if column.n == 0 || column.least >= column.most {
            return Self::CONSTANT;
        }

        let (centre, unit) = match scaling {
            Scaling::Standard => (column.mean, column.variance.sqrt()),
            Scaling::MinMax => {
                (column.least.into(), f64::from(column.most) - f64::from(column.least))
            }
            Scaling::None => (-shift, 1.0),
        };

        let (centre, factor) = (centre as f32, (1.0 / unit) as f32);
        // A spread below single precision counts as constant.
        if !factor.is_normal() {
            return Self::CONSTANT;
        }

        let fill = match scaling {
            Scaling::Standard => 0.0,
            Scaling::MinMax | Scaling::None => (column.mean as f32 - centre) * factor,
        };

        Self { centre, factor, fill }
    }
}

/// Assigns an input from `n_inputs` on to each label that occurs, column by column.
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

    // Categories without a training row get no input: its weight would never be trained.
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

/// A preparation as stored in a file, before it is checked.
#[derive(Deserialize)]
struct Stored {
    centre: Vec<f32>,
    scale: Vec<f32>,
    fill: Vec<f32>,
    indicators: Vec<u32>,
    levels: Vec<Levels>,
    #[serde(default)]
    pieces: Vec<Pieces>,
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
        let Stored { centre, scale, fill, indicators, levels, pieces, n_inputs } = stored;
        let n_numbers = centre.len();
        let holds = |part, holds: bool| {
            if holds { Ok(()) } else { Err(Contradiction { part }) }
        };

        // A stored model may be damaged or edited: positions out of range would panic when it
        // predicts.
        holds("lengths", scale.len() == n_numbers && fill.len() == n_numbers)?;
        holds("scales", centre.iter().chain(&scale).chain(&fill).all(|number| number.is_finite()))?;
        holds("indicators", indicators.iter().all(|&number| (number as usize) < n_numbers))?;
        holds("pieces", pieces.is_empty() || pieces.len() == n_numbers)?;
        let first = n_numbers + indicators.len();
        let n_pieces = pieces.iter().map(Pieces::len).sum::<usize>();
        let end = n_inputs.checked_sub(n_pieces).ok_or(Contradiction { part: "inputs" })?;

        let are_in_turn = {
            let used =
                levels.iter().flat_map(|levels| levels.inputs.iter().chain([&levels.missing]));
            used.flatten().copied().eq((first..end).map(|input| input as u32))
        };

        holds("inputs", first <= end && are_in_turn)?;
        Ok(Self { centre, scale, fill, indicators, levels, pieces, n_inputs })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Dataset, ReadOptions, Roles, Schema, Table};
    use crate::prepare::{Encoding, Input};

    fn dataset(text: &str) -> Dataset {
        let table = Table::read(text.as_bytes(), &ReadOptions::default()).unwrap();
        Dataset::new(table, &Roles { target: "y".to_owned(), ..Roles::default() }).unwrap()
    }

    fn prepared(preparation: &Preparation, data: &Dataset, rows: &[u32]) -> Vec<Vec<f32>> {
        let n = preparation.n_inputs();
        let mut out = vec![f32::NAN; rows.len() * n];
        preparation.gather(data.features(), rows, &mut out);
        out.chunks(n).map(<[f32]>::to_vec).collect()
    }

    const MIXED: &str = "a,b,c,d,y\n\
        1,10,red,,0\n\
        2,,green,p,1\n\
        3,30,,q,0\n\
        6,10,red,p,1\n\
        ,20,blue,q,0\n\
        100,,,,1\n";

    #[test]
    fn each_input_is_what_it_says() {
        let data = dataset(MIXED);
        let preparation = Preparation::fit(data.features(), &[0, 1, 2, 3], Scaling::MinMax);
        let inputs = preparation.inputs(data.features().schema());
        let is = |feature: &str, source| Input { feature: feature.into(), source };
        let label = |feature, label: &str| is(feature, Encoding::Is { label: label.into() });
        let number = |centre, scale, fill| Encoding::Number { shift: 0.0, centre, scale, fill };
        assert_eq!(
            inputs,
            [
                is("a", number(1.0, 0.2, 0.4)),
                is("b", number(10.0, 0.05, (50.0_f32 / 3.0 - 10.0) * 0.05)),
                is("b", Encoding::IsMissingNumber),
                label("c", "green"),
                label("c", "red"),
                is("c", Encoding::IsMissingCategory),
                label("d", "p"),
                label("d", "q"),
                is("d", Encoding::IsMissingCategory),
            ]
        );
        let rows = prepared(&preparation, &data, &[0, 1, 2]);
        let fill = (50.0_f32 / 3.0 - 10.0) * 0.05;
        assert_eq!(rows[0], [0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0]);
        assert_eq!(rows[1], [0.2, fill, 1.0, 1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);
        assert_eq!(rows[2], [0.4, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 1.0, 0.0]);
    }

    #[test]
    fn what_training_did_not_show_is_defined() {
        let data = dataset(MIXED);
        let preparation = Preparation::fit(data.features(), &[0, 3], Scaling::Standard);
        // a: 1 and 6; b: constant; c: red alone; d: missing and p.
        let rows = prepared(&preparation, &data, &[4, 5]);
        assert_eq!(preparation.n_inputs(), 5);
        assert_eq!(
            rows[0],
            [0.0, 0.0, 0.0, 0.0, 0.0],
            "missing number: mean; unseen labels: all 0"
        );
        assert_eq!(
            rows[1],
            [(100.0 - 3.5) * 0.4, 0.0, 0.0, 0.0, 1.0],
            "missing c never seen: all 0; missing d: seen"
        );
    }

    #[test]
    fn rows_outside_training_do_not_enter() {
        let text = |last: &str| {
            let rows = (0..40).fold("a,t,c,y\n".to_owned(), |text, row| {
                text + &format!(
                    "{},{},{},{}\n",
                    row * row % 17,
                    1_700_000_000 + row * 60,
                    ["u", "v"][row % 2],
                    row % 2
                )
            });
            rows + last
        };
        let train: Vec<u32> = (0..40).collect();
        let one = dataset(&text("3,1700000000,u,0\n4,1700000100,v,1\n"));
        let other = dataset(&text("1e20,5,zebra,1\n,,,0\n"));
        for scaling in [Scaling::Standard, Scaling::MinMax, Scaling::None] {
            let (a, b) = (
                Preparation::fit(one.features(), &train, scaling),
                Preparation::fit(other.features(), &train, scaling),
            );
            let bits = |rows: Vec<Vec<f32>>| -> Vec<u32> {
                rows.concat().into_iter().map(f32::to_bits).collect()
            };
            assert_eq!(a.inputs(one.features().schema()), b.inputs(other.features().schema()));
            assert_eq!(bits(prepared(&a, &one, &train)), bits(prepared(&b, &other, &train)));
        }
    }

    #[test]
    fn unscaled_numbers_are_as_they_stand_even_when_shifted() {
        let rows = (0..50).fold("t,y\n".to_owned(), |text, row| {
            text + &format!("{},{}\n", 2_000_000 + row, row % 2)
        });
        let data = dataset(&rows);
        assert!(data.features().schema().numbers().all(|(_, shift)| shift != 0.0));
        let preparation = Preparation::fit(data.features(), &[0, 1, 2], Scaling::None);
        assert_eq!(prepared(&preparation, &data, &[0, 49]), [[2_000_000.0], [2_000_049.0]]);
    }

    #[test]
    fn constant_and_wholly_missing_columns_become_zero() {
        let data = dataset("a,b,x,y\n0.1,,1,0\n0.1,,2,1\n0.1,,3,0\n7,8,4,1\n");
        for scaling in [Scaling::Standard, Scaling::MinMax, Scaling::None] {
            let preparation = Preparation::fit(data.features(), &[0, 1, 2], scaling);
            assert_eq!(preparation.n_inputs(), 3);
            for row in prepared(&preparation, &data, &[0, 3]) {
                assert_eq!(row[..2], [0.0, 0.0]);
            }
        }
    }

    #[test]
    fn a_preparation_survives_its_stored_form() {
        let data = dataset(MIXED);
        let preparation = Preparation::fit(data.features(), &[0, 1, 2, 3], Scaling::Standard);
        let text = serde_json::to_string(&preparation).unwrap();
        assert_eq!(serde_json::from_str::<Preparation>(&text).unwrap(), preparation);
        let schema = serde_json::to_string(data.features().schema()).unwrap();
        let schema: Schema = serde_json::from_str(&schema).unwrap();
        assert_eq!(&schema, data.features().schema());
        assert!(preparation.fits(&schema));
        assert!(!preparation.fits(&Schema::default()));
    }

    #[test]
    fn spread_numbers_come_last_and_survive_the_stored_form() {
        let data = dataset(MIXED);
        let plain = Preparation::fit(data.features(), &[0, 1, 2, 3], Scaling::Standard);
        let spread = plain.clone().with_pieces(data.features(), &[0, 1, 2, 3], 3);
        // a: 1, 2, 3, 6; b: 10, 10, 30, of which the quantiles are two numbers.
        assert_eq!((plain.n_inputs(), spread.n_inputs()), (9, 12));
        let rows = [0, 3, 4];
        let before = prepared(&plain, &data, &rows);
        let after = prepared(&spread, &data, &rows);
        for (before, after) in before.iter().zip(&after) {
            assert_eq!(before[..], after[..9]);
        }
        let last: Vec<&[f32]> = after.iter().map(|row| &row[9..]).collect();
        assert_eq!(last, [&[-1.0, -1.0, -1.0], &[1.0, 1.0, 1.0], &[0.0, 0.0, 0.0]]);

        let inputs = spread.inputs(data.features().schema());
        assert_eq!(inputs[..9], plain.inputs(data.features().schema()));
        let piece = |low, slope| Encoding::Piece { shift: 0.0, low, slope };
        let sources: Vec<Encoding> = inputs[9..].iter().map(|input| input.source.clone()).collect();
        assert_eq!(sources, [piece(1.0, 2.0), piece(2.0, 2.0), piece(3.0, 2.0 / 3.0)]);
        assert!(inputs[9..].iter().all(|input| input.feature == "a"));

        let text = serde_json::to_string(&spread).unwrap();
        assert_eq!(serde_json::from_str::<Preparation>(&text).unwrap(), spread);
        assert!(!serde_json::to_string(&plain).unwrap().contains("pieces"));
    }

    #[test]
    fn a_damaged_stored_form_is_refused() {
        let data = dataset(MIXED);
        let preparation = Preparation::fit(data.features(), &[0, 1, 2, 3], Scaling::Standard);
        let whole = serde_json::to_value(&preparation).unwrap();
        for (part, value) in [
            ("n_inputs", serde_json::json!(1_000_000)),
            ("scale", serde_json::json!([1.0])),
            ("indicators", serde_json::json!([7])),
            ("levels", serde_json::json!([])),
            ("pieces", serde_json::json!([[0.0, 1.0], [1.0, 0.0]])),
            ("pieces", serde_json::json!([[0.0, 1.0, 2.0]])),
        ] {
            let mut damaged = whole.clone();
            damaged[part] = value;
            assert!(serde_json::from_value::<Preparation>(damaged).is_err(), "{part}");
        }
    }
}
