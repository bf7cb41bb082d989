//! Networks: layers with hand-written derivatives over one matrix product.
//!
//! Rows of a batch follow each other; images are row-major with channels last. Nothing here depends on the number of
//! threads: values have their own sums, and sums over rows are made in pieces of constant size.

mod activation;
mod callers;
mod conv;
mod dense;
pub mod describe;
mod each;
mod layer;
mod normalize;
mod parameter;
mod pool;
mod sizes;

pub use describe::{Activation, LayerParams, NetworkParams, Padding, Shape};
pub(crate) use each::sums_over_rows;
pub use parameter::Parameter;
pub(crate) use sizes::Sizes;

use umap_core::matrix::check_finite;
use umap_core::pulse::Pulse;
use umap_core::random::Random;
use umap_core::{Result, UmapError, memory};

use callers::Callers;
use layer::{Kept, Layer};

/// A network with its weights.
#[derive(Clone, Debug)]
pub struct Network {
    layers: Vec<Layer>,
    sides: [usize; 2],
    /// Bytes of a row at all places.
    row_bytes: usize,
}

/// Inputs and outputs of all layers in a forward pass, for the backward pass.
#[derive(Debug)]
pub struct Tape {
    /// The input, and what each layer made of it.
    values: Vec<Vec<f32>>,
    kept: Vec<Kept>,
}

impl Tape {
    /// What the network gave.
    pub fn output(&self) -> &[f32] {
        self.values.last().expect("the input is there")
    }

    /// What the network was given.
    pub fn input(&self) -> &[f32] {
        &self.values[0]
    }

    /// The input, for its room to be used again.
    pub(crate) fn into_input(mut self) -> Vec<f32> {
        self.values.swap_remove(0)
    }
}

impl Network {
    /// A network of this description between rows of `inputs` and rows of `outputs` values, with weights drawn from
    /// `random`. `name` is what errors call it.
    pub async fn new(
        name: &str,
        params: &NetworkParams,
        [inputs, outputs]: [usize; 2],
        random: Random,
        pulse: &Pulse,
    ) -> Result<Self> {
        let sizes = Sizes::of(name, params, [inputs, outputs])?;
        sizes.check_room(name)?;
        let (sides, row_bytes) = ([inputs, outputs], 4 * sizes.row as usize);
        if params.callers {
            return Ok(Self { layers: vec![Layer::Callers(Callers { inputs, outputs })], sides, row_bytes });
        }
        let shapes = params.shapes(name, inputs)?;
        let mut layers = Vec::new();
        for (i, (layer, shapes)) in params.layers.iter().zip(shapes.windows(2)).enumerate() {
            let shapes = [shapes[0], shapes[1]];
            Layer::append(&mut layers, layer, shapes, &format!("layers.{i}"), random.at(i as u32), pulse).await?;
        }
        let last = shapes[shapes.len() - 1].len() as u32;
        let output = LayerParams::Dense { units: outputs as u32, activation: Activation::Linear, l2: 0.0 };
        let shapes = [Shape::Flat(last as usize), Shape::Flat(outputs)];
        let random = random.at(params.layers.len() as u32);
        Layer::append(&mut layers, &output, shapes, "output", random, pulse).await?;
        Ok(Self { layers, sides, row_bytes })
    }

    /// Values of an input row.
    pub fn inputs(&self) -> usize {
        self.sides[0]
    }

    /// Values of an output row.
    pub fn outputs(&self) -> usize {
        self.sides[1]
    }

    /// What the network makes of `x`, rows of [`inputs`](Self::inputs) values; of wide layers few rows at a time.
    pub async fn infer(&self, x: &[f32], pulse: &Pulse) -> Result<Vec<f32>> {
        let [inputs, outputs] = self.sides;
        let most = memory::block_rows(self.row_bytes + inputs * size_of::<f32>());
        if x.len() <= most * inputs {
            return self.infer_rows(x, pulse).await;
        }
        let mut all = memory::reserve("what a network gives", x.len() / inputs, outputs)?;
        for block in x.chunks(most * inputs) {
            let part = pulse.part(share(all.len(), x.len() / inputs * outputs), 1.0);
            all.extend(self.infer_rows(block, &part).await?);
        }
        Ok(all)
    }

