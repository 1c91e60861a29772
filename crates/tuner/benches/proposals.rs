//! Times one proposal of the Gaussian process, alone on one core: `just bench-proposals`.
//!
//! A space of seven dimensions, and histories of 50 to 10 000 known trials whose losses are a bowl
//! with some noise. The median is of proposals that find θ stored, the worst that of one that has
//! to fit it. Prints `tune,known,median ms,with a fit ms,peak MiB` (the peak is the process's so
//! far), the same with experience, as many terms as are left of the trainer's in such a space, and
//! without it in sixty dimensions.
//! Numbers as arguments choose sizes.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark prints, and fails loudly"
)]

use std::sync::Arc;

use rustix::time::{ClockId, clock_gettime};
use tuner::prior::{Curve, LossScale, Noise, PriorMean, RampScale, Term, Variable};
use tuner::search::{Fitted, Method, Request, Setup};
use tuner::seed::Streams;
use tuner::space::{Config, Domain, Parameter, Scale, Space};
use tuner::trial::{History, Origin, Outcome, State};

const SIZES: [usize; 4] = [50, 200, 1000, 10_000];
/// Proposals at most, and what they may know together.
const PROPOSALS: usize = 500;
const WORK: usize = 50_000;
const FITS: usize = 5;
const CUBICS: usize = 11;

fn main() {
    let wanted: Vec<usize> =
        std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    println!("processor: {}", processor());
    println!("tune,known,median ms,with a fit ms,peak MiB");
    let kinds = [
        ("tune", space(), None),
        ("tune with a prior mean", space(), Some(prior_mean())),
        ("tune in 60 dimensions", wide_space(), None),
    ];
    for n_known in SIZES.into_iter().filter(|n| wanted.is_empty() || wanted.contains(n)) {
        let mut fits = [const { Vec::new() }; 3];
        let mut others = [const { Vec::new() }; 3];
        let mut stored: [Vec<Vec<Fitted>>; 3] = [const { Vec::new() }; 3];
        let n_proposals = (WORK / n_known).clamp(FITS, PROPOSALS);
        // In turns, so that what disturbs the machine disturbs both.
        for (index, (kind, (_, space, prior_mean))) in
            (0..n_proposals).flat_map(|i| kinds.iter().enumerate().map(move |k| (i, k)))
        {
            let seed = index % FITS;
            // Two numbers in turn: with experience proposals follow different criteria.
            let setup = Setup { space, startup: 6, prior_mean: prior_mean.as_ref() };
            let history = history(space, n_known + index % 2, seed as u64);
            if index < FITS {
                let (seconds, fitted) = propose(&setup, &history, seed as u64, &[]);
                fits[kind].push(seconds);
                stored[kind].push(fitted);
            }
            others[kind].push(propose(&setup, &history, index as u64, &stored[kind][seed]).0);
        }
        for (kind, (name, ..)) in kinds.iter().enumerate() {
            fits[kind].sort_by(f64::total_cmp);
            others[kind].sort_by(f64::total_cmp);
            println!(
                "{name},{n_known},{:.2},{:.2},{:.0}",
                1e3 * others[kind][n_proposals / 2],
                1e3 * fits[kind][FITS - 1],
                peak_mebibytes().unwrap_or(f64::NAN)
            );
        }
    }
}

/// Proposes once with a fresh sampler; returns the seconds of processor time, and the fits made on
/// the way.
fn propose(
    setup: &Setup<'_>,
    history: &History,
    seed: u64,
    fitted: &[Fitted],
) -> (f64, Vec<Fitted>) {
    let mut sampler = Method::BAYES.build(setup).unwrap();
    let begin = processor_seconds();
    let request = Request { space: setup.space, history, streams: Streams::new(seed), fitted };
    let suggestion = sampler.propose(&request).unwrap().unwrap();
    (processor_seconds() - begin, suggestion.fitted)
}

