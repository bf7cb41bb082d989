//! A job as JavaScript drives it: its options, then its input, then slice after slice until there is a result.

use js_sys::Reflect;
use umap_core::pulse::{Pulse, Question};
use wasm_bindgen::prelude::*;

use crate::error::{WasmResult, thrown};
use crate::input::{Input, number_of};
use crate::operation::{Opened, Steps, open};
use crate::output;

#[wasm_bindgen]
extern "C" {
    // The clock of std is not there in WebAssembly.
    #[wasm_bindgen(js_namespace = performance)]
    fn now() -> f64;
}

/// One computation for JavaScript: `new`, `open_points` and `push` for what it needs, `start`, then `step`.
#[wasm_bindgen]
pub struct Job {
    opened: Option<Box<dyn Opened>>,
    input: Input,
    steps: Option<Steps>,
    pulse: Pulse,
    rows: u32,
    resident: u32,
}

#[wasm_bindgen]
impl Job {
    /// Opens an operation by its name and checks the options, before any data is moved. `resident` is the number of what the job makes or works on and what
    /// stays after it (see [`crate::residents`]); 0 for none.
    #[wasm_bindgen(constructor)]
    pub fn new(operation: &str, options: &str, resident: u32) -> WasmResult<Job> {
        let opened = open(operation, options, resident).map_err(thrown)?;
        Ok(Self {
            opened: Some(opened),
            input: Input::default(),
            steps: None,
            pulse: Pulse::new(now),
            rows: 0,
            resident,
        })
    }

    /// Makes room for points that will come as `dtype` under a name: `points`, or `points.0` and so on of several datasets.
    #[wasm_bindgen(js_name = openPoints)]
    pub fn open_points(&mut self, name: &str, rows: f64, cols: f64, dtype: &str) -> WasmResult<()> {
        self.rows = rows as u32;
        let opened = self.opened.as_ref().expect_throw("not started");
        let kept = opened.points(number_of(name)).map_err(thrown)?;
        kept.check_columns(cols).map_err(thrown)?;
        self.input.open(name, [rows, cols], dtype, kept).map_err(thrown)
    }

    /// Appends the next piece of the array `name`; `role` says what its values are: floats, doubles, integers, file, bytes.
    pub fn push(&mut self, name: &str, dtype: &str, role: &str, bytes: &[u8]) -> WasmResult<()> {
        self.input.push(name, dtype, role, bytes).map_err(thrown)
    }

    /// Ends the input.
    pub fn start(&mut self) {
        let opened = self.opened.take().expect_throw("started once");
        let input = std::mem::take(&mut self.input);
        self.steps = Some(opened.start(input, self.resident, self.pulse.clone()));
    }

    /// Works for about `budget` milliseconds: the result, or undefined while there is more to do.
    pub fn step(&mut self, budget: f64) -> WasmResult<JsValue> {
        let steps = self.steps.as_mut().expect_throw("started");
        let Some(result) = steps(budget) else { return Ok(JsValue::UNDEFINED) };
        self.pulse.end();
        result.map_err(thrown)
    }

    /// Makes the next step end with the error `cancelled`.
    pub fn cancel(&self) {
        self.pulse.cancel();
    }

    /// The stages that ended since this was asked last.
    #[wasm_bindgen(js_name = takeEnded)]
    pub fn take_ended(&self) -> JsValue {
        output::plain(&self.pulse.take_ended())
    }

    /// The stage at work.
    pub fn stage(&self) -> JsValue {
        output::plain(&self.pulse.stage())
    }

    /// The dataset at work, where there are several and they are worked on one by one.
    pub fn slice(&self) -> Option<u32> {
        self.pulse.slice()
    }

    /// How much of the stage is done, 0 to 1.
    pub fn fraction(&self) -> f64 {
        self.pulse.fraction()
    }

    /// Epochs done, in the stage that counts them.
    pub fn epoch(&self) -> Option<u32> {
        self.pulse.epoch()
    }

    /// The loss that was reported last, in the stage that has one.
    pub fn loss(&self) -> Option<f64> {
        self.pulse.loss()
    }

    /// Asks for a frame of the layout every so many epochs.
    #[wasm_bindgen(js_name = requestFrames)]
    pub fn request_frames(&self, every: u32) {
        self.pulse.request_frames(every);
    }

    /// What code of JavaScript's is to compute, or undefined: it must be answered before the next step.
    #[wasm_bindgen(js_name = takeQuestion)]
    pub fn take_question(&self) -> WasmResult<JsValue> {
        let Some(Question { kind, rows, matrices }) = self.pulse.take_question() else { return Ok(JsValue::UNDEFINED) };
        let matrix = |(name, values): &(_, Vec<f32>)| Ok((*name, output::matrix(values, rows).map_err(thrown)?));
        let matrices = matrices.iter().map(matrix).collect::<WasmResult<Vec<_>>>()?;
        Ok(output::object([("kind", kind.into()), ("matrices", output::object(matrices))]))
    }

    /// Answers it; undefined ends the job.
    pub fn answer(&self, values: Option<Vec<f32>>) {
        self.pulse.answer(values);
    }

    /// The frame on offer, or undefined.
    #[wasm_bindgen(js_name = takeFrame)]
    pub fn take_frame(&self) -> WasmResult<JsValue> {
        let Some(frame) = self.pulse.take_frame() else { return Ok(JsValue::UNDEFINED) };
        let embedding = output::matrix(&frame.embedding, self.rows as usize).map_err(thrown)?;
        Reflect::set(&embedding, &"epoch".into(), &frame.epoch.into()).unwrap_throw();
        Ok(embedding)
    }
}
