//! Element-wise passes over a layer's sums outside its product: nonlinear activations and dropout.
#![expect(
    clippy::inline_always,
    reason = "kernels are compiled for the instruction set of their caller"
)]

use super::activation::Activation;
use super::kernels::{
    By, Kernel, LANES, PIECE, Simd, Vector, exp, sigmoid, tail_over_density, tanh,
};

/// Replaces each sum z by f(z) and writes f'(z) to a second buffer; both are whole vectors.
pub(crate) fn activate(by: By, activation: Activation, sums: &mut [f32], slopes: &mut [f32]) {
    by.pieces([sums, slopes], PIECE, |_, [sums, slopes]| {
        by.set.run(Activate { activation, sums, slopes });
    });
}

struct Activate<'a> {
    activation: Activation,
    sums: &'a mut [f32],
    slopes: &'a mut [f32],
}

impl Kernel for Activate<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self) {
        let Self { activation, sums, slopes } = self;
        let [zero, one, hundredth] = [0.0, 1.0, 0.01].map(S::Vector::splat);
        match activation {
            Activation::Linear => each::<S>(sums, slopes, |z| (z, one)),
            Activation::Relu => each::<S>(sums, slopes, |z| piecewise(z, zero)),
            Activation::LeakyRelu => each::<S>(sums, slopes, |z| piecewise(z, hundredth)),
            Activation::Sigmoid => each::<S>(sums, slopes, |z| {
                let y = sigmoid(z);
                (y, y * (one - y))
            }),
            Activation::Tanh => each::<S>(sums, slopes, |z| {
                let y = tanh(z);
                (y, one - y * y)
            }),
            Activation::Elu => each::<S>(sums, slopes, |z| {
                // Near zero e^z − 1 loses digits below 6e-8, which is within the slope's rounding.
                let power = exp(z.at_most(zero));
                (z.if_positive(z, power - one), z.if_positive(one, power))
            }),
            Activation::Gelu => each::<S>(sums, slopes, gelu),
            Activation::Silu => each::<S>(sums, slopes, |z| {
                let share = sigmoid(z);
                let y = z * share;
                (y, share + y * (one - share))
            }),
        }
    }
}

#[inline(always)]
fn each<S: Simd>(
    sums: &mut [f32],
    slopes: &mut [f32],
    f: impl Fn(S::Vector) -> (S::Vector, S::Vector),
) {
    for (sums, slopes) in sums.chunks_exact_mut(LANES).zip(slopes.chunks_exact_mut(LANES)) {
        let (values, slope) = f(Vector::load(sums));
        values.store(sums);
        slope.store(slopes);
    }
}

#[inline(always)]
fn piecewise<V: Vector>(z: V, leak: V) -> (V, V) {
    let slope = z.if_positive(V::splat(1.0), leak);
    (z * slope, slope)
}

/// z Φ(z) and Φ(z) + z φ(z), with Φ(−|z|) = φ(z) times Mills' ratio, which keeps its digits far
/// below zero.
#[inline(always)]
fn gelu<V: Vector>(z: V) -> (V, V) {
    const DENSITY_AT_ZERO: f32 = 0.398_942_3;
    let density = V::splat(DENSITY_AT_ZERO) * exp(V::splat(-0.5) * z * z);
    let tail = density * tail_over_density(z.abs());
    let below = z.if_positive(V::splat(1.0) - tail, tail);
    (z * below, z.mul_add(density, below))
}

/// The units of one layer that some rows drop.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mask<'a> {
    /// A number from the stream of dropout.
    pub key: u64,
    /// The rows' numbers in the data set.
    pub rows: &'a [u32],
    /// The probability to drop, below 1.
    pub probability: f32,
}

impl Mask<'_> {
    /// Zeroes the dropped units and divides the others by the probability to keep them, in panels
    /// of `width` units, each with all rows. A row's mask depends neither on the number of rows nor
    /// on the other rows.
    pub(crate) fn apply(self, by: By, values: &mut [f32], width: usize) {
        self.apply_with_slopes(by, values, &mut [], width);
    }

    /// Does the same to outputs and their slopes.
    pub(crate) fn apply_with_slopes(
        self,
        by: By,
        values: &mut [f32],
        slopes: &mut [f32],
        width: usize,
    ) {
        let panel = (self.rows.len() * width).max(1);
        let whole_panels = PIECE.next_multiple_of(panel);
        by.pieces([values, slopes], whole_panels, |begin, [values, slopes]| {
            let n_before = begin / panel * width;
            by.set.run(Drop { mask: self, values, slopes, width, n_before });
        });
    }
}

struct Drop<'a> {
    mask: Mask<'a>,
    values: &'a mut [f32],
    slopes: &'a mut [f32],
    width: usize,
    /// The units of the panels before these.
    n_before: usize,
}

impl Kernel for Drop<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self) {
        let Mask { key, rows, probability } = self.mask;
        let kept = 1.0 / (1.0 - probability);
        let threshold = (f64::from(probability) * 4_294_967_296.0) as u32;
        let factor = |counter: u32| {
            if hash(counter, key) >= threshold { kept } else { 0.0 }
        };

        let panel = rows.len() * self.width;
        for part in [self.values, self.slopes] {
            for (index, values) in part.chunks_exact_mut(panel.max(1)).enumerate() {
                let before = (self.n_before + index * self.width) as u32;
                for (row, values) in rows.iter().zip(values.chunks_exact_mut(self.width)) {
                    let first = row.wrapping_mul(ROW).wrapping_add(before);
                    for (unit, value) in values.iter_mut().enumerate() {
                        *value *= factor(first.wrapping_add(unit as u32));
                    }
                }
            }
        }
    }
}

