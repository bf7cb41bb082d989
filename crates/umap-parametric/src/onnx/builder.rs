//! A graph in the making: operators one after the other, each on what the one before it gave.

use prost::Message;

use super::proto::{
    Attribute, AttributeType, DataType, Dimension, Graph, Model, Node, OperatorSet, Side, Tensor, TensorShape,
    TensorType, Type, ValueInfo,
};

/// The set of operators: the first with LayerNormalization, which onnxruntime has had since 2022.
const OPSET: i64 = 17;
/// The version of the format that came with it.
const IR: i64 = 8;

pub(super) struct Builder {
    nodes: Vec<Node>,
    constants: Vec<Tensor>,
    /// The name of what the last operator gave.
    last: String,
}

impl Builder {
    /// Before the first operator, whose input has this name.
    pub(super) fn new(input: &str) -> Self {
        Self { nodes: Vec::new(), constants: Vec::new(), last: input.into() }
    }

    /// What the last operator gave.
    pub(super) fn last(&self) -> String {
        self.last.clone()
    }

    /// Appends an operator on the last output.
    pub(super) fn then(&mut self, operator: &str, more: &[String], attributes: Vec<Attribute>) {
        let input = [self.last()].into_iter().chain(more.iter().cloned()).collect();
        self.on(operator, input, attributes);
    }

    /// Appends an operator on any inputs.
    pub(super) fn on(&mut self, operator: &str, input: Vec<String>, attribute: Vec<Attribute>) {
        let name = format!("{}_{}", operator.to_lowercase(), self.nodes.len());
        self.last = name.clone();
        self.nodes.push(Node { input, output: vec![name.clone()], name, op_type: operator.into(), attribute });
    }

    /// A constant array of floats; its name.
    pub(super) fn floats(&mut self, name: &str, sides: &[usize], values: &[f32]) -> String {
        let bytes = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.constant(name, sides, DataType::Float, bytes)
    }

    /// A constant number.
    pub(super) fn number(&mut self, name: &str, value: f32) -> String {
        self.floats(name, &[], &[value])
    }

    /// Rows become arrays of these sides; as many as there are.
    pub(super) fn reshape(&mut self, sides: &[usize]) {
        let all: Vec<i64> = [-1].into_iter().chain(sides.iter().map(|&side| side as i64)).collect();
        let bytes = all.iter().flat_map(|side| side.to_le_bytes()).collect();
        let shape = self.constant("shape", &[all.len()], DataType::Int64, bytes);
        self.then("Reshape", &[shape], vec![]);
    }

    fn constant(&mut self, name: &str, sides: &[usize], data_type: DataType, raw_data: Vec<u8>) -> String {
        let name = format!("{name}_{}", self.constants.len());
        let dims = sides.iter().map(|&side| side as i64).collect();
        self.constants.push(Tensor { dims, data_type: data_type as i32, name: name.clone(), raw_data });
        name
    }

    /// The model: rows of `sides[0]` values under the name `input` in, rows of `sides[1]` values under `output` out.
    pub(super) fn finish(mut self, [input, output]: [&str; 2], sides: [usize; 2]) -> Vec<u8> {
        let last = self.nodes.last_mut().expect("there is an output layer");
        last.output = vec![output.into()];
        let graph = Graph {
            node: self.nodes,
            name: "umap-wasm".into(),
            initializer: self.constants,
            input: vec![rows(input, sides[0])],
            output: vec![rows(output, sides[1])],
        };
        let opset_import = vec![OperatorSet { domain: String::new(), version: OPSET }];
        let model = Model { ir_version: IR, producer_name: "umap-wasm".into(), graph: Some(graph), opset_import };
        model.encode_to_vec()
    }
}

fn rows(name: &str, cols: usize) -> ValueInfo {
    let sides = [Side::Param("rows".into()), Side::Value(cols as i64)];
    let dim = sides.into_iter().map(|side| Dimension { value: Some(side) }).collect();
    let tensor = TensorType { elem_type: DataType::Float as i32, shape: Some(TensorShape { dim }) };
    ValueInfo { name: name.into(), r#type: Some(Type { tensor_type: Some(tensor) }) }
}

pub(super) fn int(name: &str, value: i64) -> Attribute {
    Attribute { name: name.into(), i: value, r#type: AttributeType::Int as i32, ..Attribute::default() }
}

pub(super) fn ints(name: &str, values: &[i64]) -> Attribute {
    Attribute { name: name.into(), ints: values.to_vec(), r#type: AttributeType::Ints as i32, ..Attribute::default() }
}

pub(super) fn float(name: &str, value: f32) -> Attribute {
    Attribute { name: name.into(), f: value, r#type: AttributeType::Float as i32, ..Attribute::default() }
}
