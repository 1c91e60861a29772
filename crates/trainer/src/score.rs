//! The entry point: a data set, a recipe, a fold and its streams go in, a score comes out.

use crate::choice::NamedChoice;
use crate::cost::{Cost, plan};
use crate::data::Dataset;
use crate::fit::{
    Draws, Fitted, Interrupted, Job, Observer, PreparedData, TrainingState, fit, n_outputs,
    target_scaling,
};
use crate::loss::Criterion;
use crate::metric::{Metric, metrics};
use crate::network::kernels::InstructionSet;
use crate::prepare::{Preparation, TargetScaling};
use crate::recipe::CheckedRecipe;
use crate::split::{Fold, inner_split};
use crate::stream::{Purpose, Streams};

/// The share of a fold's training rows that early stopping holds out.
const STOP_SHARE: f64 = 0.1;

/// The result of a recipe on one fold.
#[derive(Clone, Debug, PartialEq)]
pub struct Score {
    /// How the training ended.
    pub state: TrainingState,
    /// Each metric of the task that is a mean over the test rows, in the order of
    /// [`metrics`](crate::metrics); if the requested metric is not among them, the other defined
    /// metrics of the task follow. Empty if the training diverged or was stopped.
    pub losses: Vec<(&'static str, f64)>,
    /// Why the requested metric is undefined on these test rows, if it is.
    pub undefined: Option<&'static str>,
    /// Number of epochs started.
    pub epochs: u32,
    /// Number of weights, biases and gains.
    pub n_parameters: u64,
    /// Planned, see [`Cost`]; for a stopped training, the share of its epochs.
    pub multiply_adds: u64,
    /// After each whole epoch the mean training loss, in the target's units: on the training rows
    /// at the time of their batches, and on the test rows after the epoch. The latter has no
    /// effect.
    pub curve: Vec<(f32, f32)>,
}

/// Trains on a fold's training rows and scores its test rows.
///
/// Everything is learned from the training rows: preparation, weights, and when to stop, for which
/// a tenth of them is held out if the recipe has patience. The same arguments give the same bits on
/// processors with the same instruction set, whatever else runs. Works in one thread, and in those
/// that lend their [`Hands`](crate::Hands); memory is that of the network and one mini-batch.
///
/// # Errors
/// [`Interrupted`] as soon as `observer`, which is called before each mini-batch, says so.
///
/// # Panics
/// If the fold does not belong to the data set, or the metric to its task.
pub fn evaluate(
    data: &Dataset,
    fold: &Fold,
    recipe: &CheckedRecipe,
    metric: Metric,
    streams: &Streams,
    observer: &dyn Observer,
) -> Result<Score, Interrupted> {
    let FoldFit { preparation, scaling, criterion, cost, fitted } =
        fit_fold(data, fold, recipe, metric, *streams, observer)?;
    let Fitted { mut stepper, mut state, epochs, curve } = fitted;
    let mut losses = Vec::new();
    let mut undefined = None;

    if state == TrainingState::Trained {
        let source = PreparedData::new(data, &preparation, scaling);
        let tally = stepper.measure(&source, &criterion, &fold.test, metric);
        losses.extend(tally.means());
        if let Some(outcomes) = &tally.kept {
            for other in metrics(metric.task()).iter().filter(|other| !other.is_mean()) {
                match outcomes.value(*other) {
                    Ok(value) => losses.push((other.name(), value)),
                    Err(reason) if *other == metric => undefined = Some(reason),
                    Err(_) => {}
                }
            }
        }
        // A network can be finite on the training rows and overflow on the test rows.
        if losses.iter().any(|(_, loss)| !loss.is_finite()) {
            losses.clear();
            state = TrainingState::Diverged { epoch: epochs };
        }
    }

    let Cost { n_parameters, mut multiply_adds } = cost;
    // A stopped training has cost only the epochs that it had.
    if let TrainingState::Stopped { epoch } = state {
        multiply_adds = share(multiply_adds, epoch, recipe.settings().epochs);
    }

    Ok(Score { state, losses, undefined, epochs, n_parameters, multiply_adds, curve })
}

/// The share of planned multiply-adds after `done` of `all` epochs.
fn share(planned: u64, done: u32, all: u32) -> u64 {
    let share = u128::from(planned) * u128::from(done) / u128::from(all.max(1));
    u64::try_from(share).unwrap_or(planned)
}

/// What was learned from a fold's training rows.
pub(crate) struct FoldFit<'h> {
    pub preparation: Preparation,
    pub scaling: TargetScaling,
    pub criterion: Criterion,
    pub cost: Cost,
    pub fitted: Fitted<'h>,
}

