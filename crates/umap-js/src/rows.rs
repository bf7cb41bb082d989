//! Points on their way in.

use std::sync::Arc;

use umap_core::points::{Frame, Points, PointsBuilder, StoreUsed};
use wasm_bindgen::prelude::*;

use crate::options::Options;
use crate::{WasmResult, to_js};

/// Rows that come in pieces.
#[wasm_bindgen]
pub struct Rows(PointsBuilder);

#[wasm_bindgen]
impl Rows {
    /// Makes room for `rows` x `cols` values, in the form of the metric of `options`.
    #[wasm_bindgen(constructor)]
    pub fn new(rows: u32, cols: u32, options: &Options) -> WasmResult<Rows> {
        PointsBuilder::new(rows as usize, cols as usize, options.metric().into(), StoreUsed::F32)
            .map(Self)
            .map_err(to_js)
    }

    /// Appends values, row by row.
    pub fn push(&mut self, values: &[f64]) -> WasmResult<()> {
        self.0.push(values).map_err(to_js)
    }

    /// In the frame of other points.
    pub(crate) fn in_frame(self, frame: Arc<Frame>) -> Self {
        Self(self.0.in_frame(frame))
    }

    pub(crate) fn finish(self) -> WasmResult<Points> {
        self.0.finish().map_err(to_js)
    }
}
