//! Compares the effects that importance finds with those of the function itself.

use crate::functions::{FUNCTIONS, Function};
use crate::world::stream;
use rand::RngExt;
use rayon::prelude::*;
use tuner::search::Method;
use tuner::space::Space;
use tuner::store::{MemoryStore, StudyText};
use tuner::study::{Asked, Study, StudySpec};
use tuner::trial::FoldResult;
use tuner::view::Importance;

const N_TRIALS: u64 = 60;
const N_SEEDS: u64 = 5;

/// Levels of an axis, and rows over which each is averaged.
const N_LEVELS: usize = 32;
const N_ROWS: usize = 2048;

/// One main effect, found and true, in per cent of the variance.
struct Case {
    found: f64,
    truth: f64,
    /// The 90 % interval.
    interval: [f64; 2],
    /// The error of the total effect.
    total_error: f64,
}

impl Case {
    /// Whether the interval, widened by this factor on both sides, contains the truth. Half a point
    /// is the rounding of what is shown.
    fn is_covered(&self, factor: f64) -> bool {
        let [low, high] = self.interval.map(|end| self.found + factor * (end - self.found));
        low - 0.5 <= self.truth && self.truth <= high + 0.5
    }
}

pub(crate) fn print_importance() {
    println!(
        "importance: main effects after {N_TRIALS} trials beside those of the function on the scale"
    );
    println!(
        "that was chosen, {N_SEEDS} seeds: error in points, in the median and in nine of ten,"
    );
    println!(
        "and how often the 90 % interval holds the truth; the same errors of total effects.\n"
    );
    for method in [Method::BAYES, Method::RANDOM] {
        println!("{}", method.name());
        let of_function: Vec<Vec<Case>> =
            FUNCTIONS.par_iter().map(|function| cases(function, method)).collect();
        for (function, cases) in FUNCTIONS.iter().zip(&of_function) {
            print_line(function.name, cases.iter());
        }
        print_line("all", of_function.iter().flatten());
        print_wider(&of_function);
    }
}

/// Prints the coverage of wider intervals, for every other function and for the rest.
fn print_wider(of_function: &[Vec<Case>]) {
    for (name, half) in [("one half", 0), ("the other", 1)] {
        let cases = || of_function.iter().skip(half).step_by(2).flatten();
        let n = cases().count() as f64;
        let covered = |factor: f64| {
            let n_covered = cases().filter(|case| case.is_covered(factor)).count() as f64;
            format!("{factor} times as wide {:.1} %", 100.0 * n_covered / n)
        };
        let parts = [1.0, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0].map(covered);
        println!("{name:12} {}", parts.join(", "));
    }
    println!();
}

fn print_line<'a>(name: &str, cases: impl Iterator<Item = &'a Case> + Clone) {
    let errors = sorted(cases.clone().map(|case| (case.found - case.truth).abs()));
    let totals = sorted(cases.clone().map(|case| case.total_error));
    let n_covered = cases.clone().filter(|case| case.is_covered(1.0)).count();
    let covered = 100.0 * n_covered as f64 / errors.len() as f64;
    println!(
        "{name:12} {:5.1} {:5.1}   {covered:5.1} %   total {:5.1} {:5.1}   bias {:+5.1}   n = {}",
        quantile(&errors, 0.5),
        quantile(&errors, 0.9),
        quantile(&totals, 0.5),
        quantile(&totals, 0.9),
        cases.map(|case| case.found - case.truth).sum::<f64>() / errors.len() as f64,
        errors.len()
    );
}

fn sorted(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values
}

fn quantile(sorted: &[f64], p: f64) -> f64 {
    sorted[(p * (sorted.len() - 1) as f64).round() as usize]
}

fn cases(function: &Function, method: Method) -> Vec<Case> {
    let space = (function.space)();
    let truth = Truth::new(function, &space);
    (0..N_SEEDS)
        .flat_map(|seed| {
            let (found, best) = study(function, method, seed);
            truth.cases(&space, &found, best)
        })
        .collect()
}

