//! Points on their way in.

use std::sync::Arc;

use umap_core::points::{Points, PointsBuilder, StoreUsed};
use wasm_bindgen::prelude::*;

use crate::fit::Fit;
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

    /// The same, to be placed in the layout of `fit`: kept as its rows are.
    #[must_use]
    pub fn beside(self, fit: &Fit) -> Rows {
        match fit.points() {
            Some(points) => Self(self.0.in_frame(Arc::clone(points.frame()))),
            None => self,
        }
    }

    /// Appends values, row by row.
    pub fn push(&mut self, values: &[f64]) -> WasmResult<()> {
        self.0.push(values).map_err(to_js)
    }

    pub(crate) fn finish(self) -> WasmResult<Points> {
        self.0.finish().map_err(to_js)
    }
}
