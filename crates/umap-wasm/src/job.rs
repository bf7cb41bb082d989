//! A job: what the worker drives, slice by slice.

use crate::{kernel::{self, Nearest}, marshal::Points, error::Error};
use js_sys::Float32Array;
use std::task::Poll;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// Milliseconds; the clock of `std` is not there in WebAssembly.
    #[wasm_bindgen(js_namespace = performance)]
    pub fn now() -> f64;
}

#[wasm_bindgen]
pub struct Job { inner: Nearest }

#[wasm_bindgen]
impl Job {
    #[wasm_bindgen(constructor)]
    pub fn new(kind: &str, points: Option<Points>, options: &str) -> Result<Job, JsValue> {
        if kind == "provoke" { kernel::provoke(options); }
        let points = points.ok_or_else(|| JsValue::from(Error::Invalid("points".into())))?;
        Ok(Job { inner: Nearest::new(points) })
    }
    /// Works for about `budget` milliseconds: the result, or undefined if there is more to do.
    pub fn step(&mut self, budget: f64) -> Result<JsValue, JsValue> {
        match self.inner.step(budget) {
            Poll::Pending => Ok(JsValue::UNDEFINED),
            Poll::Ready(result) => Ok(Float32Array::from(result?.as_slice()).into()),
        }
    }
    pub fn cancel(&mut self) { self.inner.cancelled = true; }
    pub fn fraction(&self) -> f64 { self.inner.fraction() }
}
