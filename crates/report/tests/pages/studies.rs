//! Deterministic studies made from records by arithmetic.

use tuner::overview::{About, StudyView};
use tuner::rank::{Leaderboard, SplitFacts};
use tuner::space::{Condition, Config, Domain, Parameter, Scale, Space, Value};
use tuner::store::{FoldRecord, MemoryStore, Proposal, Record, Store, StudyText};
use tuner::study::{Method, StopRules, Study, StudySpec};
use tuner::trial::{Direction, FoldResult, Origin, State};

/// The kind of study.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// Eight parameters, three folds, learning curves.
    Plain { trials: u64 },
    /// Half of the parameters are inactive in half of the trials.
    Conditional { trials: u64 },
    /// Every trial failed.
    Failures,
    /// Some trials have not ended.
    Running,
    /// Long names, Chinese and right-to-left ones.
    Names,
    /// Markup in every text.
    Hostile,
}

/// Names that are hard to typeset.
pub const NAMES: [&str; 4] = [
    "a_name_of_eighty_characters_that_nobody_can_read_at_once_and_that_has_to_be_cut_",
    "学习率",
    "معدل_التعلم",
    "שיעור",
];

const HOSTILE: &str = "</script><img src=x onerror=alert(1)>\"'&`{{7*7}}";
const N_SPLITS: usize = 3;

/// Maps two integers to a number in [0, 1).
fn turn(trial: u64, step: u64) -> f64 {
    ((trial * 40_503 + step * 9_176 + trial * trial * step) % 10_007) as f64 / 10_007.0
}

fn range(low: f64, high: f64, scale: Scale) -> Domain {
    Domain::Float { low, high, scale, step: None }
}

fn texts(values: &[&str]) -> Domain {
    Domain::Categorical(values.iter().map(|v| Value::Text((*v).to_owned())).collect())
}

fn space(kind: Kind) -> Space {
    let plain = || {
        vec![
            Parameter::new("learning_rate", range(1e-4, 1.0, Scale::Log)),
            Parameter::new("momentum", range(0.0, 0.99, Scale::Linear)),
            Parameter::new(
                "batch_size",
                Domain::Ordinal([16, 32, 64, 128].map(Value::Int).to_vec()),
            ),
            Parameter::new("dropout", range(0.0, 0.5, Scale::Linear)),
            Parameter::new("depth", Domain::Int { low: 1, high: 6, scale: Scale::Linear, step: 1 }),
            Parameter::new("width", Domain::Int { low: 8, high: 512, scale: Scale::Log, step: 1 }),
            Parameter::new("activation", texts(&["relu", "tanh", "gelu"])),
            Parameter::new("lambda", range(1e-7, 1e-1, Scale::Log)),
        ]
    };
    let parameters = match kind {
        Kind::Plain { .. } | Kind::Failures | Kind::Running => plain(),
        Kind::Conditional { .. } => {
            let mut parameters = vec![Parameter::new("optimizer", texts(&["sgd", "adam"]))];
            for (name, parent) in [("momentum", "sgd"), ("beta", "adam"), ("nesterov", "sgd")] {
                let mut parameter = Parameter::new(name, range(0.0, 0.99, Scale::Linear));
                let values = vec![Value::Text(parent.to_owned())];
                parameter.when = vec![Condition { parent: "optimizer".to_owned(), values }];
                parameters.push(parameter);
            }
            parameters.push(Parameter::new("learning_rate", range(1e-4, 1.0, Scale::Log)));
            parameters
        }
        Kind::Names => {
            let mut parameters: Vec<Parameter> = NAMES
                .iter()
                .map(|name| Parameter::new(*name, range(1e-4, 1.0, Scale::Log)))
                .collect();
            parameters.push(Parameter::new("激活函数", texts(&["修正线性", "双曲正切", "نشاط"])));
            parameters
        }
        Kind::Hostile => vec![
            Parameter::new(HOSTILE, range(0.0, 1.0, Scale::Linear)),
            Parameter::new("kind", texts(&[HOSTILE, "</style><script>alert(2)</script>"])),
        ],
    };
    Space::new(parameters, &[]).unwrap()
}

/// A loss with one optimum, from the configuration, the fold and a little noise.
fn loss(space: &Space, config: &Config, trial: u64, split: usize) -> f64 {
    let point = space.encode(config).coordinates;
    let bowl: f64 = point
        .iter()
        .enumerate()
        .map(|(axis, x)| (x - 0.35) * (x - 0.35) / (1.0 + axis as f64))
        .sum();
    0.1 + bowl + 0.02 * split as f64 + 0.01 * turn(trial, split as u64 + 77)
}

