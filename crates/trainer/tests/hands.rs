//! Threads that help with a training change no bit of its result.
#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};

use trainer::data::{Dataset, ReadOptions, Roles, Table};
use trainer::recipe::{Recipe, Setting};
use trainer::split::{Fold, Scheme};
use trainer::stream::Streams;
use trainer::{Hands, Metric, Observer, Score, evaluate};

/// A training that may be helped.
struct Lent<'a>(Option<&'a Hands>);

impl Observer for Lent<'_> {
    fn interrupt(&self) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    fn hands(&self) -> Option<&Hands> {
        self.0
    }
}

/// Trains on 400 of the digits, wide enough that every pass is divided.
fn score(data: &Dataset, settings: &[(&str, Setting)], hands: Option<&Hands>) -> Score {
    let mut recipe = Recipe::default();
    let common: [(&str, Setting); 3] =
        [("epochs", 2.into()), ("depth", 2.into()), ("width", 160.into())];
    for (name, setting) in common.iter().chain(settings) {
        recipe.set(name, setting.clone()).unwrap();
    }
    let recipe = recipe.check(&data.facts()).unwrap();
    let (train, test) = ((0..400).collect(), (400..700).collect());
    let fold = Fold { repeat: 0, fold: 0, scheme: Scheme::Plain, train, test };
    evaluate(data, &fold, &recipe, Metric::CrossEntropy, &Streams::new(3), &Lent(hands)).unwrap()
}

#[test]
fn trainings_that_threads_help_with_agree_with_those_of_one_thread_in_every_bit() {
    let csv = include_bytes!("../../../search-spaces/data/digits.csv");
    let table = Table::read(&csv[..], &ReadOptions::default()).unwrap();
    let data = Dataset::new(table, &Roles { target: "digit".to_owned(), ..Roles::default() });
    let data = data.unwrap();

    let recipes: [&[(&str, Setting)]; 4] = [
        &[("optimizer", "sgd".into()), ("momentum", 0.9.into()), ("batch_size", 128.into())],
        &[
            ("optimizer", "adam".into()),
            ("activation", "tanh".into()),
            ("dropout", 0.3.into()),
            ("input_dropout", 0.1.into()),
            ("averaging", 0.9.into()),
            ("batch_size", 100.into()),
        ],
        &[
            ("optimizer", "rmsprop".into()),
            ("activation", "silu".into()),
            ("batch_norm", true.into()),
            ("clip_norm", 1.0.into()),
            ("batch_size", 70.into()),
        ],
        // Several passes a step, whose gradients add up.
        &[("optimizer", "adamw".into()), ("lambda", 0.01.into()), ("batch_size", "full".into())],
    ];
    for settings in recipes {
        let alone = score(&data, settings, None);
        let hands = Hands::default();
        assert_eq!(alone, score(&data, settings, Some(&hands)), "{settings:?} in parts");

        let is_over = AtomicBool::new(false);
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| hands.help(&|| is_over.load(Ordering::SeqCst)));
            }
            assert_eq!(alone, score(&data, settings, Some(&hands)), "{settings:?} with helpers");
            is_over.store(true, Ordering::SeqCst);
        });
    }
}
