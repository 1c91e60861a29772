//! A network: its parameters in one buffer, and where each lies.

use ndarray::{Array2, ArrayRef2};
use rand::rngs::ChaCha8Rng;

use super::aligned::Aligned;
use super::batch_norm::Running;
use super::init::{Init, Position};
use super::kernels::InstructionSet;
use super::layout::{Architecture, Layer, lay_out};

/// A network's parameters.
#[derive(Clone)]
pub(crate) struct Network {
    pub(super) architecture: Architecture,
    pub(super) layers: Vec<Layer>,
    pub(super) set: InstructionSet,
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
        // In the order of the layers, since every draw moves the stream.
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
        let (layers, len) = lay_out(&architecture);
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
