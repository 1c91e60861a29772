use super::*;
use crate::gp::Embedding;
use crate::gp::Hyperprior;
use crate::prior::MeanFunction;
use crate::search::sobol::Sequence;
use crate::space::axes::Axes;
use crate::space::{Condition, Config, Domain, Parameter, Scale, Space, Value};
use crate::trial::{History, Origin, Outcome, State};
use crate::view::End;
use std::f64::consts::PI;
use std::sync::Arc;

fn range(name: &str, low: f64, high: f64) -> Parameter {
    Parameter::new(name, Domain::Float { low, high, scale: Scale::Linear, step: None })
}

fn text(value: &str) -> Value {
    Value::Text(value.into())
}

fn number(config: &Config, position: usize) -> f64 {
    config.get(position).and_then(Value::as_number).unwrap_or(f64::NAN)
}

/// Returns the importance from the losses of the first points of a Sobol sequence.
fn measured(space: &Space, n: u64, loss: impl Fn(&Config) -> f64) -> Result<Importance, Error> {
    let sequence = Sequence::new(space.axes().len());
    let scrambled = sequence.scrambled(Streams::new(1));
    let mut history = History::new();
    for index in 0..n {
        let config = space.draw(&scrambled.point(index));
        let outcome = Outcome { state: State::Ok, losses: [loss(&config)].into(), predicted: None };
        history.push(Arc::new(config), Origin::Sobol);
        history.reveal(index as usize, outcome);
    }
    importance(&Request { space, history: &history, streams: Streams::new(2), fitted: &[] }, None)
}

fn effect<'a>(found: &'a Importance, name: &str) -> &'a Effect {
    found.effects.iter().find(|e| e.name == name).unwrap()
}

#[test]
fn the_shares_of_ishigamis_function_are_found() {
    // sin x + 7 sin² y + 0.1 z⁴ sin x on [−π, π]³ (Ishigami and Homma 1990). By its closed form the
    // main shares are 0.3139, 0.4424 and 0, the total ones 0.5576, 0.4424 and 0.2437; x and z
    // interact with 0.2437.
    let space = Space::new(["x", "y", "z"].map(|name| range(name, -PI, PI)).to_vec(), &[]).unwrap();

    let axes = Axes::new(&space);
    let (embedding, mean_function) = (Embedding::new(&axes), MeanFunction::new(&space, None));
    let sequence = Sequence::new(3);
    let configs: Vec<Config> =
        (0..200).map(|i| space.draw(&sequence.scrambled(Streams::new(1)).point(i))).collect();

    let values: Vec<f64> = configs
        .iter()
        .map(|c| {
            let [x, y, z] = [0, 1, 2].map(|i| number(c, i));
            (libm::sin(x) * (1.0 + 0.1 * z * z * z * z) + 7.0 * libm::sin(y) * libm::sin(y) - 3.5)
                / 3.72
        })
        .collect();

    let points = configs.iter().map(|c| axes.place(c)).collect();
    let data = Dataset::new(&embedding, &mean_function, points, values, vec![0.0; 200]);
    let (theta, _) =
        fit(&Hyperprior::new(&axes, &mean_function), &embedding, &mean_function, &data, None);

    let posterior = Posterior::new(&embedding, &mean_function, &theta, &data, &[]);
    let parts = Parts {
        axes: &axes,
        embedding: &embedding,
        mean_function: &mean_function,
        theta: &theta,
        data: &data,
        posterior: &posterior,
    };

    let paths = Paths::new(&parts, N_DRAWS, &mut Streams::new(2).rng(Purpose::Importance, 0));
    let surface = Surface { space: &space, axes: &axes, paths };
    let warp = Warp::fit(&[1.0, 2.0], Family::Plain, None);

    let mut history = History::new();
    for (index, config) in configs.iter().enumerate() {
        history.push(Arc::new(config.clone()), Origin::Sobol);
        history.reveal(
            index,
            Outcome { state: State::Ok, losses: [1.0 + index as f64].into(), predicted: None },
        );
    }

    let request =
        Request { space: &space, history: &history, streams: Streams::new(2), fitted: &[] };
    let model = Surrogate::new(&request, &mean_function, Capacity::default());
    let best = BestTrials::new(&surface, &model);
    let (effects, pairs) = decompose(&surface, &best, &warp, Streams::new(2)).unwrap();

    // Tolerance: four standard errors of shares from 512 rows taken at random are 0.1; Sobol' rows
    // are better, and the model of 200 points adds 0.01.
    for (name, main, total) in [("x", 0.3139, 0.5576), ("y", 0.4424, 0.4424), ("z", 0.0, 0.2437)] {
        let found = effects.iter().find(|e| e.name == name).unwrap();
        assert!((found.main.value - main).abs() < 0.03, "{name}: {:?}, not {main}", found.main);
        assert!((found.total.value - total).abs() < 0.05, "{name}: {:?}, not {total}", found.total);
        assert!(found.total.low <= found.total.value && found.total.value <= found.total.high);
    }

    assert_eq!((pairs[0].name.as_str(), pairs[0].by.as_str()), ("x", "z"));
    assert!((pairs[0].share.value - 0.2437).abs() < 0.05, "{:?}", pairs[0]);
    assert!(pairs[1].share.value < 0.02);
    let left_out = left_out_fit(&posterior, &data);
    assert!((0.8..1.0).contains(&left_out), "{left_out}");
}

