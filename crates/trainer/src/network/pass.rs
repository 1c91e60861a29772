//! The passes over a batch: forward to the outputs, backward to the gradient.

use ndarray::{ArrayView1, ArrayView2, ArrayViewMut2};

use super::activate::{Mask, activate};
use super::aligned::{Aligned, Matrix, view, view_mut};
use super::batch_norm::{self, Moments, Rows};
use super::kernels::{self, InstructionSet, Onto, padded};
use super::{Layer, Network};

/// Room for the passes over batches of up to so many rows, made once a training.
pub(crate) struct Workspace {
    /// Prepared rows, one after another.
    input: Aligned,
    n_inputs: usize,
    layers: Vec<Buffers>,
    /// The gradient by each parameter, laid out as these.
    pub gradient: Aligned,
    no_bias: Aligned,
}

struct Buffers {
    output: Matrix,
    /// f'(z) after the pass forward, the gradient by z after that backward.
    delta: Matrix,
    /// The weights, outputs × inputs.
    turned: Matrix,
    /// x̂ of batch normalisation.
    normalised: Matrix,
    moments: Moments,
}

impl Workspace {
    pub(crate) fn new(network: &Network, rows: usize) -> Self {
        let buffers = |(index, layer): (usize, &Layer)| Buffers {
            output: Matrix::zeros(rows, layer.outputs),
            delta: Matrix::zeros(rows, layer.outputs),
            turned: Matrix::zeros(if index == 0 { 0 } else { layer.outputs }, layer.inputs),
            normalised: Matrix::zeros(if layer.is_normalised() { rows } else { 0 }, layer.outputs),
            moments: Moments::new(layer.gain.len()),
        };
        let widest = network.layers.iter().map(|layer| padded(layer.outputs)).max().unwrap_or(0);
        let n_inputs = network.architecture.n_inputs;
        Self {
            input: Aligned::zeros(rows * n_inputs),
            n_inputs,
            layers: network.layers.iter().enumerate().map(buffers).collect(),
            gradient: Aligned::zeros(network.parameters.len()),
            no_bias: Aligned::zeros(widest),
        }
    }

    /// Returns the room for the first `rows` prepared rows.
    pub(crate) fn input_mut(&mut self, rows: usize) -> &mut [f32] {
        &mut self.input[..rows * self.n_inputs]
    }

    /// Returns the last pass's outputs, and the room for the gradient by them, both padded.
    pub(crate) fn outputs(&mut self, rows: usize) -> (ArrayView2<'_, f32>, ArrayViewMut2<'_, f32>) {
        let last = self.layers.last_mut().expect("a network has an output layer");
        (last.output.padded(rows), last.delta.padded_mut(rows))
    }

    /// Computes the sums of one layer, activated and with their slopes if the activation is linear on both sides.
    fn sum(
        &mut self,
        set: InstructionSet,
        parameters: &[f32],
        layers: &[Layer],
        index: usize,
        rows: usize,
        slopes: Slopes,
    ) {
        let layer = &layers[index];
        let (below, here) = self.layers.split_at_mut(index);
        let x = match below.last() {
            Some(below) => below.output.rows(rows),
            None => view(&self.input, rows, layer.inputs, layer.inputs),
        };
        let Buffers { output, delta, .. } = &mut here[0];
        let columns = padded(layer.outputs);
        let weights = view(&parameters[layer.weights.clone()], layer.inputs, columns, layer.stride);
        let bias = if layer.is_normalised() { &self.no_bias[..columns] } else { &parameters[layer.bias.clone()] };
        let slope = match slopes {
            Slopes::Kept if index + 1 < layers.len() => Some(delta.padded_mut(rows)),
            _ => None,
        };
        let leak = layer.fused_leak().unwrap_or(1.0);
        kernels::forward(set, x, weights, ArrayView1::from(bias), output.padded_mut(rows), slope, leak);
    }
}

#[derive(Clone, Copy)]
enum Slopes {
    Kept,
    Dropped,
}

impl Layer {
    /// The leak of an activation that the product itself applies.
    fn fused_leak(&self) -> Option<f32> {
        self.activation.leak().filter(|_| !self.is_normalised())
    }
}

