//! A model as ONNX (opset 17, ai.onnx.ml 3), which takes raw columns as in the file.
//!
//! Inputs, N rows: `numbers` (double, N × number columns) and `categories` (string, N × category
//! columns), each in the schema's order and absent if there are none. A missing number is NaN, a
//! missing category "". Outputs: for a classification `label` (string, N) and `probabilities`
//! (float, N × classes), for a regression `value` (double, N). Field numbers and types are those of
//! onnx.proto3.

use std::io::Write;

use ndarray::ArrayView2;

use super::wire::Message;
use super::{Model, ModelDescription, ModelError};
use crate::data::Schema;
use crate::network::activation::Activation;
use crate::prepare::{Encoding, Input};

/// Element types of `TensorProto`.
const FLOAT: i64 = 1;
const INT64: i64 = 7;
const STRING: i64 = 8;
const DOUBLE: i64 = 11;

const EPSILON: f32 = 1e-5;

impl Model {
    /// Writes the model as ONNX.
    ///
    /// # Errors
    /// If `out` fails.
    pub fn write_onnx(&self, out: &mut impl Write) -> Result<(), ModelError> {
        let opset = |domain: &str, version| Message::new().bytes(1, domain).int(2, version);
        let model = Message::new()
            .int(1, 8)
            .bytes(2, "tune")
            .message(7, &self.graph())
            .message(8, &opset("", 17))
            .message(8, &opset("ai.onnx.ml", 3));
        Ok(out.write_all(model.as_bytes())?)
    }

    fn graph(&self) -> Message {
        let mut graph = Graph::default();
        let inputs = graph.prepare(&self.description);
        let outputs = self.layers(&mut graph, inputs);
        graph.answer(&self.description, &outputs);
        graph.finish()
    }

    /// Adds all layers; returns the name of the last output.
    fn layers(&self, graph: &mut Graph, mut x: String) -> String {
        for (index, layer) in self.network.layers().iter().enumerate() {
            let row = |numbers: &[f32]| numbers[..layer.outputs].to_vec();
            let weights = graph.matrix(&self.network.weights(index).view());
            let bias = row(&self.network.parameters[layer.bias.clone()]);
            // The bias of a normalised layer is the offset of its normalisation.
            if layer.is_normalised() {
                let running = &self.network.running[index];
                let gain = row(&self.network.parameters[layer.gain.clone()]);
                x = graph.node("MatMul", &[&x, &weights], &[]);
                let rows = [gain, bias, row(&running.mean), row(&running.variance)]
                    .map(|row| graph.floats(&row));
                let epsilon = float("epsilon", EPSILON);
                x = graph.node(
                    "BatchNormalization",
                    &[&x, &rows[0], &rows[1], &rows[2], &rows[3]],
                    &[epsilon],
                );
            } else {
                let bias = graph.floats(&bias);
                x = graph.node("Gemm", &[&x, &weights, &bias], &[]);
            }
            x = graph.activate(layer.activation, x);
        }

        x
    }
}

/// A graph under construction; each node has one output, named by the node's number.
#[derive(Default)]
struct Graph {
    nodes: Vec<Message>,
    constants: Vec<Message>,
    inputs: Vec<Message>,
    outputs: Vec<Message>,
}

impl Graph {
    /// Adds the nodes from raw columns to inputs; returns their name.
    fn prepare(&mut self, description: &ModelDescription) -> String {
        let ModelDescription { schema, preparation, .. } = description;
        let inputs = preparation.inputs(schema);
        let mut blocks = Vec::new();

        let numbers: Vec<&str> = schema.numbers().map(|(name, _)| name).collect();
        let mut pieces = None;
        if !numbers.is_empty() {
            self.input("numbers", DOUBLE, numbers.len());
            let (single, is_missing) = self.single(schema);
            blocks.extend(self.prepare_numbers(&numbers, &inputs, &single, &is_missing));
            pieces = self.spread_numbers(&numbers, &inputs, &single, &is_missing);
        }

        if schema.categories().next().is_some() {
            self.input("categories", STRING, schema.categories().count());
            for (column, (name, _)) in schema.categories().enumerate() {
                blocks.extend(self.prepare_category(column, name, &inputs));
            }
        }

        // Last, as in `Preparation::inputs`.
        blocks.extend(pieces);
        let names: Vec<&str> = blocks.iter().map(String::as_str).collect();
        self.node("Concat", &names, &[int("axis", 1)])
    }

