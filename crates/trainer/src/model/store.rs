//! A model as JSON and safetensors.
//!
//! Tensors have the names and shapes of PyTorch's `state_dict`: `layers.0.weight` (outputs ×
//! inputs) and `layers.0.bias`, and under batch normalisation `norms.0.weight`, `.bias`,
//! `.running_mean` and `.running_var`, while that layer has no bias of its own.

use std::io::{Read, Write};

use ndarray::ArrayView2;
use safetensors::tensor::{Dtype, SafeTensors, TensorView};

use super::{Model, ModelDescription, ModelError};
use crate::network::Network;
use crate::network::kernels::InstructionSet;

impl Model {
    /// Writes the description, everything except the weights, as JSON.
    ///
    /// # Errors
    /// If `out` fails.
    pub fn write_description(&self, out: &mut impl Write) -> Result<(), ModelError> {
        serde_json::to_writer_pretty(&mut *out, &self.description)?;
        Ok(out.write_all(b"\n")?)
    }

    /// Writes the weights as safetensors.
    ///
    /// # Errors
    /// If `out` fails.
    pub fn write_weights(&self, out: &mut impl Write) -> Result<(), ModelError> {
        let parts = parts(&self.network);
        let bytes: Vec<Vec<u8>> = parts.iter().map(|part| part.bytes(&self.network)).collect();
        let views = parts
            .iter()
            .zip(&bytes)
            .map(|(part, bytes)| {
                Ok((&part.name, TensorView::new(Dtype::F32, part.shape.clone(), bytes)?))
            })
            .collect::<Result<Vec<_>, safetensors::SafeTensorError>>()?;
        Ok(out.write_all(&safetensors::serialize(views, None)?)?)
    }

    /// Reads a model from its description and its weights.
    ///
    /// # Errors
    /// If either cannot be read, is damaged, or does not fit the other.
    pub fn read(description: impl Read, mut weights: impl Read) -> Result<Self, ModelError> {
        let description: ModelDescription = serde_json::from_reader(description)?;
        check(&description)?;
        let mut bytes = Vec::new();
        weights.read_to_end(&mut bytes)?;
        let stored = SafeTensors::deserialize(&bytes)?;

        // The file states the number of weights; check it before allocating what the description
        // claims.
        let expected = description.architecture.n_parameters().saturating_mul(4);

        if expected > bytes.len() as u64 {
            return Err(ModelError::Contradiction { part: "architecture" });
        }

        let mut network =
            Network::zeros(description.architecture.clone(), InstructionSet::detect());
        for part in parts(&network) {
            part.place(&mut network, &part.read(&stored)?);
        }

        Ok(Self { description, network })
    }
}

fn check(description: &ModelDescription) -> Result<(), ModelError> {
    let ModelDescription { task, classes, schema, preparation, architecture, .. } = description;
    let n_outputs = crate::fit::n_outputs(classes.len());
    let parts = [
        ("preparation", preparation.fits(schema)),
        (
            "architecture",
            architecture.n_inputs == preparation.n_inputs() && architecture.n_outputs == n_outputs,
        ),
        ("task", (*task == crate::data::Task::Classification) == (classes.len() >= 2)),
    ];

    match parts.into_iter().find(|(_, fits)| !fits) {
        Some((part, _)) => Err(ModelError::Contradiction { part }),
        None => Ok(()),
    }
}

/// One tensor of a network.
struct Part {
    name: String,
    shape: Vec<usize>,
    layer: usize,
    role: Role,
}

#[derive(Clone, Copy)]
enum Role {
    Weights,
    Bias,
    Gain,
    Mean,
    Variance,
}

/// Lists the tensors of a network.
fn parts(network: &Network) -> Vec<Part> {
    let mut parts = Vec::new();
    for (index, layer) in network.layers().iter().enumerate() {
        let mut add = |name: String, shape: &[usize], role| {
            parts.push(Part { name, shape: shape.to_vec(), layer: index, role });
        };
        let row = [layer.outputs];
        add(format!("layers.{index}.weight"), &[layer.outputs, layer.inputs], Role::Weights);
        if layer.is_normalised() {
            add(format!("norms.{index}.weight"), &row, Role::Gain);
            add(format!("norms.{index}.bias"), &row, Role::Bias);
            add(format!("norms.{index}.running_mean"), &row, Role::Mean);
            add(format!("norms.{index}.running_var"), &row, Role::Variance);
        } else {
            add(format!("layers.{index}.bias"), &row, Role::Bias);
        }
    }
    parts
}

impl Part {
    /// Returns its numbers as little-endian bytes.
    fn bytes(&self, network: &Network) -> Vec<u8> {
        let layer = &network.layers()[self.layer];
        let row = match self.role {
            Role::Weights => {
                let weights = network.weights(self.layer);
                return weights.t().iter().flat_map(|weight| weight.to_le_bytes()).collect();
            }
            Role::Bias => &network.parameters[layer.bias.clone()],
            Role::Gain => &network.parameters[layer.gain.clone()],
            Role::Mean => &network.running[self.layer].mean,
            Role::Variance => &network.running[self.layer].variance,
        };

        row[..layer.outputs].iter().flat_map(|number| number.to_le_bytes()).collect()
    }

    /// Puts its numbers into a network.
    fn place(&self, network: &mut Network, numbers: &[f32]) {
        let layer = network.layers()[self.layer].clone();
        let row = match self.role {
            Role::Weights => {
                let turned = ArrayView2::from_shape((layer.outputs, layer.inputs), numbers);
                network.set_weights(self.layer, &turned.expect("`read` has checked the shape").t());
                return;
            }
            Role::Bias => &mut network.parameters[layer.bias],
            Role::Gain => &mut network.parameters[layer.gain],
            Role::Mean => &mut network.running[self.layer].mean,
            Role::Variance => &mut network.running[self.layer].variance,
        };

        row[..layer.outputs].copy_from_slice(numbers);
    }

    /// Reads its numbers.
    fn read(&self, stored: &SafeTensors) -> Result<Vec<f32>, ModelError> {
        let wrong = |found: String| ModelError::Tensor {
            name: self.name.clone(),
            expected: self.shape.clone(),
            found,
        };
        let tensor = stored.tensor(&self.name).map_err(|_| wrong("nothing".to_owned()))?;
        if tensor.dtype() != Dtype::F32 || tensor.shape() != self.shape {
            return Err(wrong(format!("{:?} of shape {:?}", tensor.dtype(), tensor.shape())));
        }
        let (numbers, _) = tensor.data().as_chunks::<4>();
        Ok(numbers.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect())
    }
}
