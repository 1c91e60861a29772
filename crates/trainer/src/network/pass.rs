//! The passes over a batch: forward to the outputs, backward to the gradient.
#![expect(
    clippy::inline_always,
    reason = "kernels are compiled for the instruction set of their caller"
)]

use ndarray::{ArrayView2, ArrayViewMut2};

use super::activate::{Mask, activate};
use super::aligned::{Aligned, Matrix, Order};
use super::batch_norm::{self, Moments};
use super::kernels::{
    self, By, Form, Hands, Kernel, LANES, Onto, PIECE, Panels, PanelsMut, Simd, Vector, padded,
};
use super::{Layer, Network};

/// Buffers for the passes over batches of up to a given number of rows, allocated once per
/// training.
pub(crate) struct Workspace {
    /// Prepared rows, one after another.
    input: Aligned,
    n_inputs: usize,
    layers: Vec<Buffers>,
    /// The gradient with respect to each parameter, laid out like the parameters.
    pub gradient: Aligned,
    no_bias: Aligned,
}

struct Buffers {
    output: Matrix,
    /// f'(z) after the forward pass, the gradient with respect to z after the backward pass.
    delta: Matrix,
    /// The weights, outputs × inputs.
    turned: Matrix,
    /// x̂ of batch normalisation.
    normalised: Matrix,
    moments: Moments,
}