#[test]
fn an_inert_parameter_has_no_share_and_an_additive_loss_no_pairs() {
    let mut parameters = vec![range("a", 0.0, 1.0), range("b", 0.0, 1.0), range("inert", 0.0, 1.0)];
    parameters
        .push(Parameter::new("kind", Domain::Categorical(["p", "q", "r"].map(text).to_vec())));
    let space = Space::new(parameters, &[]).unwrap();
    // The logarithm is additive, so that on the surrogate's scale shares follow variances: 4/12,
    // 1/12, 0, 2/9 · 0.36.
    let loss = |c: &Config| {
        let kind = if c.get(3) == Some(&text("q")) { 0.6 } else { 0.0 };
        libm::exp(2.0 * (number(c, 0) - 0.5).abs() * 2.0 + number(c, 1) + kind)
    };
    let found = measured(&space, 120, loss).unwrap();
    assert!(effect(&found, "inert").total.value < 0.02, "{found:?}");
    assert!(effect(&found, "inert").total.high < 0.05);
    assert!(found.pairs.iter().all(|pair| pair.share.value < 0.05), "{:?}", found.pairs);
    assert_eq!(found.effects[0].name, "a");
    // Variances: (4 · 1/48) · 4 = 1/3 of a, 1/12 of b, 0.08 of the kind.
    let whole = 1.0 / 3.0 + 1.0 / 12.0 + 0.08;
    for (name, variance) in [("a", 1.0 / 3.0), ("b", 1.0 / 12.0), ("kind", 0.08)] {
        let main = effect(&found, name).main;
        assert!(
            (main.value - variance / whole).abs() < 0.05,
            "{name}: {main:?}, not {}",
            variance / whole
        );
    }
    let best = effect(&found, "a").best.as_number().unwrap();
    assert!((best - 0.5).abs() < 0.1, "{best}");
    assert!(!effect(&found, "kind").best_among.contains(&text("q")));
    assert_eq!(effect(&found, "a").marginal.len(), 15);
}

#[test]
fn a_conditional_parameter_is_judged_where_it_is_active() {
    let mut child = range("child", 0.0, 1.0);
    child.when = vec![Condition { parent: "kind".into(), values: vec![text("p")] }];
    let kind = Parameter::new("kind", Domain::Categorical(["p", "q", "r", "s"].map(text).to_vec()));
    let space = Space::new(vec![kind, child, range("b", 0.0, 1.0)], &[]).unwrap();
    let loss = |c: &Config| {
        let own = c.get(1).and_then(Value::as_number).map_or(0.0, |x| 3.0 * x);
        libm::exp(own + 0.2 * number(c, 2))
    };
    let found = measured(&space, 120, loss).unwrap();
    let child = effect(&found, "child");
    assert!((child.active - 0.25).abs() < 0.02 && child.main.value > 0.8, "{child:?}");
    assert!(child.best.as_number().unwrap() < 0.1);
}