/// The space of `crates/cli/benches/peers/proposals.py`.
fn space() -> Space {
    let float = |name: &str, low, high, scale| {
        Parameter::new(name, Domain::Float { low, high, scale, step: None })
    };
    let int = |name: &str, low, high, scale| {
        Parameter::new(name, Domain::Int { low, high, scale, step: 1 })
    };
    let parameters = vec![
        int("batch_size", 16, 512, Scale::Log),
        float("learning_rate", 1e-4, 1e-1, Scale::Log),
        float("momentum", 0.1, 0.99, Scale::Linear),
        float("weight_decay", 1e-5, 1e-1, Scale::Linear),
        int("n_layers", 1, 5, Scale::Linear),
        int("max_units", 64, 1024, Scale::Log),
        float("max_dropout", 0.0, 1.0, Scale::Linear),
    ];
    Space::new(parameters, &[]).unwrap()
}

/// Sixty numbers.
fn wide_space() -> Space {
    let domain = Domain::Float { low: 0.0, high: 1.0, scale: Scale::Linear, step: None };
    let parameters = (0..60).map(|i| Parameter::new(format!("x{i}"), domain.clone()));
    Space::new(parameters.collect(), &[]).unwrap()
}

/// A polynomial in all seven parameters: all squares and products, and some cubics, 47 terms. So
/// many, and so few that join parameters, are left of the trainer's experience where such a space
/// is searched.
fn prior_mean() -> PriorMean {
    let variable = |parameter: &Parameter| {
        let (low, high) = match parameter.domain {
            Domain::Float { low, high, .. } => (low, high),
            Domain::Int { low, high, .. } => (low as f64, high as f64),
            _ => (0.0, 1.0),
        };
        let curve = Curve::Ramp { scale: RampScale::Linear, low, high };
        Variable { parameter: parameter.name.clone(), curve, absent: 0.0 }
    };
    let variables: Vec<Variable> = space().parameters().iter().map(variable).collect();
    let n = variables.len();
    let mut factors: Vec<Vec<usize>> = vec![Vec::new()];
    factors.extend((0..n).map(|a| vec![a]));
    factors.extend((0..n).flat_map(|a| (a..n).map(move |b| vec![a, b])));
    factors.extend((0..n).flat_map(|a| (a + 1..n).map(move |b| vec![a, a, b])).take(CUBICS));
    let term = |(number, factors)| Term {
        coefficient: 0.1 * ((number * 31) % 17) as f64 / 17.0 - 0.05,
        factors,
    };
    let terms = factors.into_iter().enumerate().map(term).collect();
    PriorMean {
        variables,
        terms,
        scale: LossScale {
            spread: 0.3,
            spread_sd: 1.0,
            noise: Noise { mean: -3.0, sd: 2.0 },
            residual: 0.4,
            reference: Some((2.0, 0.4)),
        },
        length: 0.2,
    }
}

/// Random trials with known losses: a bowl, and noise of a twentieth of its depth.
fn history(space: &Space, n_known: usize, seed: u64) -> History {
    let mut history = History::new();
    let mut sampler = Method::SOBOL.build(&Setup::new(space, 0)).unwrap();
    for number in 0..n_known {
        let request =
            Request { space, history: &history, streams: Streams::new(seed), fitted: &[] };
        let config = sampler.propose(&request).unwrap().unwrap().config;
        let loss = loss(space, &config, number);
        history.push(Arc::new(config), Origin::Sobol);
        history
            .reveal(number, Outcome { state: State::Ok, losses: [loss].into(), predicted: None });
    }
    history
}

fn loss(space: &Space, config: &Config, number: usize) -> f64 {
    let bowl: f64 = space.encode(config).coordinates.iter().map(|u| (u - 0.4) * (u - 0.4)).sum();
    0.1 + bowl + 0.05 * ((number * 7919) % 101) as f64 / 101.0
}

/// Time on the processor: what other jobs take does not count.
fn processor_seconds() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}

fn processor() -> String {
    let name = |text: String| {
        Some(text.lines().find(|l| l.starts_with("model name"))?.split(": ").nth(1)?.to_owned())
    };
    std::fs::read_to_string("/proc/cpuinfo")
        .ok()
        .and_then(name)
        .unwrap_or_else(|| "unknown".to_owned())
}

fn peak_mebibytes() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let kibibytes: f64 = status
        .lines()
        .find_map(|l| l.strip_prefix("VmHWM:"))?
        .trim()
        .strip_suffix(" kB")?
        .trim()
        .parse()
        .ok()?;
    Some(kibibytes / 1024.0)
}
