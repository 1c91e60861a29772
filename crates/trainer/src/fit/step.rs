//! One step: passes a mini-batch forward and backward through the network and updates the weights.

use ndarray::ArrayRef2;
use rand::Rng;
use rand::rngs::ChaCha8Rng;

use super::average::Average;
use super::prepared::{Batch, PreparedData, n_outputs};
use super::{Draws, Job};
use crate::loss::Criterion;
use crate::metric::Metric;
use crate::network::kernels::By;
use crate::network::{Hands, Mask, Network, Onto, Workspace};
use crate::optim::Optimizer;
use crate::stream::Purpose;
use crate::tally::Tally;

/// The most rows that pass through the network at once. A larger batch accumulates the gradients of
/// several passes, so that memory does not grow with it. Only batch normalisation needs the whole
/// batch.
const PASS_ROWS: usize = 256;

/// A network with the buffers of a step, allocated once.
pub(crate) struct Stepper<'h> {
    hands: Option<&'h Hands>,
    network: Network,
    optimizer: Optimizer,
    average: Average,
    workspace: Workspace,
    batch: Batch,
    dropout: ChaCha8Rng,
    /// The units that the inputs and each hidden layer drop in this epoch.
    keys: Vec<u64>,
    dropout_probability: f32,
    input_dropout_probability: f32,
    clip_norm: f32,
    /// Rows of a training pass.
    pass_rows: usize,
    /// Rows that fit the workspace.
    room: usize,
}

impl<'h> Stepper<'h> {
    pub(super) fn new(job: &Job, draws: Draws, By { set, hands }: By<'h>) -> Self {
        let settings = job.recipe.settings();
        let n_outputs = n_outputs(job.criterion.class_weights.len());
        let architecture = job.recipe.architecture(job.source.preparation.n_inputs(), n_outputs);
        let network =
            Network::new(architecture, settings.init, &mut draws.of(Purpose::InitialWeights), set);
        let batch_rows = job.train.len().div_ceil(job.recipe.n_batches(job.train.len()));
        // Passes limit the memory of a large batch; batch normalisation needs all its rows at once.
        let n_passes = if settings.batch_norm { 1 } else { batch_rows.div_ceil(PASS_ROWS) };
        let pass_rows = batch_rows.div_ceil(n_passes);
        // For the largest pass, be it of training or of scoring.
        let room = pass_rows.max(PASS_ROWS.min(job.watch.len().max(job.stop_by.len())));

        Self {
            hands,
            optimizer: job.recipe.optimizer(&network),
            average: Average::new(settings.averaging, network.parameters.len()),
            workspace: Workspace::new(&network, room),
            batch: Batch::new(room),
            keys: vec![0; network.layers().len()],
            network,
            dropout: draws.of(Purpose::Dropout),
            dropout_probability: settings.dropout as f32,
            input_dropout_probability: settings.input_dropout as f32,
            clip_norm: settings.clip_norm as f32,
            pass_rows,
            room,
        }
    }

    pub(crate) fn network(&self) -> &Network {
        &self.network
    }

    pub(crate) fn network_mut(&mut self) -> &mut Network {
        &mut self.network
    }

    /// Draws the dropout masks of the epoch after `n_before` others.
    pub(crate) fn begin_epoch(&mut self, n_before: u32) {
        self.dropout.set_word_pos(u128::from(n_before) << 32);
        self.keys.fill_with(|| self.dropout.next_u64());
    }

    /// Updates the weights by the mean gradient of `rows`; returns the sum of their losses before
    /// the update.
    pub(crate) fn step(
        &mut self,
        source: &PreparedData,
        criterion: &Criterion,
        rows: &[u32],
        learning_rate: f64,
    ) -> f64 {
        let share = 1.0 / rows.len() as f32;
        let mut sum = 0.0;
        let mut onto = Onto::Nothing;
        // A batch may need several passes, whose gradients add up.
        for rows in rows.chunks(self.pass_rows) {
            sum += self.pass(source, criterion, rows, share, onto);
            onto = Onto::Sum;
        }
        self.clip();
        let by = By { set: self.network.set(), hands: self.hands };
        let parameters = &mut self.network.parameters;
        self.optimizer.step(by, learning_rate, parameters, &self.workspace.gradient);
        self.average.follow(by, parameters);
        sum
    }

