//! The time of a judgement of racing, and of the bars of a proposal beside the proposal itself.
//! `cargo bench -p tuner --bench racing`, half a minute on one core.
#![expect(clippy::print_stdout, reason = "a benchmark prints its table")]

use std::hint::black_box;
use std::time::{Duration, Instant};
use tuner::race::{Epochs, Race};
use tuner::search::Method;
use tuner::space::{Config, Domain, Parameter, Scale, Space, Value};
use tuner::store::{MemoryStore, StudyText};
use tuner::study::{Asked, Study, StudySpec};
use tuner::trial::{FoldResult, Look};

const EPOCHS: u32 = 40;
const N_SPLITS: usize = 5;
const MARKS: [u64; 3] = [50, 100, 200];
const N_JUDGED: u32 = 200_000;

fn main() {
    let race = Race {
        risk: 0.05,
        after: 4,
        folds: true,
        at: vec![0.125, 0.25, 0.5],
        epochs: Some(Epochs { total: (None, Some(EPOCHS)), warmup: (None, None) }),
    };
    let range = |i: usize| {
        let domain = Domain::Float { low: 0.0, high: 1.0, scale: Scale::Linear, step: None };
        Parameter::new(format!("x{i}"), domain)
    };
    let space = Space::new((0..7).map(range).collect(), &[]).expect("the space is valid");
    let spec = StudySpec::new(space, Method::BAYES, 10_000);
    let spec = StudySpec { n_splits: N_SPLITS, race: Some(race), ..spec };
    let mut study = Study::create(Box::new(MemoryStore::new()), StudyText::default(), spec)
        .expect("the space can be searched");

    println!(
        "trials  proposal  its bars  ratio  judged by epoch  judged by folds   (medians of 10)"
    );
    for mark in MARKS {
        while (study.slots().len() as u64) < mark - 10 {
            trial(&mut study);
        }
        let mut times: [Vec<Duration>; 2] = [Vec::new(), Vec::new()];
        for _ in 0..10 {
            let (asked, bars) = trial(&mut study);
            times[0].push(asked);
            times[1].push(bars);
        }
        let [asked, bars] = times.map(|mut times| {
            times.sort_unstable();
            times[times.len() / 2].as_secs_f64()
        });
        let ratio = 1.0 + bars / asked;
        let (epoch, folds) = judged(&study, mark - 1);
        println!(
            "{mark:6} {:7.2}ms {:7.3}ms {ratio:6.3} {epoch:13.2}µs {folds:14.2}µs",
            1e3 * asked,
            1e3 * bars
        );
    }
}

/// Runs one trial; returns the times of its proposal and of its bars.
fn trial(study: &mut Study) -> (Duration, Duration) {
    let start = Instant::now();
    let Ok(Asked::Trial(trial)) = study.ask(0.0) else { panic!("a trial is proposed") };
    let asked = start.elapsed();
    let start = Instant::now();
    black_box(study.race_of(trial));
    let bars = start.elapsed();

    let loss = bowl(&study.slot(trial).expect("it was proposed").config);
    for split in 0..N_SPLITS {
        let end = loss * (1.0 + 0.2 * split as f64) + 0.01 * ((trial * 7 + 3) % 5) as f64;
        let mut goes_on = true;
        for epoch in [3, 5, 10, 20] {
            let left = f64::from(EPOCHS - epoch) / f64::from(EPOCHS);
            let told = (epoch, end * (1.0 + left * (1.0 + 0.02 * (trial % 7) as f64)));
            goes_on =
                goes_on && matches!(study.tell_epoch(trial, Some(split), told, 0.0), Ok(true));
        }
        if !goes_on {
            break;
        }
        let told = study.tell(trial, Some(split), &FoldResult::from_loss(end), 0.0);
        assert!(told.is_ok(), "{told:?}");
    }
    (asked, bars)
}

/// A quadratic function of all parameters.
fn bowl(config: &Config) -> f64 {
    let at = |i: usize| config.get(i).and_then(Value::as_number).unwrap_or(0.0);
    0.1 + (0..7).map(|i| (at(i) - 0.1 * i as f64).powi(2)).sum::<f64>()
}

/// Returns the time of a judgement in µs, by a learning curve and by the first folds.
fn judged(study: &Study, trial: u64) -> (f64, f64) {
    let bars = study.race_of(trial).and_then(|race| race.bars).expect("there are bars");
    let micros = |judge: &dyn Fn(f64) -> bool| {
        let start = Instant::now();
        for i in 0..N_JUDGED {
            black_box(judge(0.2 + 1e-6 * f64::from(i)));
        }
        1e6 * start.elapsed().as_secs_f64() / f64::from(N_JUDGED)
    };
    let by_epoch = |at: f64| {
        let look = Look { rung: 1, loss: at, halfway: 1.3 * at };
        bars.judge_epoch(0, &look).is_some()
    };
    (micros(&by_epoch), micros(&|at| bars.judge_folds(&[at, 1.2 * at]).is_some()))
}
