//! A feed-forward network: its parameters in one buffer, and the forward and backward passes over a
//! batch.
//!
//! Layers are matrix products with bias; between hidden layers come batch normalisation (optional),
//! an activation and dropout, in this order. Nothing here knows about the rows of a table, losses
//! or epochs.

mod activate;
pub mod activation;
mod aligned;
mod batch_norm;
pub mod init;
#[expect(
    unsafe_code,
    reason = "measured kernels: instruction sets chosen at run time, products in registers"
)]
pub(crate) mod kernels;
mod layout;
mod pass;

pub(crate) use activate::Mask;
pub(crate) use aligned::Aligned;
pub(crate) use batch_norm::Running;
pub use kernels::Hands;
pub(crate) use kernels::Onto;
pub use layout::Architecture;
pub(crate) use layout::Layer;
pub(crate) use pass::Workspace;

use ndarray::{Array2, ArrayRef2};
use rand::rngs::ChaCha8Rng;

use init::{Init, Position};
use kernels::InstructionSet;

/// A network's parameters.
#[derive(Clone)]
pub(crate) struct Network {
    architecture: Architecture,
    layers: Vec<Layer>,
    set: InstructionSet,
    /// All weights, biases and gains, at the positions that [`Layer`]s state.
    pub parameters: Aligned,
    /// By hidden layer; empty without batch normalisation.
    pub running: Vec<Running>,
}

impl Network {
    /// Makes a network with weights drawn from the stream `rng`, zero biases and gains of one.
    pub(crate) fn new(
        architecture: Architecture,
        init: Init,
        rng: &mut ChaCha8Rng,
        set: InstructionSet,
    ) -> Self {
        let mut network = Self::zeros(architecture, set);
        for index in 0..network.layers.len() {
            let is_last = index + 1 == network.layers.len();
            let position = if is_last { Position::Output } else { Position::Hidden(index) };
            let Layer { inputs, outputs, activation, ref gain, .. } = network.layers[index];
            let gain = gain.clone();
            let mut weights = Array2::zeros((inputs, outputs));
            init.draw(rng, position, activation, weights.view_mut());
            network.set_weights(index, &weights);
            network.parameters[gain].fill(1.0);
        }

        network
    }

    /// Makes a network whose parameters are all zero.
    pub(crate) fn zeros(architecture: Architecture, set: InstructionSet) -> Self {
        let (layers, len) = layout::lay_out(&architecture);
        let running = layers
            .iter()
            .filter(|l| l.is_normalised())
            .map(|l| Running::new(l.gain.len()))
            .collect();
        Self { architecture, layers, set, parameters: Aligned::zeros(len), running }
    }

    pub(crate) fn layers(&self) -> &[Layer] {
        &self.layers
    }

    pub(crate) fn set(&self) -> InstructionSet {
        self.set
    }

    /// Whether all parameters and running moments are finite.
    pub(crate) fn is_finite(&self) -> bool {
        let moments =
            self.running.iter().flat_map(|running| running.mean.iter().chain(&running.variance));
        self.parameters.iter().chain(moments).all(|value| value.is_finite())
    }

    /// Returns the sizes and functions.
    pub(crate) fn architecture(&self) -> &Architecture {
        &self.architecture
    }

    /// Returns the weights of a layer, inputs × outputs.
    pub(crate) fn weights(&self, layer: usize) -> Array2<f32> {
        let layer = &self.layers[layer];
        let (form, kept) = (layer.form(), &self.parameters[layer.weights.clone()]);
        Array2::from_shape_fn((layer.inputs, layer.outputs), |(i, j)| kept[form.place(i, j)])
    }

    /// Sets the weights of a layer, inputs × outputs.
    pub(crate) fn set_weights(&mut self, layer: usize, weights: &ArrayRef2<f32>) {
        let layer = &self.layers[layer];
        let (form, kept) = (layer.form(), &mut self.parameters[layer.weights.clone()]);
        for ((i, j), &weight) in weights.indexed_iter() {
            kept[form.place(i, j)] = weight;
        }
    }
}