impl Workspace {
    pub(crate) fn new(network: &Network, rows: usize) -> Self {
        let n_layers = network.layers.len();
        let buffers = |(index, layer): (usize, &Layer)| {
            let order = if index + 1 == n_layers { Order::Rows } else { Order::Panels };
            // The gradient with respect to the inputs is not needed, so the first layer has no such
            // buffer.
            let n_turned = if index == 0 { 0 } else { layer.outputs };
            let n_normalised = if layer.is_normalised() { rows } else { 0 };
            Buffers {
                output: Matrix::zeros(rows, layer.outputs, order),
                delta: Matrix::zeros(rows, layer.outputs, order),
                turned: Matrix::zeros(n_turned, layer.inputs, Order::Panels),
                normalised: Matrix::zeros(n_normalised, layer.outputs, Order::Panels),
                moments: Moments::new(layer.gain.len()),
            }
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

    /// Returns the buffer for the first `rows` prepared rows.
    pub(crate) fn input_mut(&mut self, rows: usize) -> &mut [f32] {
        &mut self.input[..rows * self.n_inputs]
    }

    /// Returns the last pass's outputs, and the buffer for their gradient, both padded.
    pub(crate) fn outputs(&mut self, rows: usize) -> (ArrayView2<'_, f32>, ArrayViewMut2<'_, f32>) {
        let last = self.layers.last_mut().expect("a network has an output layer");
        (last.output.rows(rows), last.delta.rows_mut(rows))
    }

    /// Computes the sums of one layer, with activation and slopes if the activation is piecewise
    /// linear.
    fn sum(
        &mut self,
        by: By,
        parameters: &[f32],
        layers: &[Layer],
        index: usize,
        rows: usize,
        slopes: Slopes,
    ) {
        let layer = &layers[index];
        let (below, here) = self.layers.split_at_mut(index);
        let x = match below.last() {
            Some(below) => below.output.panels(rows),
            None => inputs(&self.input, rows, layer),
        };

        let Buffers { output, delta, .. } = &mut here[0];
        let weights = Panels::new(&parameters[layer.weights.clone()], layer.form());
        // Normalisation subtracts the mean, which would cancel a bias.
        let bias = if layer.is_normalised() {
            &self.no_bias[..padded(layer.outputs)]
        } else {
            &parameters[layer.bias.clone()]
        };

        // The output layer is linear, so its slope is 1.
        let slope = match slopes {
            Slopes::Kept if index + 1 < layers.len() => Some(delta.panels_mut(rows)),
            _ => None,
        };

        let leak = layer.fused_leak().unwrap_or(1.0);
        kernels::forward(by, x, weights, bias, output.panels_mut(rows), slope, leak);
    }
}

/// Returns the prepared rows of the first layer.
fn inputs<'a>(input: &'a [f32], rows: usize, layer: &Layer) -> Panels<'a> {
    Panels::new(input, Form::rows(rows, layer.inputs, layer.inputs))
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
    /// Passes the first `rows` rows forward as training does: with slopes, moments of the batch,
    /// and dropout where `mask` gives one for a hidden layer (counted from the input on).
    pub(crate) fn forward_training<'a>(
        &mut self,
        workspace: &mut Workspace,
        hands: Option<&Hands>,
        rows: usize,
        mut mask: impl FnMut(usize) -> Option<Mask<'a>>,
    ) {
        let by = By { set: self.set, hands };
        for (index, layer) in self.layers.iter().enumerate() {
            workspace.sum(by, &self.parameters, &self.layers, index, rows, Slopes::Kept);
            // The output layer has neither normalisation, activation nor dropout.
            if index == self.architecture.hidden.len() {
                return;
            }
            let Buffers { output, delta, normalised, moments, .. } = &mut workspace.layers[index];
            if layer.is_normalised() {
                let (gain, offset) =
                    (&self.parameters[layer.gain.clone()], &self.parameters[layer.bias.clone()]);
                let running = &mut self.running[index];
                batch_norm::normalise(
                    self.set,
                    output.memory_mut(rows),
                    (gain, offset),
                    normalised.memory_mut(rows),
                    moments,
                    running,
                );
            }
            if layer.fused_leak().is_none() {
                activate(by, layer.activation, output.memory_mut(rows), delta.memory_mut(rows));
            }
            if let Some(mask) = mask(index) {
                mask.apply_with_slopes(by, output.memory_mut(rows), delta.memory_mut(rows), LANES);
            }
        }
    }

    /// Passes the first `rows` rows forward as prediction does.
    pub(crate) fn forward(&self, workspace: &mut Workspace, hands: Option<&Hands>, rows: usize) {
        let by = By { set: self.set, hands };
        for (index, layer) in self.layers.iter().enumerate() {
            workspace.sum(by, &self.parameters, &self.layers, index, rows, Slopes::Dropped);
            let Buffers { output, delta, .. } = &mut workspace.layers[index];
            if layer.is_normalised() {
                let (gain, offset) =
                    (&self.parameters[layer.gain.clone()], &self.parameters[layer.bias.clone()]);
                let running = &self.running[index];
                let data = output.memory_mut(rows);
                batch_norm::normalise_by_running(data, (gain, offset), running);
            }
            // Piecewise linear activations were applied together with the product.
            if layer.fused_leak().is_none() {
                activate(by, layer.activation, output.memory_mut(rows), delta.memory_mut(rows));
            }
        }
    }

    /// Passes the gradient of the first `rows` rows' outputs backward; the gradient of every
    /// parameter goes to `workspace.gradient`.
    pub(crate) fn backward(
        &self,
        workspace: &mut Workspace,
        hands: Option<&Hands>,
        rows: usize,
        onto: Onto,
    ) {
        let by = By { set: self.set, hands };
        for (index, layer) in self.layers.iter().enumerate().rev() {
            let Workspace { input, layers, gradient, .. } = workspace;
            let (below, here) = layers.split_at_mut(index);
            let Buffers { delta, turned, normalised, moments, .. } = &mut here[0];
            let columns = padded(layer.outputs);
            if layer.is_normalised() {
                let gain = &self.parameters[layer.gain.clone()];
                // The bias precedes the gains in the buffer, so one split gives both slices.
                let (before, after) = gradient.split_at_mut(layer.gain.start);
                let gradients = (&mut after[..columns], &mut before[layer.bias.clone()]);
                batch_norm::gradient(
                    self.set,
                    delta.memory_mut(rows),
                    gain,
                    normalised.memory_mut(rows),
                    moments,
                    gradients,
                );
            } else {
                sum_rows(by, delta.panels(rows), &mut gradient[layer.bias.clone()], onto);
            }
            let room = PanelsMut::new(&mut gradient[layer.weights.clone()], layer.form());
            // The first layer needs no gradient with respect to its inputs.
            let Some(below) = below.last_mut() else {
                let x = inputs(input, rows, layer);
                kernels::weight_gradient(by, x, delta.panels(rows), room, onto);
                return;
            };
            let x = below.output.panels(rows);
            kernels::weight_gradient(by, x, delta.panels(rows), room, onto);
            // The product reads panels of outputs, so it needs the transposed weights.
            let weights = Panels::new(&self.parameters[layer.weights.clone()], layer.form());
            kernels::transpose(by, weights, turned.panels_mut(layer.outputs));
            kernels::input_gradient(
                by,
                delta.panels(rows),
                turned.panels(layer.outputs),
                below.delta.panels_mut(rows),
            );
        }
    }
}

/// Writes the sum over rows, or adds it.
fn sum_rows(by: By, rows: Panels, sums: &mut [f32], onto: Onto) {
    let n_panels = PIECE.div_ceil((rows.form().rows * LANES).max(1));
    by.pieces([sums], n_panels * LANES, |begin, [sums]| {
        by.set.run(SumRows { rows, first: begin / LANES, sums, onto });
    });
}

struct SumRows<'a> {
    rows: Panels<'a>,
    /// The panel of the first sums.
    first: usize,
    sums: &'a mut [f32],
    onto: Onto,
}