    fn pass(
        &mut self,
        source: &PreparedData,
        criterion: &Criterion,
        rows: &[u32],
        share: f32,
        onto: Onto,
    ) -> f64 {
        let Self { network, workspace, batch, keys, hands, .. } = self;
        // A mask follows from a key and the row's number, so it does not depend on how rows are
        // split into passes.
        let mask =
            |probability, key| (probability > 0.0).then_some(Mask { key, rows, probability });
        let n = rows.len();
        source.load(rows, workspace);
        let set = network.set();

        if let Some(mask) = mask(self.input_dropout_probability, keys[0]) {
            let n_inputs = network.layers()[0].inputs;
            mask.apply(By { set, hands: *hands }, workspace.input_mut(n), n_inputs.max(1));
        }

        network.forward_training(workspace, *hands, n, |layer| {
            mask(self.dropout_probability, keys[layer + 1])
        });
        let (outputs, mut gradient) = workspace.outputs(n);
        let (targets, losses) = source.targets(rows, batch);
        criterion.gradient(set, &outputs, targets, share, losses, &mut gradient);
        let sum = total(losses);
        network.backward(workspace, *hands, n, onto);

        sum
    }

    /// Scales the gradient down to the greatest allowed norm, as PyTorch's `clip_grad_norm_` does.
    fn clip(&mut self) {
        if self.clip_norm > 0.0 {
            let gradient = &mut self.workspace.gradient;
            let squares: f64 = gradient.iter().map(|&g| f64::from(g) * f64::from(g)).sum();
            let factor = self.clip_norm / (libm::sqrt(squares) as f32 + 1e-6);
            if factor < 1.0 {
                for g in gradient.iter_mut() {
                    *g *= factor;
                }
            }
        }
    }

    /// Puts the average of the weights in their place, if the recipe asks for one.
    pub(super) fn show_average(&mut self) {
        self.average.show(&mut self.network.parameters);
    }

    /// Puts the weights back.
    pub(super) fn hide_average(&mut self) {
        self.average.hide(&mut self.network.parameters);
    }

    /// Returns the mean metrics of `rows`, and their predictions where `metric` needs them.
    pub(crate) fn measure(
        &mut self,
        source: &PreparedData,
        criterion: &Criterion,
        rows: &[u32],
        metric: Metric,
    ) -> Tally {
        let mut tally = if metric.is_mean() {
            Tally::new(source.task())
        } else {
            Tally::keeping(source.task(), source.n_classes())
        };
        self.predict(source, criterion, rows, |rows, losses, outputs| {
            source.tally(rows, losses, outputs, &mut tally);
        });
        tally
    }

    /// Returns the mean training loss before its conversion to the target's units; NaN without
    /// rows.
    pub(crate) fn mean_loss(
        &mut self,
        source: &PreparedData,
        criterion: &Criterion,
        rows: &[u32],
    ) -> f64 {
        let mut sum = 0.0;
        self.predict(source, criterion, rows, |_, losses, _| sum += total(losses));
        sum / rows.len() as f64
    }

    /// Predicts `rows` in parts that fit the workspace, and passes on their losses and outputs.
    fn predict(
        &mut self,
        source: &PreparedData,
        criterion: &Criterion,
        rows: &[u32],
        mut hand_on: impl FnMut(&[u32], &[f32], &ArrayRef2<f32>),
    ) {
        for rows in rows.chunks(self.room) {
            source.load(rows, &mut self.workspace);
            self.network.forward(&mut self.workspace, self.hands, rows.len());
            let (outputs, _) = self.workspace.outputs(rows.len());
            let (targets, losses) = source.targets(rows, &mut self.batch);
            criterion.losses(self.network.set(), &outputs, targets, losses);
            hand_on(rows, losses, &outputs);
        }
    }
}

/// Sums in f64, in order.
fn total(losses: &[f32]) -> f64 {
    losses.iter().map(|&loss| f64::from(loss)).sum()
}