    /// Adds the shifted numbers in single precision, and the indicators of missing ones.
    fn single(&mut self, schema: &Schema) -> (String, String) {
        let shift = self.doubles(&schema.numbers().map(|(_, shift)| shift).collect::<Vec<_>>());
        let shifted = self.node("Sub", &["numbers", &shift], &[]);
        let single = self.node("Cast", &[&shifted], &[int("to", FLOAT)]);
        let is_missing = self.node("IsNaN", &[&single], &[]);
        (single, is_missing)
    }

    /// Adds the inputs over which numbers are spread, if there are any.
    fn spread_numbers(
        &mut self,
        names: &[&str],
        inputs: &[Input],
        single: &str,
        is_missing: &str,
    ) -> Option<String> {
        let (mut places, mut lows, mut slopes) = (Vec::new(), Vec::new(), Vec::new());
        for input in inputs {
            if let Encoding::Piece { low, slope, .. } = input.source {
                let place = names.iter().position(|&name| name == input.feature);
                places.extend(place.map(|place| place as i64));
                lows.push(low);
                slopes.push(slope);
            }
        }
        if places.is_empty() {
            return None;
        }

        let places = self.ints(&places);
        let gather = [int("axis", 1)];
        let numbers = self.node("Gather", &[single, &places], &gather);
        let lack = self.node("Gather", &[is_missing, &places], &gather);
        let [low, slope] = [lows, slopes].map(|row| self.floats(&row));
        let [one, zero] = [1.0, 0.0].map(|number| self.floats(&[number]));
        let [least, most] = [-1.0, 1.0].map(|number| self.scalar(number));

        // The operations of `Encoding::Piece`, in its order and precision, so that results agree.
        let above = self.node("Sub", &[&numbers, &low], &[]);
        let share = self.node("Mul", &[&above, &slope], &[]);
        let centred = self.node("Sub", &[&share, &one], &[]);
        let within = self.node("Clip", &[&centred, &least, &most], &[]);
        Some(self.node("Where", &[&lack, &zero, &within], &[]))
    }

    fn prepare_numbers(
        &mut self,
        names: &[&str],
        inputs: &[Input],
        single: &str,
        is_missing: &str,
    ) -> Vec<String> {
        let mut scales = Vec::new();
        let mut flagged = Vec::new();
        for input in inputs {
            match input.source {
                Encoding::Number { centre, scale, fill, .. } => scales.push([centre, scale, fill]),
                Encoding::IsMissingNumber => {
                    flagged.extend(
                        names.iter().position(|&name| name == input.feature).map(|at| at as i64),
                    );
                }
                Encoding::Piece { .. } | Encoding::Is { .. } | Encoding::IsMissingCategory => {}
            }
        }

        let [centre, scale, fill] = [0, 1, 2]
            .map(|part| self.floats(&scales.iter().map(|scale| scale[part]).collect::<Vec<f32>>()));
        // The operations of `Encoding::Number`, in its order and precision.
        let centred = self.node("Sub", &[single, &centre], &[]);
        let scaled = self.node("Mul", &[&centred, &scale], &[]);
        let mut blocks = vec![self.node("Where", &[is_missing, &fill, &scaled], &[])];
        if !flagged.is_empty() {
            let places = self.ints(&flagged);
            let flags = self.node("Gather", &[is_missing, &places], &[int("axis", 1)]);
            blocks.push(self.node("Cast", &[&flags], &[int("to", FLOAT)]));
        }
        blocks
    }

