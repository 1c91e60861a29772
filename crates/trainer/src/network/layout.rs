//! The layout of all layers' parameters in one buffer.
//!
//! Layer by layer: weights (inputs × outputs, panel by panel), bias, and under batch normalisation
//! the gains. The last panel is padded with zeros, which stay zero, since no gradient reaches them.
//! Under batch normalisation the bias is the offset β of the normalisation, since a bias before it
//! would cancel.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::activation::Activation;
use super::kernels::{Form, padded};

/// The sizes and functions of a network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Architecture {
    /// Numbers of a prepared row.
    pub n_inputs: usize,
    /// Width and activation of each hidden layer from the input on.
    pub hidden: Vec<(usize, Activation)>,
    /// Numbers of an output row.
    pub n_outputs: usize,
    /// Whether each hidden layer's sums are normalised over the batch.
    pub batch_norm: bool,
}

impl Architecture {
    /// Returns inputs and outputs of each layer, the output layer last.
    pub fn layers(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        let widths = self.hidden.iter().map(|&(width, _)| width);
        let inputs = std::iter::once(self.n_inputs).chain(widths.clone());
        inputs.zip(widths.chain(std::iter::once(self.n_outputs)))
    }

    /// Returns the number of parameters: weights, biases, and under batch normalisation a gain for
    /// each hidden unit; at most 2⁶⁴ − 1.
    pub fn n_parameters(&self) -> u64 {
        let gains = self.hidden.iter().filter(|_| self.batch_norm).map(|&(width, _)| width as u64);
        let layers = self.layers().map(|(inputs, outputs)| {
            (inputs as u64).saturating_add(1).saturating_mul(outputs as u64)
        });
        layers.chain(gains).fold(0, u64::saturating_add)
    }
}

/// The positions of one layer.
#[derive(Clone, Debug)]
pub(crate) struct Layer {
    pub inputs: usize,
    pub outputs: usize,
    pub weights: Range<usize>,
    pub bias: Range<usize>,
    /// Empty without batch normalisation, and in the output layer.
    pub gain: Range<usize>,
    pub activation: Activation,
}

impl Layer {
    /// Whether its sums are normalised over the batch.
    pub(crate) fn is_normalised(&self) -> bool {
        !self.gain.is_empty()
    }

    /// Returns how its weights lie.
    pub(crate) fn form(&self) -> Form {
        Form::panels(self.inputs, self.outputs)
    }
}

/// Returns the layers' positions, and the length of the buffer.
pub(crate) fn lay_out(architecture: &Architecture) -> (Vec<Layer>, usize) {
    let activations = architecture.hidden.iter().map(|&(_, activation)| activation);
    let mut at = 0;
    // Weights, bias and gain of each layer follow one another, padded to whole vectors.
    let mut take = |len: usize| {
        at += len;
        at - len..at
    };

    let layers = architecture
        .layers()
        .zip(activations.chain(std::iter::once(Activation::Linear)))
        .enumerate()
        .map(|(index, ((inputs, outputs), activation))| {
            let is_normalised = architecture.batch_norm && index < architecture.hidden.len();
            Layer {
                inputs,
                outputs,
                weights: take(inputs * padded(outputs)),
                bias: take(padded(outputs)),
                gain: take(if is_normalised { padded(outputs) } else { 0 }),
                activation,
            }
        })
        .collect();

    (layers, at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_counted_without_padding() {
        let hidden = vec![(10, Activation::Relu), (7, Activation::Tanh)];
        let mut architecture =
            Architecture { n_inputs: 4, hidden, n_outputs: 3, batch_norm: false };
        assert_eq!(architecture.n_parameters(), 5 * 10 + 11 * 7 + 8 * 3);
        architecture.batch_norm = true;
        assert_eq!(architecture.n_parameters(), 5 * 10 + 11 * 7 + 8 * 3 + 17);
    }

    #[test]
    fn places_follow_each_other() {
        let hidden = vec![(256, Activation::Relu), (7, Activation::Relu)];
        let (layers, len) =
            lay_out(&Architecture { n_inputs: 4, hidden, n_outputs: 3, batch_norm: true });
        let ranges = layers.iter().flat_map(|layer| [&layer.weights, &layer.bias, &layer.gain]);
        assert_eq!(
            ranges.fold(0, |end, range| {
                assert_eq!(range.start, end);
                range.end
            }),
            len
        );
        assert_eq!((layers[1].gain.len(), layers[2].gain.len()), (16, 0));
    }
}