/// The distance between the counters of two rows: 2³² over the golden ratio. Its multiples lie far
/// apart, so that two units of a layer share a counter only if there are very many rows.
const ROW: u32 = 0x9e37_79b1;

/// Mixes a counter with a key: Wellons' 32-bit finaliser, found by search (bias 0.17), keyed before
/// and between its rounds. Each layer has one key per epoch.
#[inline(always)]
fn hash(counter: u32, key: u64) -> u32 {
    let mut x = counter.wrapping_add(key as u32);
    x = (x ^ (x >> 16)).wrapping_mul(0x7feb_352d) ^ (key >> 32) as u32;
    x = (x ^ (x >> 15)).wrapping_mul(0x846c_a68b);
    x ^ (x >> 16)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::choice::NamedChoice;
    use crate::network::kernels::InstructionSet;

    fn apply(set: InstructionSet, activation: Activation, points: &[f32]) -> (Vec<f32>, Vec<f32>) {
        let (mut sums, mut slopes) = (points.to_vec(), vec![0.0; points.len()]);
        activate(By { set, hands: None }, activation, &mut sums, &mut slopes);
        (sums, slopes)
    }

    fn exact(activation: Activation, z: f64) -> f64 {
        match activation {
            Activation::Linear => z,
            Activation::Sigmoid => 1.0 / (1.0 + (-z).exp()),
            Activation::Tanh => z.tanh(),
            Activation::Relu => z.max(0.0),
            Activation::LeakyRelu => z.max(0.01 * z),
            Activation::Elu => {
                if z > 0.0 {
                    z
                } else {
                    z.exp_m1()
                }
            }
            Activation::Gelu => z * 0.5 * libm::erfc(-z / 2.0_f64.sqrt()),
            Activation::Silu => z / (1.0 + (-z).exp()),
        }
    }

    #[test]
    fn values_and_slopes_match_the_formulas() {
        let points: Vec<f32> = (-1200..1200).map(|i| i as f32 * 0.01 + 0.003).collect();
        for set in InstructionSet::available() {
            for &(name, activation) in Activation::NAMES {
                let (values, slopes) = apply(set, activation, &points);
                for ((&z, &value), &slope) in points.iter().zip(&values).zip(&slopes) {
                    let z = f64::from(z);
                    let truth = exact(activation, z);
                    assert!(
                        (f64::from(value) - truth).abs() < 1e-6 * truth.abs().max(0.2),
                        "{name} at {z}: {value}"
                    );
                    // Central difference in f64: error of order 1e-10, so the tolerance is that of
                    // f32.
                    let difference =
                        (exact(activation, z + 1e-5) - exact(activation, z - 1e-5)) / 2e-5;
                    assert!(
                        (f64::from(slope) - difference).abs() < 1e-6,
                        "{name}' at {z}: {slope} for {difference}"
                    );
                }
            }
        }
    }

    #[test]
    fn nan_passes_through_every_activation() {
        for set in InstructionSet::available() {
            for &(name, activation) in Activation::NAMES {
                assert!(apply(set, activation, &[f32::NAN; LANES]).0[0].is_nan(), "{name}");
            }
        }
    }

    #[test]
    fn dropout_keeps_the_mean_and_the_share() {
        let mut seen = Vec::new();
        for set in InstructionSet::available() {
            let (mut values, mut slopes) = (vec![1.0; 100_000], vec![2.0; 100_000]);
            let rows: Vec<u32> = (0..2000).collect();
            let mask = Mask { key: 0x1234_5678_9abc_def0, rows: &rows, probability: 0.3 };
            mask.apply_with_slopes(By { set, hands: None }, &mut values, &mut slopes, 50);
            let dropped = values.iter().filter(|&&value| value == 0.0).count();
            // Binomial(100000, 0.3): standard deviation 145.
            assert!(dropped.abs_diff(30_000) < 5 * 145, "{dropped}");
            assert!(values.iter().all(|&value| value == 0.0 || value == 1.0 / 0.7));
            assert!(values.iter().zip(&slopes).all(|(value, slope)| 2.0 * value == *slope));
            seen.push(values);
        }
        assert!(
            seen.windows(2).all(|pair| pair[0] == pair[1]),
            "all instruction sets drop the same"
        );
    }

    #[test]
    fn a_row_loses_the_same_units_of_a_wider_layer_and_in_another_batch() {
        let by = By { set: InstructionSet::available()[0], hands: None };
        let dropped = |rows: &[u32], width: usize| {
            let mut values = vec![1.0; rows.len() * width];
            Mask { key: 0x1234_5678_9abc_def0, rows, probability: 0.5 }.apply(
                by,
                &mut values,
                width,
            );
            let shared =
                values.chunks(width).map(|row| row[..8].iter().map(|v| *v == 0.0).collect());
            shared.collect::<Vec<Vec<bool>>>()
        };
        let rows: Vec<u32> = (100..120).collect();
        let all = dropped(&rows, 8);
        assert_eq!(all, dropped(&rows, 32));
        assert_eq!(all[7..10], dropped(&rows[7..10], 8));
        assert!(all.windows(2).all(|pair| pair[0] != pair[1]));
    }

    #[test]
    fn masks_of_other_keys_are_unrelated() {
        let dropped =
            |key: u64| -> Vec<bool> { (0..20_000).map(|i| hash(i, key) < 1 << 31).collect() };
        for other in [0x9e37_79b9_7f4a_7c15, 0xbf58_476d_1ce4_e5b9, 0x94d0_49bb_1331_11eb] {
            let agree = dropped(0).iter().zip(dropped(other)).filter(|(a, b)| *a == b).count();
            // Binomial(20000, 0.5): standard deviation 71.
            assert!(agree.abs_diff(10_000) < 5 * 71, "key {other}: {agree}");
        }
    }
}
