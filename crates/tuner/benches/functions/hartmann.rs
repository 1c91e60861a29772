//! The Hartmann function in six dimensions (Dixon and Szegö 1978).

/// Returns the sum of four wells, 3.322368 at its greatest. `exp` is the caller's exponential: the
/// last bit of the standard library's depends on the platform, and printed figures on that bit.
pub(crate) fn wells(x: &[f64], exp: fn(f64) -> f64) -> f64 {
    const DEPTHS: [f64; 4] = [1.0, 1.2, 3.0, 3.2];
    const WIDTHS: [[f64; 6]; 4] = [
        [10.0, 3.0, 17.0, 3.5, 1.7, 8.0],
        [0.05, 10.0, 17.0, 0.1, 8.0, 14.0],
        [3.0, 3.5, 1.7, 10.0, 17.0, 8.0],
        [17.0, 8.0, 0.05, 10.0, 0.1, 14.0],
    ];
    const PLACES: [[f64; 6]; 4] = [
        [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886],
        [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
        [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650],
        [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
    ];

    let well = |i: usize| {
        let square = |j: usize| WIDTHS[i][j] * (x[j] - PLACES[i][j]) * (x[j] - PLACES[i][j]);
        DEPTHS[i] * exp(-(0..6).map(square).sum::<f64>())
    };
    (0..4).map(well).sum()
}
