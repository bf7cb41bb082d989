//! Points on their way in.

use crate::error::Error;
use wasm_bindgen::prelude::*;

/// A matrix that arrives in pieces, each a whole number of elements of the caller's type.
#[wasm_bindgen]
pub struct Points { pub(crate) rows: usize, pub(crate) cols: usize, dtype: String, pub(crate) data: Vec<f32> }

#[wasm_bindgen]
impl Points {
    #[wasm_bindgen(constructor)]
    pub fn new(rows: f64, cols: f64, dtype: &str) -> Result<Points, JsValue> {
        Ok(Points { rows: rows as usize, cols: cols as usize, dtype: dtype.into(), data: Vec::with_capacity(rows as usize * cols as usize) })
    }

    pub fn append(&mut self, bytes: &[u8]) -> Result<(), JsValue> {
        match self.dtype.as_str() {
            "f32" => self.data.extend(bytes.chunks_exact(4).map(|b| f32::from_le_bytes(b.try_into().unwrap()))),
            "f64" => self.data.extend(bytes.chunks_exact(8).map(|b| f64::from_le_bytes(b.try_into().unwrap()) as f32)),
            _ => return Err(Error::Invalid("dtype".into()).into()),
        }
        if let Some(at) = self.data.iter().position(|v| !v.is_finite()) { return Err(Error::Invalid(format!("row {} column {}", at / self.cols, at % self.cols)).into()) }
        Ok(())
    }
}