fn folds(kind: Kind, space: &Space, config: &Config, trial: u64) -> Vec<Record> {
    let fold = |split: usize| {
        let value = loss(space, config, trial, split);
        let mut result = FoldResult::from_loss(value);
        result.metrics = vec![("error_rate".to_owned(), value / 4.0)];
        result.n_parameters = Some(1000 + trial * 10);
        result.multiply_adds = Some(1_000_000 + trial * 1000);
        result.seconds = 1.0;
        if matches!(kind, Kind::Hostile) {
            result.metrics = vec![(HOSTILE.to_owned(), value)];
        }
        let is_kept = trial < 400 && !matches!(kind, Kind::Names);
        let curve = |epoch: u32| {
            let rest = 1.0 / f64::from(epoch + 1);
            (Some((value * 0.8 + rest) as f32), Some((value + rest) as f32))
        };
        let curve = if is_kept { (0..30).map(curve).collect() } else { Vec::new() };
        Record::Fold(FoldRecord::new(trial, split, &result, curve, trial as f64))
    };
    let failed = |state: State, reason: &str| {
        let result = FoldResult::not_ok(state, reason.to_owned());
        vec![Record::Fold(FoldRecord::new(trial, 0, &result, Vec::new(), trial as f64))]
    };
    match (kind, trial) {
        (Kind::Failures, 0..8) => failed(
            State::Failed,
            "exit code 3; stderr: cannot open /home/somebody/x on secret-host",
        ),
        (Kind::Failures, _) => failed(State::Timeout, "longer than max_seconds = 5"),
        (Kind::Hostile, 3) => failed(State::Failed, HOSTILE),
        (Kind::Plain { .. } | Kind::Conditional { .. }, n) if n > 7 && n % 13 == 9 => {
            failed(State::Diverged, "the loss is NaN")
        }
        (Kind::Running, 16..) => (0..(trial % 3) as usize).map(fold).collect(),
        _ => (0..N_SPLITS).map(fold).collect(),
    }
}

/// The study as a page shows it.
pub fn view(kind: Kind) -> StudyView {
    let n = match kind {
        Kind::Plain { trials } | Kind::Conditional { trials } => trials,
        Kind::Failures => 12,
        Kind::Running | Kind::Names | Kind::Hostile => 20,
    };
    let name = match kind {
        Kind::Hostile => HOSTILE,
        Kind::Names => "研究 دراسة",
        _ => "digits",
    };
    let space = space(kind);
    let facts = [("metric", "cross_entropy"), ("version", "0.4.0"), ("data", "9f86d081884c7d65")];
    let facts = facts.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    let file = format!("[study]\nname = \"{name}\"\n");
    let text = StudyText { text: file.clone(), folder: "/home/somebody/secret".to_owned(), facts };

    let mut records = vec![Record::Study(text)];
    for trial in 0..n {
        let point: Vec<f64> =
            (0..space.axes().len()).map(|axis| turn(trial, axis as u64 + 1)).collect();
        let config = space.decode(&point);
        let params =
            space.named(&config).map(|(name, value)| (name.to_owned(), value.clone())).collect();
        records.push(Record::Trial(Proposal {
            trial,
            revision: 0,
            origin: if trial < 5 { Origin::Startup } else { Origin::Model },
            params,
            watermark: 0,
            seen: Vec::new(),
            at_seconds: trial as f64,
        }));
        records.extend(folds(kind, &space, &config, trial));
    }

    let mut store = MemoryStore::new();
    store.append(0, &records).unwrap();
    let spec = StudySpec {
        prior_mean: None,
        seed: 7,
        method: Method::BAYES,
        trials: Some(n.max(20)),
        parallel: 4,
        startup: 4,
        space,
        enqueue: Vec::new(),
        n_splits: N_SPLITS,
        direction: Direction::Minimize,
        stop: StopRules::default(),
        race: None,
    };
    let mut study = Study::open(Box::new(store), |_| Ok::<_, tuner::Error>(spec.clone())).unwrap();
    let facts = SplitFacts::k_fold(N_SPLITS, 1);
    let board = Leaderboard::new(study.trials(), &facts, Direction::Minimize);
    let about = About { name: name.to_owned(), folds: N_SPLITS, file };
    StudyView::new(&mut study, &board, &facts, about).unwrap()
}