    /// Adds the inputs of one category column; adds none if no level occurred.
    fn prepare_category(&mut self, column: usize, name: &str, inputs: &[Input]) -> Option<String> {
        let levels: Vec<&str> = inputs
            .iter()
            .filter(|input| input.feature == name)
            .filter_map(|input| match &input.source {
                Encoding::Is { label } => Some(label.as_str()),
                Encoding::IsMissingCategory => Some(""),
                Encoding::Number { .. } | Encoding::Piece { .. } | Encoding::IsMissingNumber => {
                    None
                }
            })
            .collect();
        if levels.is_empty() {
            return None;
        }
        let place = self.ints(&[column as i64]);
        let cells = self.node("Gather", &["categories", &place], &[int("axis", 1)]);
        let levels =
            attribute("cats_strings", 8).all(levels, |message, level| message.bytes(9, level));
        let encoded =
            self.node_of("ai.onnx.ml", "OneHotEncoder", &[&cells], &[levels, int("zeros", 1)]);
        // rows × 1 × levels
        let axis = self.ints(&[1]);
        Some(self.node("Squeeze", &[&encoded, &axis], &[]))
    }

    fn activate(&mut self, activation: Activation, x: String) -> String {
        match activation {
            Activation::Linear => x,
            Activation::Sigmoid => self.node("Sigmoid", &[&x], &[]),
            Activation::Tanh => self.node("Tanh", &[&x], &[]),
            Activation::Relu => self.node("Relu", &[&x], &[]),
            Activation::LeakyRelu => self.node("LeakyRelu", &[&x], &[float("alpha", 0.01)]),
            Activation::Elu => self.node("Elu", &[&x], &[float("alpha", 1.0)]),
            Activation::Silu => {
                let share = self.node("Sigmoid", &[&x], &[]);
                self.node("Mul", &[&x, &share], &[])
            }
            Activation::Gelu => {
                // The exact form, x · ½(1 + erf(x/√2)), and not the approximation by tanh.
                let [root, one, half] =
                    [std::f32::consts::FRAC_1_SQRT_2, 1.0, 0.5].map(|value| self.floats(&[value]));
                let scaled = self.node("Mul", &[&x, &root], &[]);
                let erf = self.node("Erf", &[&scaled], &[]);
                let twice = self.node("Add", &[&erf, &one], &[]);
                let share = self.node("Mul", &[&twice, &half], &[]);
                self.node("Mul", &[&x, &share], &[])
            }
        }
    }

    /// Converts the last layer's outputs into the model's outputs.
    fn answer(&mut self, description: &ModelDescription, x: &str) {
        if description.classes.is_empty() {
            let [sd, mean] = [description.target.sd, description.target.mean]
                .map(|value| self.doubles(&[value]));
            // In double precision, as `TargetScaling::invert` computes it.
            let double = self.node("Cast", &[x], &[int("to", DOUBLE)]);
            let scaled = self.node("Mul", &[&double, &sd], &[]);
            let shifted = self.node("Add", &[&scaled, &mean], &[]);
            let axis = self.ints(&[1]);
            self.output("Squeeze", &[&shifted, &axis], "value", DOUBLE, None);
            return;
        }
        let n_classes = description.classes.len();
        // As in `predict`: 1 − second would round small probabilities away.
        let probabilities = if n_classes == 2 {
            let second = self.node("Sigmoid", &[x], &[]);
            let negated = self.node("Neg", &[x], &[]);
            let first = self.node("Sigmoid", &[&negated], &[]);
            self.node("Concat", &[&first, &second], &[int("axis", 1)])
        } else {
            self.node("Softmax", &[x], &[int("axis", 1)])
        };
        let class = self.node("ArgMax", &[&probabilities], &[int("axis", 1), int("keepdims", 0)]);
        let tensor = Message::new().int(1, n_classes as i64).int(2, STRING);
        let labels = tensor.all(&description.classes, |tensor, class| tensor.bytes(6, class));
        let labels = self.constant(labels);
        self.output("Gather", &[&labels, &class], "label", STRING, None);
        self.output("Identity", &[&probabilities], "probabilities", FLOAT, Some(n_classes));
    }