impl Kernel for SumRows<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self) {
        for (panel, sums) in self.sums.chunks_exact_mut(LANES).enumerate() {
            let start = if self.onto == Onto::Nothing {
                S::Vector::splat(0.0)
            } else {
                S::Vector::load(sums)
            };
            let rows = self.rows.rows_of(self.first + panel);
            rows.fold(start, |sum, row| sum + S::Vector::load(row)).store(sums);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::loss::{Criterion, Loss, Targets};
    use crate::network::Architecture;
    use crate::network::activation::Activation;
    use crate::network::init::Init;
    use crate::network::kernels::InstructionSet;
    use rand::SeedableRng;
    use rand::rngs::ChaCha8Rng;

    const CLASSES: [u32; 6] = [0, 2, 1, 2, 0, 1];

    /// A network, its loss on six rows of three numbers, and the gradient of its parameters.
    struct Case {
        network: Network,
        workspace: Workspace,
        dropout: f32,
    }

    impl Case {
        fn new(
            hidden: &[(usize, Activation)],
            batch_norm: bool,
            dropout: f32,
            set: InstructionSet,
        ) -> Self {
            let architecture =
                Architecture { n_inputs: 3, hidden: hidden.to_vec(), n_outputs: 3, batch_norm };
            let network =
                Network::new(architecture, Init::HeNormal, &mut ChaCha8Rng::seed_from_u64(6), set);
            let mut workspace = Workspace::new(&network, 6);
            for (i, x) in workspace.input_mut(6).iter_mut().enumerate() {
                *x = ((i * 5) % 13) as f32 * 0.3 - 1.7;
            }
            Self { network, workspace, dropout }
        }

        fn loss(&mut self) -> f64 {
            let mask = |layer| {
                let key = 0x1234_5678_9abc_def1 * (layer as u64 + 1);
                (self.dropout > 0.0).then_some(Mask {
                    key,
                    rows: &[0, 1, 2, 3, 4, 5],
                    probability: self.dropout,
                })
            };
            self.network.forward_training(&mut self.workspace, None, 6, mask);
            let (outputs, mut gradient) = self.workspace.outputs(6);
            let criterion = Criterion {
                loss: Loss::CrossEntropy,
                class_weights: vec![1.0; 3],
                label_smoothing: 0.0,
            };
            let mut losses = [0.0; 6];
            criterion.gradient(
                self.network.set(),
                &outputs,
                Targets::Classes(&CLASSES),
                1.0 / 6.0,
                &mut losses,
                &mut gradient,
            );
            losses.iter().map(|&loss| f64::from(loss) / 6.0).sum()
        }
    }

    /// Whether a position among a layer's weights is not padding.
    fn is_weight(layer: &Layer, place: usize) -> bool {
        let panel = place / (LANES * layer.inputs);
        panel * LANES + place % LANES < layer.outputs
    }

    #[test]
    fn the_gradient_by_every_parameter_matches_finite_differences() {
        use crate::choice::NamedChoice;
        let mut cases = vec![(vec![], false, 0.0)];
        for &(_, activation) in Activation::NAMES {
            cases.push((vec![(5, activation)], false, 0.0));
            cases.push((vec![(17, activation), (4, activation)], false, 0.0));
            cases.push((vec![(5, activation), (4, activation)], true, 0.0));
        }
        cases.push((vec![(20, Activation::Tanh), (9, Activation::Silu)], false, 0.4));
        for set in InstructionSet::available() {
            for (hidden, batch_norm, dropout) in &cases {
                let mut case = Case::new(hidden, *batch_norm, *dropout, set);
                case.loss();
                case.network.backward(&mut case.workspace, None, 6, Onto::Nothing);
                let gradient = case.workspace.gradient.to_vec();
                let layers = case.network.layers().to_vec();
                for layer in &layers {
                    let weights =
                        layer.weights.clone().filter(|i| is_weight(layer, i - layer.weights.start));
                    let offsets = layer.bias.clone().take(layer.outputs);
                    let gains = layer.gain.clone().take(layer.outputs);
                    for i in weights.chain(offsets).chain(gains) {
                        let at = |shift: f32, case: &mut Case| {
                            let saved = case.network.parameters[i];
                            case.network.parameters[i] = saved + shift;
                            let loss = case.loss();
                            case.network.parameters[i] = saved;
                            loss
                        };
                        // Losses have errors of 1e-7, so differences have 1e-5 to 1e-4, and 1e-4 of
                        // their third order; the shorter step is for kinks inside the longer one.
                        let error = [1e-2, 1e-3].map(|step| {
                            let difference = (at(step, &mut case) - at(-step, &mut case))
                                / f64::from(2.0 * step);
                            (difference - f64::from(gradient[i])).abs()
                        });
                        assert!(
                            error[0].min(error[1]) < 1e-3,
                            "{set:?} {hidden:?} {batch_norm} {i}: {error:?}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn padding_stays_zero_through_a_pass() {
        for set in InstructionSet::available() {
            let mut case =
                Case::new(&[(17, Activation::Sigmoid), (4, Activation::Elu)], true, 0.2, set);
            case.loss();
            case.network.backward(&mut case.workspace, None, 6, Onto::Nothing);
            let used: usize = case
                .network
                .layers()
                .iter()
                .map(|layer| {
                    layer.inputs * layer.outputs
                        + layer.outputs * if layer.is_normalised() { 2 } else { 1 }
                })
                .sum();
            assert!(case.workspace.gradient.iter().filter(|&&g| g != 0.0).count() <= used);
        }
    }
}
