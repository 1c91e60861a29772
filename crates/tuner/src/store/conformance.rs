//! The contract of stores, as a suite that every store's tests call.

use super::{Curves, FoldRecord, Proposal, Raced, Record, Store, StudyText};
use crate::error::StoreError;
use crate::space::Value;
use crate::trial::{Look, Origin, Prediction, State};

/// One record of each kind, with the values that are hardest to store.
pub fn samples() -> Vec<Record> {
    let text = |t: &str| StudyText {
        text: t.to_owned(),
        folder: "/tmp/ü \"quoted\"\n".to_owned(),
        facts: vec![("data".to_owned(), "0123".to_owned()), ("empty".to_owned(), String::new())],
    };
    let fold = |loss: Option<f64>, state, reason: &str| {
        Record::Fold(FoldRecord {
            trial: 0,
            split: 3,
            state,
            reason: reason.to_owned(),
            loss,
            metrics: vec![("error_rate".to_owned(), 0.1 + 0.2)],
            epochs: Some(40),
            n_parameters: Some(u64::from(u32::MAX) * 7),
            multiply_adds: Some(1 << 52),
            seconds: 1.0 / 3.0,
            at_seconds: 2.0 / 3.0,
            looks: vec![Look { rung: 1, loss: 0.1 + 0.2, halfway: -1e300 }],
            predicted: (state == State::Raced).then_some(Prediction { loss: -0.0, se: 1.0 / 3.0 }),
            curve: vec![(Some(0.1), None), (None, Some(f32::MIN_POSITIVE))],
        })
    };
    vec![
        Record::Study(text("[study]\nname = \"a\"\r\n# ünïcode\0")),
        Record::Revision(text("")),
        Record::Total { trials: u64::from(u32::MAX) },
        Record::Trial(Proposal {
            trial: 0,
            revision: 1,
            origin: Origin::Model,
            params: vec![
                ("lr".to_owned(), Value::Float(1.0)),
                ("n".to_owned(), Value::Int(-7)),
                ("on".to_owned(), Value::Bool(false)),
                ("name".to_owned(), Value::Text("=SUM(A1)".to_owned())),
            ],
            watermark: 3,
            seen: vec![1, 2],
            at_seconds: 0.5,
        }),
        fold(Some(5e-324), State::Ok, ""),
        fold(Some(f64::MAX), State::Ok, ""),
        fold(None, State::Diverged, "NaN at epoch 3"),
        fold(None, State::Raced, "predicted 0.4 ± 0.1"),
        Record::Raced(Raced {
            trial: 0,
            n_folds: 2,
            predicted: Prediction { loss: 0.1, se: 1e-300 },
            reason: "after 2 folds".to_owned(),
        }),
        Record::Epoch { trial: 0, split: 1, epoch: 7, loss: Some(1.0 / 3.0) },
        Record::Epoch { trial: 0, split: 1, epoch: 8, loss: None },
        Record::Fitted { revision: 0, n_results: 12, values: vec![0.1, -1e300, 2.0_f64.sqrt()] },
        Record::Abandoned { trial: 4 },
        Record::HandedOut { trial: 4 },
        Record::OutOfTime { trial: 9, seconds: 1e9 },
        Record::Session { facts: vec![("instruction_set".to_owned(), "x86_64 avx2".to_owned())] },
        Record::TestOpened { trial: 2, metrics: vec![("mse".to_owned(), 1e-300)] },
        Record::Asked { trial: 4, unix_seconds: 1 << 40 },
    ]
}

/// Reads all records of a store.
///
/// # Panics
/// If they cannot be read.
pub fn read_all(store: &mut dyn Store, curves: Curves) -> Vec<Record> {
    let mut found = Vec::new();
    store.replay(curves, &mut |record| found.push(record)).expect("the store reads what it wrote");
    found
}

/// Checks the contract on stores made by `new`, each empty.
///
/// # Panics
/// If the contract is broken.
pub fn check(new: &mut dyn FnMut() -> Box<dyn Store>) {
    let samples = samples();

    let mut store = new();
    assert_eq!(read_all(store.as_mut(), Curves::Load), [], "a new store is empty");
    assert_eq!(store.append(0, &[]).expect("nothing can be appended"), 0);

    for (head, record) in (0..).zip(&samples) {
        let found = store.append(head, std::slice::from_ref(record));
        assert_eq!(found.expect("a record can be appended"), head + 1, "the head counts records");
    }
    assert_eq!(
        read_all(store.as_mut(), Curves::Load),
        samples,
        "records come back as they were appended, in order"
    );
    assert_eq!(read_all(store.as_mut(), Curves::Load), samples, "reading changes nothing");

    let mut at_once = new();
    at_once.append(0, &samples).expect("many records can be appended at once");
    assert_eq!(
        read_all(at_once.as_mut(), Curves::Load),
        samples,
        "one commit or many are the same"
    );

    let without_curves = read_all(at_once.as_mut(), Curves::Skip);
    assert_eq!(without_curves.len(), samples.len());
    for (bare, full) in without_curves.iter().zip(&samples) {
        match (bare, full) {
            (Record::Fold(bare), Record::Fold(full)) => {
                assert!(bare.curve.is_empty(), "curves are left out unless asked for");
                assert_eq!(FoldRecord { curve: full.curve.clone(), ..bare.clone() }, *full);
            }
            _ => assert_eq!(bare, full),
        }
    }

    for seq in 0..=samples.len() {
        let mut found = Vec::new();
        let head = at_once.replay_after(seq as u64, Curves::Load, &mut |record| found.push(record));
        assert_eq!(head.expect("what is behind a record can be read"), samples.len() as u64);
        assert_eq!(found, samples[seq..], "a replay goes on behind any record");
    }
    let n = samples.len() as u64;
    assert!(at_once.replay_after(n + 1, Curves::Skip, &mut |_| {}).is_err(), "there is no such");
    for stale in [n - 1, n + 1] {
        let refused = at_once.append(stale, &samples[..1]);
        assert!(matches!(refused, Err(StoreError::Stale { .. })), "{refused:?}");
    }
    assert_eq!(read_all(at_once.as_mut(), Curves::Load), samples, "what is refused leaves nothing");
}
