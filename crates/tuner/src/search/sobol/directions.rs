//! Direction numbers of the Sobol sequence: primitive polynomials and initial values of Joe and Kuo, Constructing Sobol
//! sequences with better two-dimensional projections, SIAM J. Sci. Comput. 30 (2008), set new-joe-kuo-6.
//!
//! `joe_kuo.bin` holds dimensions 2 to 1,024 of the authors' table, each as little-endian 16-bit numbers: the degree s,
//! the polynomial's inner coefficients a, and m₁ … mₛ. Their licence (BSD) is `joe_kuo.licence.txt`.

use crate::cast;

/// The number of dimensions that the table serves.
pub(super) const MAX_DIMENSIONS: usize = 1024;

/// Digits of an index, and of a direction number that matter to it: indices lie below 2^53.
pub(super) const N_DIGITS: usize = 53;

/// The direction numbers v₁, v₂, … of one dimension as binary fractions of 64 digits.
pub(super) type Directions = [u64; N_DIGITS];

static TABLE: &[u8] = include_bytes!("joe_kuo.bin");

/// Returns the direction numbers of the first `n_dimensions` dimensions, at most [`MAX_DIMENSIONS`].
pub(super) fn directions(n_dimensions: usize) -> Vec<Directions> {
    let mut table =
        TABLE.chunks_exact(2).map(|pair| u64::from(u16::from_le_bytes([pair[0], pair[1]])));
    let mut next = || table.next().expect("the table holds MAX_DIMENSIONS − 1 dimensions");
    let mut all = Vec::with_capacity(n_dimensions);
    for dimension in 0..n_dimensions {
        // Dimension 1 is van der Corput's sequence; the table begins with dimension 2.
        if dimension == 0 {
            all.push(std::array::from_fn(|j| 1 << (63 - j)));
            continue;
        }
        let (degree, coefficients) = (cast::position(next()), next());
        let initial: Vec<u64> = (0..degree).map(|_| next()).collect();
        all.push(recur(coefficients, &initial));
    }
    all
}

/// Continues the initial values by the recurrence of the polynomial whose inner coefficients are a₁ … aₛ₋₁ (Joe and Kuo
/// 2003, equation 2), written for vⱼ = mⱼ / 2ʲ: `v[j] = a[1] v[j−1] ⊕ … ⊕ a[s−1] v[j−s+1] ⊕ v[j−s] ⊕ v[j−s] / 2^s`.
fn recur(coefficients: u64, initial: &[u64]) -> Directions {
    let degree = initial.len();
    let mut v = [0u64; N_DIGITS];
    for j in 0..N_DIGITS {
        v[j] = if j < degree {
            initial[j] << (63 - j)
        } else {
            (1..degree)
                .filter(|i| coefficients >> (degree - 1 - i) & 1 == 1)
                .fold(v[j - degree] ^ (v[j - degree] >> degree), |sum, i| sum ^ v[j - i])
        };
    }
    v
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_ends_where_it_says() {
        assert_eq!(directions(MAX_DIMENSIONS).len(), MAX_DIMENSIONS);
        let mut n_read = 0;
        let mut at = 0;
        while at < TABLE.len() {
            at += 2 * (2 + usize::from(TABLE[at]));
            n_read += 1;
        }
        assert_eq!((n_read, at), (MAX_DIMENSIONS - 1, TABLE.len()));
    }

    #[test]
    fn direction_numbers_are_odd_multiples_of_their_digit() {
        for v in directions(MAX_DIMENSIONS) {
            for (j, v) in v.iter().enumerate() {
                assert_eq!(v.trailing_zeros() as usize, 63 - j);
            }
        }
    }
}