impl Network {
    /// Passes the first `rows` rows forward as training does: with slopes, moments of the batch, and dropout where
    /// `mask` gives one for a hidden layer (counted from the input on).
    pub(crate) fn forward_training(
        &mut self,
        workspace: &mut Workspace,
        rows: usize,
        mut mask: impl FnMut(usize) -> Option<Mask>,
    ) {
        for (index, layer) in self.layers.iter().enumerate() {
            workspace.sum(self.set, &self.parameters, &self.layers, index, rows, Slopes::Kept);
            if index == self.architecture.hidden.len() {
                return;
            }
            let Buffers { output, delta, normalised, moments, .. } = &mut workspace.layers[index];
            if layer.is_normalised() {
                let (gain, offset) = (&self.parameters[layer.gain.clone()], &self.parameters[layer.bias.clone()]);
                let running = &mut self.running[index];
                let batch = Rows { stride: output.stride(), data: output.memory_mut(rows) };
                batch_norm::normalise(self.set, batch, (gain, offset), normalised.memory_mut(rows), moments, running);
            }
            if layer.fused_leak().is_none() {
                activate(self.set, layer.activation, output.memory_mut(rows), delta.memory_mut(rows));
            }
            if let Some(mask) = mask(index) {
                mask.apply_with_slopes(self.set, output.memory_mut(rows), delta.memory_mut(rows));
            }
        }
    }

    /// Passes the first `rows` rows forward as prediction does.
    pub(crate) fn forward(&self, workspace: &mut Workspace, rows: usize) {
        for (index, layer) in self.layers.iter().enumerate() {
            workspace.sum(self.set, &self.parameters, &self.layers, index, rows, Slopes::Dropped);
            let Buffers { output, delta, .. } = &mut workspace.layers[index];
            if layer.is_normalised() {
                let (gain, offset) = (&self.parameters[layer.gain.clone()], &self.parameters[layer.bias.clone()]);
                let batch = Rows { stride: output.stride(), data: output.memory_mut(rows) };
                batch_norm::normalise_by_running(batch, (gain, offset), &self.running[index]);
            }
            if layer.fused_leak().is_none() {
                activate(self.set, layer.activation, output.memory_mut(rows), delta.memory_mut(rows));
            }
        }
    }

    /// Passes the gradient by the outputs of the first `rows` rows backward: the gradient by every parameter goes to
    /// `workspace.gradient`.
    pub(crate) fn backward(&self, workspace: &mut Workspace, rows: usize, onto: Onto) {
        for (index, layer) in self.layers.iter().enumerate().rev() {
            let Workspace { input, layers, gradient, .. } = workspace;
            let (below, here) = layers.split_at_mut(index);
            let Buffers { delta, turned, normalised, moments, .. } = &mut here[0];
            let columns = padded(layer.outputs);
            if layer.is_normalised() {
                let gain = &self.parameters[layer.gain.clone()];
                let (before, after) = gradient.split_at_mut(layer.gain.start);
                let gradients = (&mut after[..columns], &mut before[layer.bias.clone()]);
                let delta = Rows { stride: delta.stride(), data: delta.memory_mut(rows) };
                batch_norm::gradient(self.set, delta, gain, normalised.memory_mut(rows), moments, gradients);
            } else {
                sum_rows(delta.padded(rows), &mut gradient[layer.bias.clone()], onto);
            }
            let weights = layer.weights.clone();
            let room = view_mut(&mut gradient[weights.clone()], layer.inputs, columns, layer.stride);
            let Some(below) = below.last_mut() else {
                let x = view(input, rows, layer.inputs, layer.inputs);
                kernels::weight_gradient(self.set, x, delta.padded(rows), room, onto);
                return;
            };
            kernels::weight_gradient(self.set, below.output.rows(rows), delta.padded(rows), room, onto);
            let weights = view(&self.parameters[weights], layer.inputs, layer.outputs, layer.stride);
            kernels::transpose(self.set, weights, turned.padded_mut(layer.outputs));
            let slope = below.delta.padded_mut(rows);
            kernels::input_gradient(self.set, delta.rows(rows), turned.padded(layer.outputs), slope);
        }
    }
}

/// Writes or adds the sum over rows.
fn sum_rows(rows: ArrayView2<f32>, sums: &mut [f32], onto: Onto) {
    if onto == Onto::Nothing {
        sums.fill(0.0);
    }
    for row in rows.outer_iter() {
        for (sum, &value) in sums.iter_mut().zip(row) {
            *sum += value;
        }
    }
}