/// Trains on a fold's training rows, as [`evaluate`] describes.
pub(crate) fn fit_fold<'h>(
    data: &Dataset,
    fold: &Fold,
    recipe: &CheckedRecipe,
    metric: Metric,
    streams: Streams,
    observer: &'h dyn Observer,
) -> Result<FoldFit<'h>, Interrupted> {
    assert_eq!(metric.task(), data.facts().task, "the metric suits the task");
    let settings = recipe.settings();
    // Fitted on the training rows alone: means, categories and scales of test rows would leak.
    let preparation = Preparation::fit(data.features(), &fold.train, settings.scaling).with_pieces(
        data.features(),
        &fold.train,
        settings.bins,
    );
    let scaling = target_scaling(data.target(), &fold.train);
    let source = PreparedData::new(data, &preparation, scaling);

    let draws = Draws { streams, repeat: fold.repeat, fold: fold.fold };
    // Early stopping uses rows of its own: test rows that chose the epoch would flatter the score.
    let (train, stop_by) = if settings.patience > 0 {
        inner_split(data, &fold.train, STOP_SHARE, fold.scheme, &mut draws.of(Purpose::InnerSplit))
    } else {
        (fold.train.clone(), Vec::new())
    };

    let criterion = source.criterion(metric.loss(), settings, &train);
    let cost = plan(recipe, train.len(), preparation.n_inputs(), n_outputs(data.facts().n_classes));
    let job = Job {
        source: &source,
        recipe,
        criterion: &criterion,
        train,
        stop_by: &stop_by,
        watch: &fold.test,
    };

    let fitted = fit(job, draws, InstructionSet::detect(), observer)?;
    Ok(FoldFit { preparation, scaling, criterion, cost, fitted })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Features, ReadOptions, Roles, Table, Target};
    use crate::recipe::{BatchSize, Recipe, Setting};
    use crate::split::{CrossValidation, Scheme, Splits};

    use crate::fit::Epoch;
    use std::ops::ControlFlow;

    const GO_ON: &dyn Observer = &|| ControlFlow::Continue(());

    fn load(csv: &[u8], target: &str) -> Dataset {
        let table = Table::read(csv, &ReadOptions::default()).unwrap();
        Dataset::new(table, &Roles { target: target.to_owned(), ..Roles::default() }).unwrap()
    }

    fn wine() -> Dataset {
        load(include_bytes!("../../../search-spaces/data/wine.csv"), "cultivar")
    }

    fn fold(data: &Dataset, scheme: Scheme) -> Fold {
        let rows: Vec<u32> = (0..data.facts().n_rows as u32).collect();
        let plan = CrossValidation { folds: 5, repeats: 1, scheme, seed: 7 };
        Splits::new(data, &rows, &plan).unwrap().fold(0)
    }

    fn score(data: &Dataset, fold: &Fold, recipe: &Recipe, metric: Metric) -> Score {
        let recipe = recipe.check(&data.facts()).unwrap();
        evaluate(data, fold, &recipe, metric, &Streams::new(7), GO_ON).unwrap()
    }

    #[test]
    fn wine_is_learned_and_repeats_bit_for_bit() {
        let data = wine();
        let fold = fold(&data, Scheme::Stratified);
        let recipe = Recipe { epochs: 30, dropout: 0.1, ..Recipe::default() };
        let first = score(&data, &fold, &recipe, Metric::CrossEntropy);
        assert_eq!(
            (first.state, first.epochs, first.curve.len()),
            (TrainingState::Trained, 30, 30)
        );
        assert_eq!((first.losses[0].0, first.losses[1].0), ("cross_entropy", "error_rate"));
        // A linear model already errs on few of these rows (scikit-learn's logistic regression: 2 %
        // over five folds).
        assert!(first.losses[0].1 < 0.2 && first.losses[1].1 < 0.06, "{:?}", first.losses);
        assert_eq!(first.curve[29].1, first.losses[0].1 as f32);
        assert_eq!(first, score(&data, &fold, &recipe, Metric::CrossEntropy));
    }

    #[test]
    fn spread_numbers_fit_a_step_and_depend_on_the_training_rows_alone() {
        // A linear model of the number alone leaves the variance of the step about its line, 1/16.
        let values: Vec<f64> = (0..200).map(|i| f64::from(u8::from(i >= 100))).collect();
        let features =
            Features::from_array(ndarray::Array2::from_shape_fn((200, 1), |(i, _)| i as f32))
                .unwrap();
        let data = Dataset::from_parts(features, Target::Values(values)).unwrap();
        let fold = fold(&data, Scheme::Plain);
        let plain = Recipe { depth: 0, epochs: 60, learning_rate: 0.02, ..Recipe::default() };
        let spread = Recipe { bins: 8, ..plain.clone() };
        let mse = |recipe| score(&data, &fold, recipe, Metric::Mse).losses[0].1;
        assert!(mse(&plain) > 0.055 && mse(&spread) < 0.03, "{} {}", mse(&plain), mse(&spread));
        assert_eq!(mse(&spread).to_bits(), mse(&spread).to_bits());

        let part = Fold { test: fold.test[1..].to_vec(), ..fold.clone() };
        let curve = |fold: &Fold| -> Vec<f32> {
            score(&data, fold, &spread, Metric::Mse).curve.iter().map(|epoch| epoch.0).collect()
        };
        assert_eq!(curve(&fold), curve(&part));
    }

    #[test]
    fn an_average_is_scored_and_does_not_touch_the_weights_that_train() {
        let data = wine();
        let fold = fold(&data, Scheme::Stratified);
        let of = |averaging, patience| {
            let recipe = Recipe { epochs: 12, averaging, patience, ..Recipe::default() };
            score(&data, &fold, &recipe, Metric::CrossEntropy)
        };
        let trained =
            |score: &Score| -> Vec<f32> { score.curve.iter().map(|epoch| epoch.0).collect() };
        let (plain, averaged) = (of(0.0, 0), of(0.9, 0));
        assert_eq!(trained(&plain), trained(&averaged));
        assert_ne!(plain.losses, averaged.losses);
        // The score is that of the last epoch's average, told after each.
        assert_eq!(averaged.curve[11].1, averaged.losses[0].1 as f32);
        assert_eq!(averaged, of(0.9, 0));

        let stopped = of(0.9, 3);
        let kept = stopped.losses[0].1 as f32;
        assert!(stopped.curve.iter().any(|epoch| epoch.1 == kept), "{stopped:?}");
    }

    #[test]
    fn a_line_is_found_in_the_targets_units() {
        let values: Vec<f64> = (0..100).map(|i| f64::from(i) * 30.0 + 5000.0).collect();
        let features =
            Features::from_array(ndarray::Array2::from_shape_fn((100, 1), |(i, _)| i as f32))
                .unwrap();
        let data = Dataset::from_parts(features, Target::Values(values)).unwrap();
        let fold = fold(&data, Scheme::Plain);
        let recipe = Recipe { depth: 0, epochs: 200, learning_rate: 0.05, ..Recipe::default() };
        for metric in crate::metrics(crate::data::Task::Regression) {
            let score = score(&data, &fold, &recipe, *metric);
            // λ = 1e-4 shrinks the line by that share of its range of 3000; the rest is the
            // optimizer's last steps.
            assert!(score.losses[1].1 < 30.0, "{metric:?}: {:?}", score.losses);
        }
    }

    #[test]
    fn a_learning_rate_far_too_high_diverges_with_its_epoch() {
        let data = load(include_bytes!("../../../search-spaces/data/diabetes.csv"), "progression");
        let fold = fold(&data, Scheme::Plain);
        let mut recipe = Recipe { learning_rate: 100.0, ..Recipe::default() };
        recipe.set("optimizer", Setting::from("sgd")).unwrap();
        let score = score(&data, &fold, &recipe, Metric::Mse);
        assert!(
            matches!(score.state, TrainingState::Diverged { epoch: 1..=3 }),
            "{:?}",
            score.state
        );
        assert!(score.losses.is_empty());
    }

    #[test]
    fn early_stopping_ends_before_the_last_epoch() {
        let data = wine();
        let fold = fold(&data, Scheme::Stratified);
        let recipe = Recipe { epochs: 500, patience: 3, learning_rate: 0.03, ..Recipe::default() };
        let score = score(&data, &fold, &recipe, Metric::CrossEntropy);
        assert!(
            score.epochs < 500 && score.epochs as usize == score.curve.len(),
            "{}",
            score.epochs
        );
    }

    #[test]
    fn every_batch_size_trains() {
        let data = wine();
        let fold = fold(&data, Scheme::Stratified);
        for batch_size in [BatchSize::Rows(1), BatchSize::Rows(7), BatchSize::Full] {
            for batch_norm in [false, true] {
                let recipe = Recipe { batch_size, batch_norm, epochs: 3, ..Recipe::default() };
                let score = score(&data, &fold, &recipe, Metric::CrossEntropy);
                assert_eq!(score.state, TrainingState::Trained, "{batch_size:?} {batch_norm}");
            }
        }
    }

    #[test]
    fn batch_sizes_that_make_as_many_batches_train_alike() {
        let data = wine();
        let fold = fold(&data, Scheme::Stratified);
        let of = |batch_size| {
            let recipe = Recipe {
                batch_size,
                epochs: 3,
                dropout: 0.3,
                input_dropout: 0.1,
                ..Recipe::default()
            };
            score(&data, &fold, &recipe, Metric::CrossEntropy).losses
        };
        // Of 142 rows: batches of 48, 47 and 47.
        assert_eq!(of(BatchSize::Rows(48)), of(BatchSize::Rows(70)));
        assert_ne!(of(BatchSize::Rows(48)), of(BatchSize::Rows(47)));
        assert_eq!(of(BatchSize::Rows(142)), of(BatchSize::Full));
    }

    #[test]
    fn an_interrupt_is_heard_before_the_next_batch() {
        let data = wine();
        let fold = fold(&data, Scheme::Stratified);
        let recipe = Recipe::default().check(&data.facts()).unwrap();
        let left = std::cell::Cell::new(3);
        let interrupt = || {
            left.set(left.get() - 1);
            if left.get() == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let result =
            evaluate(&data, &fold, &recipe, Metric::CrossEntropy, &Streams::new(7), &interrupt);
        assert_eq!((result, left.get()), (Err(Interrupted), 0));
    }

    /// Keeps the epochs that it is told of, and stops after some of them.
    struct Until(u32, std::cell::RefCell<Vec<Epoch>>);

    impl Observer for Until {
        fn interrupt(&self) -> ControlFlow<()> {
            ControlFlow::Continue(())
        }

        fn after_epoch(&self, epoch: &Epoch) -> ControlFlow<()> {
            self.1.borrow_mut().push(*epoch);
            if epoch.epoch < self.0 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        }
    }

    #[test]
    fn an_observer_is_told_of_the_epochs_and_ends_the_training_after_one() {
        let data = wine();
        let fold = fold(&data, Scheme::Stratified);
        let recipe = Recipe { epochs: 20, patience: 4, learning_rate: 0.1, ..Recipe::default() };
        let recipe = recipe.check(&data.facts()).unwrap();
        let watch = |until: u32| {
            let observer = Until(until, std::cell::RefCell::default());
            let streams = Streams::new(7);
            let score =
                evaluate(&data, &fold, &recipe, Metric::CrossEntropy, &streams, &observer).unwrap();
            (score, observer.1.into_inner())
        };
        let (whole, epochs) = watch(u32::MAX);
        let (part, first) = watch(3);
        assert_eq!(
            (part.state, part.epochs, part.losses.len()),
            (TrainingState::Stopped { epoch: 3 }, 3, 0)
        );
        assert_eq!(part.multiply_adds, whole.multiply_adds * 3 / 20);
        assert_eq!(part.curve, whole.curve[..3]);
        assert_eq!(first, epochs[..3]);
        let test: Vec<f32> = epochs.iter().map(|e| e.test as f32).collect();
        assert_eq!(test, whole.curve.iter().map(|e| e.1).take(test.len()).collect::<Vec<_>>());
        // What would be restored is the test loss of some epoch up to then.
        assert!((0..test.len()).all(|i| test[..=i].contains(&(epochs[i].restored as f32))));
    }

    #[test]
    fn test_rows_change_the_score_alone() {
        let data = wine();
        let whole = fold(&data, Scheme::Stratified);
        let part = Fold { test: whole.test[1..].to_vec(), ..whole.clone() };
        let recipe = Recipe { epochs: 5, patience: 2, ..Recipe::default() };
        let (whole, part) = (
            score(&data, &whole, &recipe, Metric::CrossEntropy),
            score(&data, &part, &recipe, Metric::CrossEntropy),
        );
        let trained =
            |score: &Score| -> Vec<f32> { score.curve.iter().map(|epoch| epoch.0).collect() };
        assert_eq!(trained(&whole), trained(&part));
        assert_ne!(whole.losses, part.losses);
    }
}