#[test]
fn one_parameter_moves_the_best_of_another() {
    let space = Space::new(vec![range("a", 0.0, 1.0), range("b", 0.0, 1.0)], &[]).unwrap();
    let found =
        measured(&space, 80, |c| libm::exp(4.0 * (number(c, 0) - number(c, 1)).abs())).unwrap();
    let pair = &found.pairs[0];
    assert!(pair.share.value > 0.5 && pair.shifts.len() == 3, "{pair:?}");
    for Shift { by, best, .. } in &pair.shifts {
        assert!((by.as_number().unwrap() - best.as_number().unwrap()).abs() < 0.2, "{pair:?}");
    }
}

#[test]
fn constraints_are_respected_and_uninformative_trials_are_refused() {
    let parameters = || vec![range("a", 0.0, 1.0), range("b", 0.0, 1.0)];
    let space = Space::new(parameters(), &[("a + b <= 1".into(), String::new())]).unwrap();
    let inside = |c: &Config| {
        assert!(number(c, 0) + number(c, 1) <= 2.0);
        1.0 + number(c, 0) * number(c, 0)
    };

    let found = measured(&space, 40, inside).unwrap();
    assert!(
        effect(&found, "a").total.value > 0.8 && effect(&found, "b").total.value < 0.1,
        "{found:?}"
    );

    let narrow =
        Space::new(parameters(), &[("abs(a - b) <= 0.00001".into(), String::new())]).unwrap();
    let fault = |result: Result<Importance, Error>| match result {
        Err(Error::Importance(fault)) => fault,
        other => panic!("{other:?}"),
    };

    assert_eq!(fault(measured(&narrow, 20, inside)), ImportanceFault::TooNarrow);
    assert_eq!(fault(measured(&space, 5, inside)), ImportanceFault::TooFew { found: 5, needed: 8 });
    assert_eq!(fault(measured(&space, 9, |_| 2.0)), ImportanceFault::Constant { found: 9 });
    let wide =
        Space::new((0..513).map(|i| range(&format!("x{i}"), 0.0, 1.0)).collect(), &[]).unwrap();
    let too_many = ImportanceFault::TooManyParameters { found: 513, at_most: 512 };
    assert_eq!(fault(measured(&wide, 9, |c| number(c, 0))), too_many);
    let extreme =
        measured(&space, 20, |c| if number(c, 0) < 0.5 { 1e300 } else { -1e300 }).unwrap();

    assert!(
        extreme
            .effects
            .iter()
            .all(|e| e.total.value.is_finite() && e.marginal.iter().all(|m| m.loss.is_finite()))
    );
}

/// A deterministic loss of four parameters, near 0 around its optimum.
fn four_parameters(c: &Config) -> f64 {
    let decades = libm::log10(number(c, 0)) + 2.0;
    let optimizer = match c.get(2).and_then(Value::as_number) {
        Some(momentum) => (momentum - 0.9) * (momentum - 0.9),
        None => 0.3,
    };
    decades * decades / 4.0 + optimizer + 0.05 * (number(c, 3) - 3.0).abs()
}

fn four_parameter_space() -> Space {
    let rate =
        Parameter::new("lr", Domain::Float { low: 1e-5, high: 1.0, scale: Scale::Log, step: None });
    let optimizer = Parameter::new("opt", Domain::Categorical(["adam", "sgd"].map(text).to_vec()));
    let mut momentum = range("mom", 0.0, 1.0);
    momentum.when = vec![Condition { parent: "opt".into(), values: vec![text("sgd")] }];
    let depth = Parameter::new("d", Domain::Int { low: 1, high: 6, scale: Scale::Linear, step: 1 });
    Space::new(vec![rate, optimizer, momentum, depth], &[]).unwrap()
}

