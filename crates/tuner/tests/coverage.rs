//! Coverage of the statistics where the truth is known: a small, fixed-seed version of
//! `benches/truth`.

#[path = "../benches/truth/rates.rs"]
mod rates;
#[path = "../benches/truth/regression.rs"]
mod regression;
#[path = "../benches/truth/world.rs"]
mod world;

use rates::{coverage, false_alarms, false_alarms_of_fits};
use world::{Gaps, Noise, Shape};

/// Studies per scenario; the standard error of a rate of 5 % is 1 %.
const N_STUDIES: usize = 400;
/// Three standard errors above 5 %.
const CEILING: f64 = 0.08;

const SHAPE: Shape = Shape { n_trials: 20, folds: 5, repeats: 1 };

#[test]
fn the_best_set_holds_the_true_best() {
    let kinds = [
        (Noise::Equal, Gaps::None),
        (Noise::Equal, Gaps::Adaptive),
        (Noise::NearlyDiverged, Gaps::None),
        (Noise::Restless, Gaps::Close),
        (Noise::Uneven, Gaps::None),
        (Noise::NoisyBest, Gaps::Close),
        (Noise::HeavyTails, Gaps::None),
        (Noise::Skewed, Gaps::None),
    ];
    for (scenario, (noise, gaps)) in kinds.into_iter().enumerate() {
        let found = coverage(scenario as u64, N_STUDIES, SHAPE, gaps, noise);
        assert!(found.missed <= CEILING, "{noise:?} {gaps:?}: missed in {}", found.missed);
    }
}

#[test]
fn one_variance_for_all_would_miss_it_among_nearly_diverged_trials() {
    let shape = Shape { n_trials: 100, ..SHAPE };
    let found = coverage(0, N_STUDIES, shape, Gaps::None, Noise::NearlyDiverged);
    assert!(
        found.missed <= CEILING && found.missed_by_one_variance > 0.2,
        "{}",
        found.missed_by_one_variance
    );
}

#[test]
fn the_best_set_leaves_out_what_is_clearly_worse() {
    for noise in [Noise::Equal, Noise::Ruined] {
        let found = coverage(0, N_STUDIES, SHAPE, Gaps::FewGood, noise);
        assert!(found.size < 0.5, "{noise:?}: {} of the trials", found.size);
    }
}

#[test]
fn fresh_losses_rarely_call_equal_winners_different() {
    for (repeats, n_tried) in [(1, [1, 1]), (5, [1, 1]), (5, [5, 100])] {
        let rate = false_alarms(repeats as u64, N_STUDIES, SHAPE, n_tried, repeats);
        assert!(rate <= CEILING, "{repeats} repeats, {n_tried:?} trials: {rate}");
    }
    let rate = false_alarms_of_fits(0, N_STUDIES, 60, 5, 2);
    assert!(rate <= CEILING, "real cross-validation: {rate}");
}
