//! A fit that goes as far as it is told to, and the model that places new points.

use std::sync::Arc;

use umap_core::UmapError;
use umap_core::fuzzy::target::Target;
use umap_core::knn::KnnGraph;
use umap_core::points::Points;
use umap_core::pulse::{Computation, Pulse};
use umap_core::transform::{Transformed, place_by_neighbors, transform};
use umap_core::umap::UmapModel;
use umap_core::umap::{FitInputs, UmapFit};
use wasm_bindgen::prelude::*;

use crate::options::Options;
use crate::rows::Rows;
use crate::{WasmResult, to_js};

#[wasm_bindgen]
extern "C" {
    // The clock of std is not there in WebAssembly.
    #[wasm_bindgen(js_namespace = performance)]
    fn now() -> f64;
}

/// A fit, which becomes a model with the first new points.
#[wasm_bindgen]
pub struct Fit {
    state: State,
    pulse: Pulse,
    k: usize,
    n_epochs: u32,
}

enum State {
    Resting(Box<UmapFit>),
    Running(Computation<Box<UmapFit>>),
    Model(Box<UmapModel>),
    /// It erred.
    Ended,
}

#[wasm_bindgen]
impl Fit {
    /// A fit of `rows`. `indices` and `distances` are neighbours that are known already, as many for each row, itself
    /// among them; `labels` classes (negative for unknown), or `values`, numbers, to learn from.
    #[wasm_bindgen(constructor)]
    pub fn new(
        rows: Rows,
        options: &Options,
        indices: Option<Vec<u32>>,
        distances: Option<Vec<f32>>,
        labels: Option<Vec<u32>>,
        values: Option<Vec<f64>>,
    ) -> WasmResult<Fit> {
        let points = rows.finish()?;
        let precomputed_knn = indices.zip(distances).map(|(indices, distances)| {
            let k = indices.len() / points.rows();
            KnnGraph { k, indices, distances }
        });
        let params = options.params();
        let values =
            values.map(|data| Target::of_numbers(&data, 1, params.target_metric)).transpose().map_err(to_js)?;
        let target = labels.map(Target::Labels).or(values);
        let inputs = FitInputs { precomputed_knn, target, ..FitInputs::default() };
        let k = (params.n_neighbors as usize).min(points.rows());
        let fit = UmapFit::new(points, params, inputs).map_err(to_js)?;
        let n_epochs = fit.n_epochs();
        Ok(Self { state: State::Resting(Box::new(fit)), pulse: Pulse::new(now), k, n_epochs })
    }

    /// Epochs of the layout.
    #[wasm_bindgen(js_name = nEpochs)]
    pub fn n_epochs(&self) -> u32 {
        self.n_epochs
    }

    /// Goes on to `epoch` epochs of the layout (0: where it starts) for about `budget` milliseconds. Returns whether it got
    /// there; if not, the next call goes on to where the first one was told to, and returns when it is there.
    #[wasm_bindgen(js_name = runTo)]
    pub fn run_to(&mut self, epoch: u32, budget: f64) -> WasmResult<bool> {
        self.state = match std::mem::replace(&mut self.state, State::Ended) {
            State::Resting(mut fit) => {
                let pulse = self.pulse.clone();
                let work = async move { fit.run_to(epoch, &pulse).await.map(|()| fit) };
                State::Running(Computation::new(&self.pulse, work))
            }
            state => state,
        };
        let State::Running(job) = &mut self.state else {
            return Err(to_js(UmapError::NotFitted("the fit is over: new points were placed, or it failed".into())));
        };
        let Some(done) = job.step(budget) else { return Ok(false) };
        self.state = State::Ended;
        self.state = State::Resting(done.map_err(to_js)?);
        Ok(true)
    }

    /// The layout as it is now, row-major.
    pub fn embedding(&self) -> Vec<f32> {
        match &self.state {
            State::Resting(fit) => fit.embedding().unwrap_or_default().to_vec(),
            State::Model(model) => model.fitted.embedding.clone(),
            State::Running(_) | State::Ended => Vec::new(),
        }
    }

    /// Places new points, row-major. The layout does not go on after this.
    pub fn transform(&mut self, rows: Rows) -> WasmResult<Vec<f32>> {
        let queries = rows.finish()?;
        let placed = self.with_model(async move |model, pulse| transform(model, &queries, pulse).await)?;
        let Transformed::Embedding(places) = placed else { unreachable!("the default of transformMode") };
        Ok(places)
    }

    /// As `transform`, for points whose neighbours in the model are known, nearest first.
    #[wasm_bindgen(js_name = placeByNeighbors)]
    pub fn place_by_neighbors(&mut self, indices: Vec<u32>, distances: Vec<f32>) -> WasmResult<Vec<f32>> {
        let found = KnnGraph { k: self.k, indices, distances };
        self.with_model(async move |model, pulse| place_by_neighbors(model, &found, pulse).await)
    }

    fn points(&self) -> Option<&Points> {
        match &self.state {
            State::Resting(fit) => fit.space().dense(),
            State::Model(model) => model.space().dense(),
            State::Running(_) | State::Ended => None,
        }
    }

    fn with_model<T>(&mut self, work: impl AsyncFnOnce(&UmapModel, &Pulse) -> umap_core::Result<T>) -> WasmResult<T> {
        if let State::Resting(fit) = &self.state {
            // While it is still there: a layout that no model can be made of can be looked at.
            fit.check().map_err(to_js)?;
        }
        self.state = match std::mem::replace(&mut self.state, State::Ended) {
            State::Resting(fit) => State::Model(Box::new(fit.into_model(&self.pulse).map_err(to_js)?)),
            state => state,
        };
        match &self.state {
            State::Model(model) => umap_core::pulse::block_on(async |pulse| work(model, pulse).await).map_err(to_js),
            _ => Err(to_js(UmapError::NotFitted("the fit is at work".into()))),
        }
    }
}

#[wasm_bindgen]
impl Rows {
    /// The same rows, to be placed in the layout of `fit`: kept as its rows are.
    #[must_use]
    pub fn beside(self, fit: &Fit) -> Rows {
        match fit.points() {
            Some(points) => self.in_frame(Arc::clone(points.frame())),
            None => self,
        }
    }
}
