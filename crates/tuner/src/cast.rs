//! Conversions between kinds of numbers that cannot be lossless by type, each with what happens at its ends. Everything
//! else in the crate converts by `From` and `TryFrom`; the lints see to that.

/// A number of something in memory as a position. One that no memory holds becomes one that no list has.
pub(crate) fn position(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// The whole part of a number as a position: 0 for negative numbers and NaN, the largest beyond the largest.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "what lies outside becomes the nearest end, which is what is meant"
)]
pub(crate) fn floor(number: f64) -> usize {
    number as usize
}

/// The whole part of a number: 0 for negative numbers and NaN, the largest beyond the largest.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "what lies outside becomes the nearest end, which is what is meant"
)]
pub(crate) fn floor_u64(number: f64) -> u64 {
    number as u64
}

/// As [`floor_u64`], in 32 bits.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "what lies outside becomes the nearest end, which is what is meant"
)]
pub(crate) fn floor_u32(number: f64) -> u32 {
    number as u32
}

/// The whole part of a number, towards 0: the nearest end for one that lies outside, 0 for NaN.
#[expect(
    clippy::cast_possible_truncation,
    reason = "what lies outside becomes the nearest end, which is what is meant"
)]
pub(crate) fn trunc(number: f64) -> i64 {
    number as i64
}

/// The lowest 64 of 128 bits.
#[expect(clippy::cast_possible_truncation, reason = "the lowest bits are what is meant")]
pub(crate) fn low_bits(number: u128) -> u64 {
    number as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_outside_becomes_the_nearest_end() {
        assert_eq!((floor(-1.5), floor(f64::NAN), floor(2.9), floor(1e300)), (0, 0, 2, usize::MAX));
        assert_eq!((floor_u64(-1.0), floor_u64(1e300)), (0, u64::MAX));
        assert_eq!((floor_u32(-1.0), floor_u32(1e10)), (0, u32::MAX));
        assert_eq!((trunc(-2.9), trunc(-1e300), trunc(f64::NAN)), (-2, i64::MIN, 0));
        assert_eq!((low_bits(u128::MAX), low_bits(1 << 64 | 7)), (u64::MAX, 7));
        assert_eq!(position(3), 3);
    }
}