/// Importance after trials that are spread over the space and others crowded around the optimum, as
/// after a search.
fn converged(space: &Space, state: impl Fn(&Config) -> State) -> Importance {
    let sequence = Sequence::new(space.axes().len());
    let scrambled = sequence.scrambled(Streams::new(3));
    let mut history = History::new();

    for index in 0..60u32 {
        let mut config = space.draw(&scrambled.point(index.into()));
        if index >= 20 {
            let off = (f64::from(index) - 40.0) * 1e-3;
            config = Config::new(vec![
                Some(Value::Float(0.01 * (1.0 + off))),
                Some(text("sgd")),
                Some(Value::Float(0.9 + 0.1 * off)),
                Some(Value::Int(3)),
            ]);
        }
        let state = state(&config);
        let losses = if state == State::Ok { vec![four_parameters(&config)] } else { vec![] };
        history.push(Arc::new(config), Origin::Model);
        history.reveal(index as usize, Outcome { state, losses: losses.into(), predicted: None });
    }

    importance(&Request { space, history: &history, streams: Streams::new(3), fitted: &[] }, None)
        .unwrap()
}

#[test]
fn the_most_important_parameter_of_a_converged_search_is_not_called_inert() {
    let space = four_parameter_space();
    let found = converged(&space, |_| State::Ok);
    let rate = effect(&found, "lr");
    assert!(rate.main.value > 0.5, "{:?}", rate.main);
    let best = rate.best.as_number().unwrap();
    assert!((0.005..0.02).contains(&best), "{best}");
    assert_eq!(rate.at_end, None);
    assert!(rate.best_among.iter().all(|v| (1e-3..0.1).contains(&v.as_number().unwrap())));
    let winner = rate.winner.as_ref().unwrap().as_number().unwrap();
    assert!((0.0095..0.0105).contains(&winner), "{winner}");
}

#[test]
fn a_region_where_trials_diverge_is_bad() {
    // All trials with a rate above 0.1 diverge: without them that part would be unknown.
    let space = four_parameter_space();
    let found =
        converged(
            &space,
            |config| {
                if number(config, 0) > 0.1 { State::Diverged } else { State::Ok }
            },
        );
    assert!(found.n_without_loss > 0 && found.n_trials == 60, "{found:?}");
    let marginal = &effect(&found, "lr").marginal;
    let at = |wanted: f64| {
        let near = |level: &&Level| {
            (libm::log10(level.value.as_number().unwrap()) - libm::log10(wanted)).abs() < 0.2
        };
        marginal.iter().find(near).unwrap().loss
    };
    assert!(at(0.6) > 2.0 * at(0.01), "{marginal:?}");
}

#[test]
fn targets_of_a_converged_search_have_unit_variance() {
    // Two thirds of the trials lie within a millionth of the best, where the cap of the search's
    // warp stands: in its standard deviations the others are thousands away.
    let space = Space::new(vec![range("a", 0.0, 1.0)], &[]).unwrap();
    let mut history = History::new();
    for index in 0..60_u32 {
        let at = if index < 20 { f64::from(index) / 20.0 } else { 0.3 + 1e-6 * f64::from(index) };
        let config = space.decode(&[at]);
        let loss = 1.0 + (number(&config, 0) - 0.3).abs();
        history.push(Arc::new(config), Origin::Model);
        let outcome = Outcome { state: State::Ok, losses: [loss].into(), predicted: None };
        history.reveal(index as usize, outcome);
    }
    let request =
        Request { space: &space, history: &history, streams: Streams::new(0), fitted: &[] };
    let mean_function = MeanFunction::new(&space, None);
    let model = Surrogate::new(&request, &mean_function, Capacity::default());

    for crowds in [Crowds::All, Crowds::Once] {
        let Learned { data, warp } = learned(&model, Family::Plain, KNOWN, crowds);
        let squares: f64 = data.targets.iter().map(|z| z * z).sum();
        assert!((squares / data.len() as f64 - 1.0).abs() < 1e-9, "{crowds:?} {squares}");
        // The warp has the same scale.
        assert!((warp.loss(data.targets[0]) - 1.3).abs() < 1e-9, "{}", warp.loss(data.targets[0]));
    }
}

