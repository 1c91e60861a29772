//! The error rates of the statistics, by simulation: `just bench-truth`.
//!
//! Prints, for simulated studies whose truth is known, how often the trials tied for best lack the
//! true best and how many they are, and how often the test of fresh winners reports a difference
//! where there is none. Both rates should be at most 5 %. Then, for functions whose analysis of
//! variance is computed, the errors of the effects of `importance`. Takes some minutes; every run
//! prints the same numbers.
//! One part alone: `cargo bench -p tuner --bench truth -- importance` (or `coverage`, `alarms`).

#![expect(clippy::print_stdout, reason = "a benchmark prints its table")]

mod anova;
mod functions;
#[path = "../functions/hartmann.rs"]
mod hartmann;
mod rates;
mod regression;
mod world;

use rates::{Coverage, coverage, false_alarms, false_alarms_of_fits};
use rayon::prelude::*;
use world::{Gaps, Noise, Shape};

const N_STUDIES: usize = 4000;
const N_COMPARISONS: usize = 20_000;

const SHAPES: [Shape; 6] = [
    Shape { n_trials: 5, folds: 5, repeats: 1 },
    Shape { n_trials: 20, folds: 3, repeats: 1 },
    Shape { n_trials: 20, folds: 5, repeats: 1 },
    Shape { n_trials: 20, folds: 5, repeats: 3 },
    Shape { n_trials: 20, folds: 10, repeats: 1 },
    Shape { n_trials: 100, folds: 5, repeats: 1 },
];

const NOISES: [Noise; 8] = [
    Noise::Equal,
    Noise::NearlyDiverged,
    Noise::Ruined,
    Noise::Restless,
    Noise::Uneven,
    Noise::NoisyBest,
    Noise::HeavyTails,
    Noise::Skewed,
];

const FOLDS: [usize; 3] = [3, 5, 10];

const REPEATS: [usize; 4] = [1, 2, 5, 10];

const GAPS: [Gaps; 4] = [Gaps::None, Gaps::FewGood, Gaps::Close, Gaps::Adaptive];

fn main() {
    let parts: Vec<String> =
        std::env::args().skip(1).filter(|arg| !arg.starts_with("--")).collect();
    let is_wanted = |part: &str| parts.is_empty() || parts.iter().any(|wanted| wanted == part);

    if is_wanted("coverage") {
        print_coverage();
    }
    if is_wanted("alarms") {
        print_false_alarms();
        print_false_alarms_of_fits();
    }
    if is_wanted("importance") {
        anova::print_importance();
    }
}

fn print_coverage() {
    println!(
        "ties: studies whose set lacks the true best, in % (if all had one variance), and mean size of"
    );
    println!(
        "the set in % of the trials. {N_STUDIES} studies a cell: standard error {:.2} at 5 %.\n",
        error(N_STUDIES)
    );
    print!("{:16}{:10}", "noise", "gaps");
    for shape in SHAPES {
        print!("  {:>18}", format!("m={} {}x{}", shape.n_trials, shape.folds, shape.repeats));
    }
    println!();
    let kinds: Vec<(Noise, Gaps)> =
        NOISES.iter().flat_map(|&noise| GAPS.map(|gaps| (noise, gaps))).collect();
    let rows: Vec<Vec<Coverage>> =
        kinds.par_iter().enumerate().map(|(i, kind)| coverage_row(i, *kind)).collect();
    for ((noise, gaps), row) in kinds.iter().zip(&rows) {
        print!("{:16}{:10}", format!("{noise:?}"), format!("{gaps:?}"));
        for cell in row {
            let (missed, one) = (100.0 * cell.missed, 100.0 * cell.missed_by_one_variance);
            print!("  {missed:5.2} ({one:5.2}) {:4.0}", 100.0 * cell.size);
        }
        println!();
    }
    let worst = rows.iter().flatten().map(|cell| cell.missed).fold(0.0, f64::max);
    println!("\nworst: {:.2} %\n", 100.0 * worst);
}

fn coverage_row(row: usize, (noise, gaps): (Noise, Gaps)) -> Vec<Coverage> {
    let cell = |(column, &shape)| {
        coverage((row * SHAPES.len() + column) as u64, N_STUDIES, shape, gaps, noise)
    };
    SHAPES.iter().enumerate().map(cell).collect()
}

fn print_false_alarms() {
    println!(
        "compare --fresh R, winners that are equally good: called different, in %. New splits are of the same rows,"
    );
    println!(
        "so selection bias within them remains: a winner of 100 trials is favoured against one of 5, and more against a single trial."
    );
    println!(
        "{N_COMPARISONS} comparisons a cell: standard error {:.2} at 5 %.\n",
        error(N_COMPARISONS)
    );
    println!("{:>6} {:>18} {}", "folds", "trials of A, of B", repeats_line());
    for folds in FOLDS {
        for n_tried in [[1, 1], [20, 20], [20, 60], [5, 100], [1, 100]] {
            let search = Shape { n_trials: n_tried[0], folds, repeats: 1 };
            let scenario = 1000 * folds + 10 * (n_tried[0] + n_tried[1]);
            let rates = over_repeats(|repeats| {
                false_alarms((scenario + repeats) as u64, N_COMPARISONS, search, n_tried, repeats)
            });
            println!("{folds:6} {:>18} {rates}", format!("{}, {}", n_tried[0], n_tried[1]));
        }
    }
}

fn print_false_alarms_of_fits() {
    println!(
        "\nThe same for real cross-validation: two least-squares fits, equally good by construction.\n"
    );
    println!("{:>6} {:>18} {}", "folds", "rows", repeats_line());
    for folds in FOLDS {
        for n_rows in [40, 100, 200] {
            let scenario = 100_000 + 1000 * folds + 20 * n_rows;
            let rates = over_repeats(|repeats| {
                false_alarms_of_fits(
                    (scenario + repeats) as u64,
                    N_COMPARISONS,
                    n_rows,
                    folds,
                    repeats,
                )
            });
            println!("{folds:6} {n_rows:>18} {rates}");
        }
    }
}

fn repeats_line() -> String {
    REPEATS.map(|repeats| format!("{:>8}", format!("R={repeats}"))).join(" ")
}

/// The rates, in %, for each number of repeats, side by side.
fn over_repeats(rate: impl Fn(usize) -> f64 + Sync) -> String {
    let rates: Vec<String> =
        REPEATS.par_iter().map(|&repeats| format!("{:8.2}", 100.0 * rate(repeats))).collect();
    rates.join(" ")
}

/// The Monte-Carlo standard error, in %, of a rate of 5 % over `n` draws.
fn error(n: usize) -> f64 {
    100.0 * (0.05 * 0.95 / n as f64).sqrt()
}