    fn finish(self) -> Message {
        Message::new()
            .all(&self.nodes, |graph, node| graph.message(1, node))
            .bytes(2, "tune")
            .all(&self.constants, |graph, constant| graph.message(5, constant))
            .all(&self.inputs, |graph, input| graph.message(11, input))
            .all(&self.outputs, |graph, output| graph.message(12, output))
    }

    fn node(&mut self, operator: &str, inputs: &[&str], attributes: &[Message]) -> String {
        self.node_of("", operator, inputs, attributes)
    }

    fn node_of(
        &mut self,
        domain: &str,
        operator: &str,
        inputs: &[&str],
        attributes: &[Message],
    ) -> String {
        let output = format!("{}_{}", operator.to_lowercase(), self.nodes.len());
        self.push(domain, operator, inputs, &output, attributes);
        output
    }

    fn push(
        &mut self,
        domain: &str,
        operator: &str,
        inputs: &[&str],
        output: &str,
        attributes: &[Message],
    ) {
        let node = Message::new()
            .all(inputs, |node, input| node.bytes(1, input))
            .bytes(2, output)
            .bytes(4, operator)
            .all(attributes, |node, attribute| node.message(5, attribute))
            .bytes(7, domain);
        self.nodes.push(node);
    }

    fn input(&mut self, name: &str, element: i64, columns: usize) {
        self.inputs.push(value(name, element, Some(columns)));
    }

    fn output(
        &mut self,
        operator: &str,
        inputs: &[&str],
        name: &str,
        element: i64,
        columns: Option<usize>,
    ) {
        self.push("", operator, inputs, name, &[]);
        self.outputs.push(value(name, element, columns));
    }

    fn floats(&mut self, numbers: &[f32]) -> String {
        let bytes: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
        self.constant(Message::new().int(1, numbers.len() as i64).int(2, FLOAT).bytes(9, bytes))
    }

    fn scalar(&mut self, number: f32) -> String {
        self.constant(Message::new().int(2, FLOAT).bytes(9, number.to_le_bytes()))
    }

    fn doubles(&mut self, numbers: &[f64]) -> String {
        let bytes: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
        self.constant(Message::new().int(1, numbers.len() as i64).int(2, DOUBLE).bytes(9, bytes))
    }

    fn ints(&mut self, numbers: &[i64]) -> String {
        let bytes: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
        self.constant(Message::new().int(1, numbers.len() as i64).int(2, INT64).bytes(9, bytes))
    }

    fn matrix(&mut self, matrix: &ArrayView2<f32>) -> String {
        let (rows, columns) = matrix.dim();
        let bytes: Vec<u8> = matrix.iter().flat_map(|number| number.to_le_bytes()).collect();
        self.constant(
            Message::new().int(1, rows as i64).int(1, columns as i64).int(2, FLOAT).bytes(9, bytes),
        )
    }

    /// Adds a `TensorProto`, naming it.
    fn constant(&mut self, tensor: Message) -> String {
        let name = format!("constant_{}", self.constants.len());
        self.constants.push(tensor.bytes(8, &name));
        name
    }
}

/// Returns a `ValueInfoProto` of N rows.
fn value(name: &str, element: i64, columns: Option<usize>) -> Message {
    let rows = Message::new().bytes(2, "N");
    let columns = columns.map(|columns| Message::new().int(1, columns as i64));
    let shape =
        Message::new().message(1, &rows).all(columns, |shape, columns| shape.message(1, &columns));
    let tensor = Message::new().int(1, element).message(2, &shape);
    Message::new().bytes(1, name).message(2, &Message::new().message(1, &tensor))
}

/// Returns an `AttributeProto` of a type, without its value.
fn attribute(name: &str, kind: i64) -> Message {
    Message::new().bytes(1, name).int(20, kind)
}

fn int(name: &str, value: i64) -> Message {
    attribute(name, 2).int(3, value)
}

fn float(name: &str, value: f32) -> Message {
    attribute(name, 1).float(2, value)
}