    async fn infer_rows(&self, x: &[f32], pulse: &Pulse) -> Result<Vec<f32>> {
        let mut values = None;
        for (i, layer) in self.layers.iter().enumerate() {
            let part = pulse.part(share(i, self.layers.len()), share(i + 1, self.layers.len()));
            let (y, _) = layer.forward(values.as_deref().unwrap_or(x), None, &part).await?;
            values = Some(y);
        }
        Ok(values.expect("there is an output layer"))
    }

    /// As [`infer`](Self::infer), in training: with dropout, the batch's own moments, and all values kept. `random` is the
    /// source of the step.
    pub async fn forward(&self, x: Vec<f32>, random: Random, pulse: &Pulse) -> Result<Tape> {
        let mut tape = Tape { values: vec![x], kept: Vec::new() };
        for (i, layer) in self.layers.iter().enumerate() {
            let (y, kept) = layer.forward(tape.output(), Some(random.at(i as u32)), pulse).await?;
            tape.values.push(y);
            tape.kept.push(kept);
        }
        Ok(tape)
    }

    /// Sets the weights' derivatives from those of the output; returns those of the input if they are wanted.
    pub async fn backward(&mut self, tape: &Tape, dy: Vec<f32>, wants_input: bool, pulse: &Pulse) -> Result<Vec<f32>> {
        let mut dy = dy;
        for (i, layer) in self.layers.iter_mut().enumerate().rev() {
            let values = [tape.values[i].as_slice(), &tape.values[i + 1]];
            dy = layer.backward(values, &tape.kept[i], dy, wants_input || i > 0, pulse).await?;
        }
        Ok(dy)
    }

    /// The weights of a first layer that is dense, row-major, and its units.
    pub(crate) fn first_kernel(&self) -> (&[f32], usize) {
        let Some(Layer::Dense(dense)) = self.layers.first() else { unreachable!("asked for where it is dense") };
        (&dense.kernel.values, dense.kernel.shape[1])
    }

    /// Puts other weights there, for rows of so many values.
    pub(crate) async fn replace_first_kernel(&mut self, values: Vec<f32>, inputs: usize, pulse: &Pulse) -> Result<()> {
        let Some(Layer::Dense(dense)) = self.layers.first_mut() else { unreachable!("asked for where it is dense") };
        dense.replace_kernel(values, inputs, pulse).await?;
        self.sides[0] = inputs;
        Ok(())
    }

    /// Takes what a step of training leaves besides derivatives: the running moments of batch normalisation.
    pub(crate) fn remember(&mut self, tape: &Tape) {
        self.layers.iter_mut().zip(&tape.kept).for_each(|(layer, kept)| layer.remember(kept));
    }

    /// All weights, from the input on.
    pub fn parameters(&self) -> impl Iterator<Item = &Parameter> {
        self.layers.iter().flat_map(Layer::parameters)
    }

    /// All weights, to be changed.
    pub(crate) fn parameters_mut(&mut self) -> impl Iterator<Item = &mut Parameter> {
        self.layers.iter_mut().flat_map(Layer::parameters_mut)
    }

    /// Replaces weights by name.
    pub fn set(&mut self, name: &str, values: &[f32]) -> Result<()> {
        let names: Vec<String> = self.parameters().map(|parameter| parameter.name.clone()).collect();
        let Some(parameter) = self.parameters_mut().find(|parameter| parameter.name == name) else {
            return Err(UmapError::parameter("weights", format!("one of {}", names.join(", ")), name));
        };
        if parameter.values.len() != values.len() {
            let expected = format!("{:?}", parameter.shape);
            return Err(UmapError::shape(name, expected, format!("{} values", values.len())));
        }
        check_finite("weights", values, values.len())?;
        if let Some(value) = values.iter().find(|&&value| value < parameter.least()) {
            return Err(UmapError::parameter(name, parameter.expected(), value));
        }
        parameter.values.copy_from_slice(values);
        Ok(())
    }

    /// The sum of the squared weights, each with its weight in the loss.
    pub(crate) fn penalty(&self) -> f64 {
        let squares = |values: &[f32]| values.iter().map(|&w| f64::from(w) * f64::from(w)).sum::<f64>();
        let decayed = self.parameters().filter(|parameter| parameter.l2 > 0.0);
        decayed.map(|parameter| f64::from(parameter.l2) * squares(&parameter.values)).sum()
    }
}

fn share(i: usize, of: usize) -> f64 {
    i as f64 / of as f64
}