/// Returns a study's importance and its best loss.
fn study(function: &Function, method: Method, seed: u64) -> (Importance, f64) {
    let spec = StudySpec { seed, ..StudySpec::new((function.space)(), method, N_TRIALS) };
    let mut study = Study::create(Box::new(MemoryStore::new()), StudyText::default(), spec)
        .expect("the space can be searched");
    let mut best = f64::INFINITY;
    while let Asked::Trial(trial) = study.ask(0.0).expect("a trial is proposed") {
        let slot = study.slot(trial).expect("it was proposed");
        let loss = (function.loss)(&slot.config);
        best = best.min(loss);
        study.tell(trial, None, &FoldResult::from_loss(loss), 0.0).expect("it is recorded");
    }
    (study.importance().expect("there are enough trials"), best)
}

/// The losses at random rows, and with each axis moved over its levels and to other values.
struct Truth {
    rows: Vec<f64>,
    /// Whether each axis is active in each row.
    is_active: Vec<Vec<bool>>,
    /// For each axis and level, the losses of the rows moved to that level.
    levels: Vec<Vec<Vec<f64>>>,
    /// For each axis, the losses of the rows with that axis drawn again.
    again: Vec<Vec<f64>>,
}

impl Truth {
    fn new(function: &Function, space: &Space) -> Self {
        let n = space.axes().len();
        let mut rng = stream(1993);
        let draws: Vec<Vec<f64>> =
            (0..N_ROWS).map(|_| (0..=n).map(|_| rng.random::<f64>()).collect()).collect();

        let loss = |row: &[f64]| (function.loss)(&space.draw(row));
        let moved = |axis: usize, to: &dyn Fn(&[f64]) -> f64| -> Vec<f64> {
            let at = |draw: &Vec<f64>| {
                let mut row = draw[..n].to_vec();
                row[axis] = to(draw);
                loss(&row)
            };
            draws.iter().map(at).collect()
        };
        let is_active = |axis: usize| {
            let position = space.axes()[axis];
            draws.iter().map(|draw| space.draw(&draw[..n]).get(position).is_some()).collect()
        };
        let levels = |axis: usize| {
            let middle = |level: usize| (level as f64 + 0.5) / N_LEVELS as f64;
            (0..N_LEVELS).map(|level| moved(axis, &|_| middle(level))).collect()
        };

        Self {
            rows: draws.iter().map(|draw| loss(&draw[..n])).collect(),
            is_active: (0..n).map(is_active).collect(),
            levels: (0..n).map(levels).collect(),
            again: (0..n).map(|axis| moved(axis, &|draw| draw[n])).collect(),
        }
    }

    /// Compares with what a study found, on the scale that it chose.
    fn cases(&self, space: &Space, found: &Importance, best: f64) -> Vec<Case> {
        let shift = found.shift;
        // Below the knee the engine continues the logarithm by its tangent.
        let knee = 0.5 * (best - shift);
        let scaled = |loss: f64| {
            let above = loss - shift;
            if above >= knee { libm::log(above) } else { libm::log(knee) + above / knee - 1.0 }
        };

        let axes = space.axes().iter().enumerate();
        axes.filter_map(|(axis, &position)| {
            let name = &space.parameters()[position].name;
            let effect = found.effects.iter().find(|effect| effect.name == *name)?;
            let active = |losses: &[f64]| -> Vec<f64> {
                let losses = losses.iter().zip(&self.is_active[axis]);
                losses.filter(|(_, active)| **active).map(|(loss, _)| scaled(*loss)).collect()
            };

            let rows = active(&self.rows);
            let whole = variance(&rows);
            let means: Vec<f64> =
                self.levels[axis].iter().map(|losses| mean(&active(losses))).collect();
            let main = 100.0 * variance(&means) / whole;
            let again = active(&self.again[axis]);
            let square = |(a, b): (&f64, &f64)| 0.5 * (a - b) * (a - b);
            let total =
                rows.iter().zip(&again).map(square).sum::<f64>() / rows.len() as f64 / whole;

            Some(Case {
                found: 100.0 * effect.main.value,
                truth: main,
                interval: [effect.main.low, effect.main.high].map(|share| 100.0 * share),
                total_error: 100.0 * (effect.total.value - total).abs(),
            })
        })
        .collect()
    }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn variance(values: &[f64]) -> f64 {
    let centre = mean(values);
    values.iter().map(|v| (v - centre) * (v - centre)).sum::<f64>() / values.len() as f64
}
