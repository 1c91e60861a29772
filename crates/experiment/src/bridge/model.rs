//! Trains a configuration once more on all searched rows: for a model to keep, or for a test.

use super::data::Data;
use super::helpers::Helpers;
use super::recipe::recipe;
use crate::output::sheet::{Cell, Sheet, number, text};
use crate::platform;
use crate::report::{Cause, Failure, Fault, count, quoted};
use std::ops::ControlFlow;
use trainer::data::Unseen;
use trainer::model::{Assessment, FitError, Model, ModelDescription, Predictions, fit_model};
use trainer::recipe::CheckedRecipe;
use trainer::split::Fold;
use trainer::stream::Streams;
use trainer::{Hands, Metric};
use tuner::space::{Config, Space};

/// A training on all searched rows, without the held-out rows.
///
/// The training uses the streams of the first fold, so that the tested network is the saved one.
pub struct Refit<'a> {
    data: &'a Data,
    recipe: CheckedRecipe,
    metric: Metric,
    streams: Streams,
    rows: Vec<u32>,
}

impl<'a> Refit<'a> {
    /// Prepares to train a configuration.
    ///
    /// # Errors
    /// If the trainer does not accept it.
    pub fn new(
        space: &Space,
        config: &Config,
        data: &'a Data,
        metric: Metric,
        cv_seed: u64,
    ) -> Result<Self, Failure> {
        let checked = recipe(space, config).and_then(|recipe| recipe.check(&data.dataset.facts()));
        Ok(Self {
            data,
            recipe: checked.map_err(|error| Fault::error(&error).hints(error.hint()))?,
            metric,
            streams: Streams::new(cv_seed),
            rows: data.splits.rows().to_vec(),
        })
    }

    /// Includes the held-out rows.
    #[must_use]
    pub fn on_all_rows(mut self) -> Self {
        self.rows.extend(&self.data.held_out);
        self.rows.sort_unstable();
        self
    }

    /// Returns the number of training rows.
    pub fn n_rows(&self) -> usize {
        self.rows.len()
    }

    /// Trains on all cores, unless it is interrupted.
    ///
    /// # Errors
    /// If the training diverges or is interrupted.
    pub fn fit(&self, around: &FitAround<'_>) -> Result<Model, Failure> {
        let Self { data, recipe, metric, streams, .. } = self;
        let fold = self.fold();
        self.on_all_cores(around, |watch| {
            fit_model(&data.dataset, &fold, recipe, *metric, streams, watch)
                .map(|model| model.trained_on(&data.hash))
                .map_err(failure)
        })
    }

    /// Trains on all cores, and assesses the model on the held-out rows.
    ///
    /// # Errors
    /// If the training diverges or is interrupted.
    pub fn test(&self, around: &FitAround<'_>) -> Result<Assessment, Failure> {
        let model = self.fit(around)?;
        let Data { dataset, held_out, .. } = self.data;
        let truth = dataset.target().at(held_out);
        model.assess(dataset.features(), held_out, &truth).map_err(Failure::store)
    }

    fn on_all_cores<T>(&self, around: &FitAround<'_>, train: impl FnOnce(&Watch<'_>) -> T) -> T {
        let helpers = Helpers::default();
        let epochs = self.recipe.settings().epochs;
        helpers.during(platform::n_threads(), || {
            let _running = helpers.training();
            train(&Watch { around, epochs, hands: helpers.hands() })
        })
    }

    fn fold(&self) -> Fold {
        let scheme = self.data.splits.plan().scheme;
        Fold { repeat: 0, fold: 0, scheme, train: self.rows.clone(), test: Vec::new() }
    }
}

/// What a training on all searched rows receives from its caller.
pub struct FitAround<'a> {
    /// Whether the training must stop.
    pub is_interrupted: &'a dyn Fn() -> bool,
    /// Called after each epoch with the number of epochs done, and the most there can be.
    pub after_epoch: &'a dyn Fn(u32, u32),
}

/// A [`FitAround`] in the trainer's form.
struct Watch<'a> {
    around: &'a FitAround<'a>,
    epochs: u32,
    hands: &'a Hands,
}

impl trainer::Observer for Watch<'_> {
    fn interrupt(&self) -> ControlFlow<()> {
        if (self.around.is_interrupted)() {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }

    fn after_epoch(&self, epoch: &trainer::Epoch) -> ControlFlow<()> {
        (self.around.after_epoch)(epoch.epoch, self.epochs);
        ControlFlow::Continue(())
    }

    fn hands(&self) -> Option<&Hands> {
        Some(self.hands)
    }
}

fn failure(error: FitError) -> Failure {
    match error {
        FitError::Interrupted(_) => Failure {
            cause: Cause::Interrupted,
            faults: vec![Fault::error("interrupted; nothing was saved")],
        },
        FitError::Diverged { .. } => {
            // More rows make other steps: at the edge of stability the training may diverge on
            // them.
            let fault =
                Fault::error(format!("on all searched rows {error}, although its folds did not"));
            Failure {
                cause: Cause::NoSuccess,
                faults: vec![fault.hint("`--rule one-se` may choose a simpler trial")],
            }
        }
    }
}

/// Warns of categories that a model does not know.
pub fn unseen_category(unseen: &Unseen) -> Fault {
    let Unseen { column, n_rows, label } = unseen;
    let rows = count(*n_rows as u64, "row");
    let fault = Fault::warning(format!(
        "column {}: {rows} with a category that the model does not know, such as {}",
        quoted(column),
        quoted(label)
    ));
    fault.hint("such a cell counts as none of the known ones; to have it known, train on data that hold it")
}

/// The predictions of a model as a table: the class and each class's probability, or the value.
pub fn sheet<'a>(description: &'a ModelDescription, predictions: &'a Predictions) -> Sheet<'a> {
    let mut header = vec!["predicted".to_owned()];
    header.extend(description.classes.iter().map(|class| format!("probability_{class}")));
    match predictions {
        Predictions::Values(values) => {
            Sheet::new(header, values.iter().map(|value| vec![number(*value)]))
        }
        Predictions::Classes { codes, probabilities } => {
            let cells = |(code, row): (&u32, &[f32])| -> Vec<Cell> {
                let class = text(&description.classes[*code as usize]);
                std::iter::once(class).chain(row.iter().map(|p| number(shortest(*p)))).collect()
            };
            let flat = probabilities.as_slice().expect("a new matrix stands row by row");
            Sheet::new(header, codes.iter().zip(flat.chunks(description.classes.len())).map(cells))
        }
    }
}

/// Returns the number whose shortest text reads back as `p`.
fn shortest(p: f32) -> f64 {
    p.to_string().parse().expect("the text of a number is one")
}