#[test]
fn the_scale_of_losses_that_are_not_positive_is_shifted() {
    let space = Space::new(vec![range("a", 0.0, 1.0), range("b", 0.0, 1.0)], &[]).unwrap();
    let below = |by: f64| measured(&space, 40, move |c| number(c, 0) + number(c, 1) - by).unwrap();
    let found = below(5.0);
    assert_eq!((found.scale, found.shift < -4.9), (ImportanceScale::ShiftedLog, true), "{found:?}");
    let found = below(-1.0);
    assert_eq!(found.scale == ImportanceScale::Log, found.shift == 0.0, "{found:?}");
}

#[test]
fn the_likely_best_values_hold_the_winner_beside_a_region_that_fails() {
    // The best value lies at the edge of the half that fails.
    let space = Space::new(vec![range("a", 0.0, 1.0), range("b", 0.0, 1.0)], &[]).unwrap();
    let sequence = Sequence::new(2);
    for seed in 0..5 {
        let scrambled = sequence.scrambled(Streams::new(seed));
        let mut history = History::new();
        for index in 0..60 {
            let config = space.draw(&scrambled.point(index));
            let (a, b) = (number(&config, 0), number(&config, 1));
            let losses: Vec<f64> =
                if a > 0.5 { vec![] } else { vec![(a - 0.5) * (a - 0.5) + 0.1 * b] };
            let state = if losses.is_empty() { State::Failed } else { State::Ok };
            history.push(Arc::new(config), Origin::Sobol);
            let outcome = Outcome { state, losses: losses.into(), predicted: None };
            history.reveal(index as usize, outcome);
        }
        let request =
            Request { space: &space, history: &history, streams: Streams::new(2), fitted: &[] };
        let found = importance(&request, None).unwrap();
        for name in ["a", "b"] {
            let effect = effect(&found, name);
            let among: Vec<f64> =
                effect.best_among.iter().map(|v| v.as_number().unwrap()).collect();
            let winner = effect.winner.as_ref().unwrap().as_number().unwrap();
            assert!(among[0] <= winner && winner <= among[1], "{seed} {name}: {effect:?}");
        }
    }
}

#[test]
fn a_best_value_at_an_end_of_its_range_is_reported() {
    let space = Space::new(vec![range("a", 0.0, 1.0), range("b", 0.0, 1.0)], &[]).unwrap();
    let loss = |c: &Config| 1.0 + (1.0 - number(c, 0)) + (number(c, 1) - 0.5).abs();
    let found = measured(&space, 60, loss).unwrap();
    assert_eq!(effect(&found, "a").at_end, Some(End::High), "{found:?}");
    assert_eq!(effect(&found, "b").at_end, None);
}

#[test]
fn the_best_value_is_that_of_good_trials_and_not_of_bad_ones_on_average() {
    // If `b` is high, as in most of the space, the best `a` is low; the optimum has a high `a` and
    // a low `b`.
    let space = Space::new(vec![range("a", 0.0, 1.0), range("b", 0.0, 1.0)], &[]).unwrap();
    let loss = |c: &Config| {
        let (a, b) = (number(c, 0), number(c, 1));
        if b < 0.3 { 0.1 + b + (1.0 - a) } else { 2.0 + 3.0 * a + b }
    };
    let found = measured(&space, 100, loss).unwrap();
    let a = effect(&found, "a");
    assert!(a.best.as_number().unwrap() > 0.7, "{a:?}");
    assert!(a.winner.as_ref().unwrap().as_number().unwrap() > 0.7);
}
