//! Stage 4: fuzzy simplicial set and initial layout to the embedding.
//!
//! Every vertex sums the forces on it from the positions before the epoch (its own edges, and random vertices), then all
//! move at once by Adam. So an epoch is one parallel loop without shared writes, the threads cannot matter, and an epoch
//! needs no per-edge state. Against umap-learn's sequential descent trustworthiness and the share of neighbours kept are
//! higher (see `schedule.rs`).

mod adam;
mod axes;
mod epoch;
pub mod force;
pub mod schedule;

use adam::Adam;
use axes::{Any, Axes, Fixed};
use epoch::{Epoch, VERTICES_PER_BLOCK};
use force::Force;

use crate::csr::Csr;
use crate::error::{Result, UmapError};
use crate::parallel;
use crate::pulse::Pulse;
use crate::random::{Random, Stream};

/// Up to here an epoch runs on the calling thread: at 0.1 microseconds per vertex, handing it out costs as much as it saves.
const VERTICES_INLINE: usize = 2048;

/// What decides on the layout besides graph, start and force.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LayoutParams {
    /// Epochs.
    pub n_epochs: u32,
    /// Scale of the steps, see [`schedule::learning_rate`].
    pub learning_rate: f64,
    /// Random vertices that repel per edge that attracts.
    pub negative_sample_rate: u32,
    /// Seed of the random vertices.
    pub seed: u32,
}

/// A layout between two epochs.
#[derive(Debug)]
pub struct LayoutState<F> {
    /// Firing rates of the edges, see [`schedule::rates`].
    edges: Csr<u32>,
    /// The vertices that random vertices are drawn from, if not all.
    connected: Option<Vec<u32>>,
    force: F,
    params: LayoutParams,
    dims: usize,
    epoch: u32,
    embedding: Vec<f32>,
    /// Becomes the embedding at the end of an epoch; in between it holds the forces.
    next: Vec<f32>,
    adam: Adam,
}

impl<F: Force> LayoutState<F> {
    /// A layout at epoch 0. Vertices without an edge in `graph` have no place in a layout: they take no part in it and
    /// their coordinates are NaN from here on, as in umap-learn's result. A single vertex keeps its place.
    pub async fn new(
        graph: &Csr,
        mut initial: Vec<f32>,
        dims: usize,
        force: F,
        params: LayoutParams,
        pulse: &Pulse,
    ) -> Result<Self> {
        let rows = graph.rows();
        if initial.len() != rows * dims {
            let got = format!("{} values", initial.len());
            return Err(UmapError::shape("initial layout", format!("{rows} x {dims} values"), got));
        }
        if let Some(at) = initial.iter().position(|value| !value.is_finite()) {
            let (row, col, value) = (at / dims, at % dims, f64::from(initial[at]));
            return Err(UmapError::NotFinite { what: "initial layout", row, col, value });
        }
        let lone = |i: &u32| rows > 1 && graph.range(*i as usize).is_empty();
        (0..rows as u32).filter(lone).for_each(|i| initial[i as usize * dims..][..dims].fill(f32::NAN));
        let connected: Vec<u32> = (0..rows as u32).filter(|i| !lone(i)).collect();
        let connected = (connected.len() < rows).then_some(connected);
        let edges = schedule::rates(graph, params.n_epochs, pulse).await?;
        let (next, adam) = (vec![0.0; initial.len()], Adam::new(initial.len()));
        Ok(Self { edges, connected, force, params, dims, epoch: 0, embedding: initial, next, adam })
    }

    /// Epochs done.
    pub fn epoch(&self) -> u32 {
        self.epoch
    }

    /// Epochs in all.
    pub fn n_epochs(&self) -> u32 {
        self.params.n_epochs
    }

    /// The layout after the epochs done, row-major, in the order of the graph's vertices.
    pub fn embedding(&self) -> &[f32] {
        &self.embedding
    }

    /// The layout, when no more epochs are wanted.
    pub fn into_embedding(self) -> Vec<f32> {
        self.embedding
    }

    /// Goes on until `epoch` epochs are done. The result does not depend on the steps in which it gets there.
    ///
    /// If it errs (cancelled), the layout may be in the middle of an epoch and must be dropped.
    pub async fn run_to(&mut self, epoch: u32, pulse: &Pulse) -> Result<()> {
        match self.dims {
            2 => self.run(Fixed::<2>, epoch, pulse).await,
            3 => self.run(Fixed::<3>, epoch, pulse).await,
            dims => self.run(Any(dims), epoch, pulse).await,
        }
    }

    /// The one epoch loop.
    async fn run<A: Axes>(&mut self, axes: A, to: u32, pulse: &Pulse) -> Result<()> {
        let n_epochs = self.params.n_epochs;
        while self.epoch < to.min(n_epochs) {
            let at = |epoch: u32| f64::from(epoch) / f64::from(n_epochs);
            // Without edges nothing moves, and there is nothing to draw from.
            if !self.edges.indices.is_empty() {
                self.advance(axes, &pulse.part(at(self.epoch), at(self.epoch + 1))).await?;
            }
            self.epoch += 1;
            pulse.tick_epoch(self.epoch, n_epochs).await?;
            pulse.offer_frame(self.epoch, n_epochs, &self.embedding).await?;
        }
        Ok(())
    }

    /// One epoch.
    async fn advance<A: Axes>(&mut self, axes: A, pulse: &Pulse) -> Result<()> {
        let alpha = schedule::learning_rate(self.params.learning_rate, self.epoch, self.params.n_epochs);
        let epoch = Epoch {
            axes,
            edges: &self.edges,
            connected: self.connected.as_deref(),
            positions: &self.embedding,
            force: &self.force,
            rate: self.params.negative_sample_rate as usize,
            number: self.epoch,
            random: Random::new(self.params.seed, Stream::Negative).at(self.epoch),
        };
        let block = VERTICES_PER_BLOCK * self.dims;
        let blocks_per_task = blocks_per_task(self.edges.rows(), self.dims);
        let task = block * blocks_per_task;
        let (step, moments) = self.adam.begin(alpha as f32, task);
        let tasks = self.next.chunks_mut(task).zip(self.embedding.chunks(task)).zip(moments).enumerate();
        let tasks = tasks.map(|(number, ((next, before), moments))| Task { number, next, before, moments });
        let work = |task: Task| {
            for (forces, block) in task.next.chunks_mut(block).zip(task.number * blocks_per_task..) {
                epoch.forces(block, forces);
            }
            step.apply(task.before, task.next, task.moments);
        };
        if self.edges.rows() <= VERTICES_INLINE {
            tasks.for_each(work);
        } else {
            parallel::for_each(pulse, tasks, work).await?;
        }
        std::mem::swap(&mut self.embedding, &mut self.next);
        Ok(())
    }
}

/// Consecutive blocks of vertices.
struct Task<'a> {
    number: usize,
    next: &'a mut [f32],
    before: &'a [f32],
    moments: adam::Moments<'a>,
}

/// Blocks of a task: as many as let the first batch of `parallel::for_each` be the whole epoch, since handing out a
/// batch costs as much as some blocks, but not more than take 2 ms. Nothing that is computed depends on it.
fn blocks_per_task(rows: usize, dims: usize) -> usize {
    let wanted = rows.div_ceil(VERTICES_PER_BLOCK).div_ceil(2 * parallel::threads());
    wanted.clamp(1, (32 / dims).max(1))
}
