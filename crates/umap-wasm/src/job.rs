//! A job as JavaScript drives it: its options, then its input, then slice after slice until there is a result.

use serde_json::json;
use umap_core::UmapError;
use umap_core::pulse::{Pulse, Question};
use wasm_bindgen::prelude::*;

use crate::answers::{Embedding, Frame, JobProgress};
use crate::input::{Input, number_of};
use crate::operation::{Opened, Steps, named};
use crate::output::{Output, object, plain};

#[wasm_bindgen]
extern "C" {
    // The clock of std is not there in WebAssembly.
    #[wasm_bindgen(js_namespace = performance)]
    fn now() -> f64;
}

/// Result of what JavaScript calls; inside the crate it is [`umap_core::Result`].
type Thrown<T> = Result<T, JsValue>;

/// An error as JavaScript gets it: a plain object. Whatever else is thrown is a trap.
fn thrown(error: UmapError) -> JsValue {
    plain(&json!({ "code": error.code(), "message": error.to_string() }))
}

/// One computation for JavaScript: `new`, `open_points` and `push` for what it needs, `start`, then `step`.
#[wasm_bindgen]
pub struct Job {
    opened: Option<Box<dyn Opened>>,
    input: Input,
    steps: Option<Steps>,
    pulse: Pulse,
    rows: usize,
}

#[wasm_bindgen]
impl Job {
    /// Opens an operation by its name and checks the options, before any data is moved. `resident` is the number of what
    /// the job makes or works on and what stays after it (see [`crate::residents`]); 0 for none.
    #[wasm_bindgen(constructor)]
    pub fn new(operation: &str, options: &str, resident: u32) -> Thrown<Job> {
        let opened = named(operation).and_then(|operation| operation.open(options, resident)).map_err(thrown)?;
        Ok(Self { opened: Some(opened), input: Input::default(), steps: None, pulse: Pulse::new(now), rows: 0 })
    }

    /// Makes room for points that will come as `dtype` under a name: `points`, or `points.0` and so on of several datasets.
    #[wasm_bindgen(js_name = openPoints)]
    pub fn open_points(&mut self, name: &str, rows: f64, cols: f64, dtype: &str) -> Thrown<()> {
        self.rows = rows as usize;
        let opened = self.opened.as_ref().expect_throw("not started");
        let kept = opened.kept(number_of(name)).map_err(thrown)?;
        self.input.open(name, [rows, cols], dtype, kept).map_err(thrown)
    }

    /// Appends the next piece of the array `name`.
    pub fn push(&mut self, name: &str, dtype: &str, bytes: &[u8]) -> Thrown<()> {
        self.input.push(name, dtype, bytes).map_err(thrown)
    }

    /// Ends the input.
    pub fn start(&mut self) {
        let opened = self.opened.take().expect_throw("started once");
        let input = std::mem::take(&mut self.input);
        self.steps = Some(opened.start(input, self.pulse.clone()));
    }

    /// Works for about `budget` milliseconds: the result, or undefined while there is more to do.
    pub fn step(&mut self, budget: f64) -> Thrown<JsValue> {
        let steps = self.steps.as_mut().expect_throw("started");
        let Some(result) = steps(budget) else { return Ok(JsValue::UNDEFINED) };
        self.pulse.end();
        result.map_err(thrown)
    }

    /// Makes the next step end with the error `cancelled`.
    pub fn cancel(&self) {
        self.pulse.cancel();
    }

    /// How far it is.
    pub fn progress(&self) -> JsValue {
        JobProgress::new(&self.pulse).map_or_else(thrown, Output::into_js)
    }

    /// Asks for a frame of the layout every so many epochs.
    #[wasm_bindgen(js_name = requestFrames)]
    pub fn request_frames(&self, every: u32) {
        self.pulse.request_frames(every);
    }

    /// What code of JavaScript's is to compute, or undefined: it must be answered before the next step.
    #[wasm_bindgen(js_name = takeQuestion)]
    pub fn take_question(&self) -> Thrown<JsValue> {
        let Some(Question { kind, rows, matrices }) = self.pulse.take_question() else { return Ok(JsValue::UNDEFINED) };
        let matrix = |(name, values): &(_, Vec<f32>)| Ok((*name, Embedding::new(values, rows)?.into_js()));
        let matrices = matrices.iter().map(matrix).collect::<Result<Vec<_>, _>>().map_err(thrown)?;
        Ok(object(&[("kind", kind.into()), ("matrices", object(&matrices))]))
    }

    /// Answers it; undefined ends the job.
    pub fn answer(&self, values: Option<Vec<f32>>) {
        self.pulse.answer(values);
    }

    /// The frame on offer, or undefined.
    #[wasm_bindgen(js_name = takeFrame)]
    pub fn take_frame(&self) -> Thrown<JsValue> {
        let Some(frame) = self.pulse.take_frame() else { return Ok(JsValue::UNDEFINED) };
        Frame::new(&frame, self.rows).map(Output::into_js).map_err(thrown)
    }
}
