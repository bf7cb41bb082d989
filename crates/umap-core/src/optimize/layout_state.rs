//! A layout that can go on from any epoch, and within one.

use super::adam::Adam;
use super::balance;
use super::density::{Density, DensityForce};
use super::epoch::VERTICES_PER_BLOCK;
use super::force::UmapForce;
use super::params::LayoutParams;
use super::schedule;
use super::tasks::{Blocks, Law, Parts, blocks_per_task};
use crate::boxed::boxed;
use crate::csr::Csr;
use crate::error::{Result, UmapError};
use crate::matrix::check_finite;
use crate::parallel;
use crate::pulse::Pulse;
use crate::random::{Random, Stream};
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Up to here an epoch runs on the calling thread: at 0.1 microseconds per vertex, handing it out costs as much as it saves.
pub(super) const VERTICES_INLINE: usize = 2048;

/// A layout that can go on: between two epochs, or (if it was cancelled) within one.
#[derive(Debug)]
pub struct LayoutState {
    /// Firing rates of the edges, see [`schedule::rates`].
    pub(super) edges: Csr<u32>,
    /// The vertices that random vertices are drawn from, if not all.
    connected: Option<Vec<u32>>,
    pub(super) force: Rc<UmapForce>,
    density: Option<Rc<Density>>,
    params: LayoutParams,
    pub(super) dims: usize,
    epoch: u32,
    /// Vertices, the first ones, that have moved already in the epoch under way.
    moved: usize,
    pub(super) embedding: Vec<f32>,
    /// Becomes the embedding at the end of an epoch; in between it holds the forces.
    next: Vec<f32>,
    adam: Adam,
}

impl LayoutState {
    /// A layout at epoch 0. Vertices without an edge in `graph` have no place in a layout: they take no part in it and
    /// their coordinates are NaN from here on, as in umap-learn's result. A single vertex keeps its place.
    pub async fn new(
        graph: &Csr,
        mut initial: Vec<f32>,
        dims: usize,
        force: impl Into<Rc<UmapForce>>,
        params: LayoutParams,
        pulse: &Pulse,
    ) -> Result<Self> {
        let rows = graph.rows();
        if initial.len() as u64 != rows as u64 * dims as u64 {
            let got = format!("{} values", initial.len());
            return Err(UmapError::shape("initial layout", format!("{rows} x {dims} values"), got));
        }
        check_finite("initial layout", &initial, dims)?;
        let lone = |i: &u32| rows > 1 && graph.range(*i as usize).is_empty();
        (0..rows as u32).filter(lone).for_each(|i| initial[i as usize * dims..][..dims].fill(f32::NAN));
        let (next, adam) = (vec![0.0; initial.len()], Adam::new(initial.len()));
        let edges = schedule::rates(graph, params.n_epochs, pulse).await?;
        let connected = connected(graph);
        let (force, density, epoch, moved) = (force.into(), None, 0, 0);
        Ok(Self { edges, connected, force, density, params, dims, epoch, moved, embedding: initial, next, adam })
    }

    /// The same layout at the size at which it neither swells nor shrinks as a whole.
    #[must_use]
    pub fn balanced(mut self) -> Self {
        let graph = (&self.edges, self.connected.as_deref());
        let law = (&*self.force, self.params.negative_sample_rate);
        let random = Random::new(self.params.seed, Stream::Sample);
        if !self.edges.indices.is_empty() {
            let scale = balance::balancing_scale(graph, &self.embedding, self.dims, law, random);
            self.embedding.iter_mut().for_each(|x| *x *= scale);
        }
        self
    }

    /// A layout that goes on from where another one of the same graph, force and parameters stopped.
    pub async fn resume(
        graph: &Csr,
        progress: LayoutProgress<Vec<f32>>,
        dims: usize,
        force: impl Into<Rc<UmapForce>>,
        params: LayoutParams,
        pulse: &Pulse,
    ) -> Result<Self> {
        let LayoutProgress { epoch, embedding, moved, means, squares } = progress;
        let coordinates = graph.rows() as u64 * dims as u64;
        let fit = [&embedding, &means, &squares].iter().all(|values| values.len() as u64 == coordinates);
        let moved_rows = moved.len() / dims;
        let is_a_place = moved_rows.is_multiple_of(VERTICES_PER_BLOCK) && moved_rows <= graph.rows();
        if !fit || !is_a_place || moved.len() != moved_rows * dims || epoch > params.n_epochs {
            let expected = format!("that of {} vertices in {dims} dimensions", graph.rows());
            return Err(UmapError::shape("layout", expected, format!("{} coordinates", embedding.len())));
        }
        let mut next = moved;
        next.resize(embedding.len(), 0.0);
        let edges = schedule::rates(graph, params.n_epochs, pulse).await?;
        let (connected, adam) = (connected(graph), Adam::after(epoch, means, squares));
        let (force, density, moved) = (force.into(), None, moved_rows);
        Ok(Self { edges, connected, force, density, params, dims, epoch, moved, embedding, next, adam })
    }

    /// With local radii to follow in the last epochs.
    #[must_use]
    pub fn with_density(self, density: Option<Density>) -> Self {
        Self { density: density.map(Rc::new), ..self }
    }

    /// What [`resume`](Self::resume) needs to go on from here.
    pub fn progress(&self) -> LayoutProgress<&[f32]> {
        let (means, squares) = self.adam.moments();
        let moved = &self.next[..self.moved * self.dims];
        LayoutProgress { epoch: self.epoch, embedding: &self.embedding, moved, means, squares }
    }

    /// Dimensions of the layout.
    pub fn dims(&self) -> usize {
        self.dims
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

    /// The layout, to be changed between two epochs.
    pub fn embedding_mut(&mut self) -> &mut [f32] {
        &mut self.embedding
    }

    /// The layout, when no more epochs are wanted.
    pub fn into_embedding(self) -> Vec<f32> {
        self.embedding
    }

    /// Goes on until `epoch` epochs are done. The result does not depend on the steps in which it gets there.
    ///
    /// If it errs (cancelled), it may be in the middle of an epoch, and goes on from there when it is called again.
    pub async fn run_to(&mut self, epoch: u32, pulse: &Pulse) -> Result<()> {
        let n_epochs = self.params.n_epochs;
        while self.epoch < epoch.min(n_epochs) {
            let at = |epoch: u32| f64::from(epoch) / f64::from(n_epochs);
            // Without edges nothing moves, and there is nothing to draw from.
            if self.edges.indices.is_empty() {
                self.epoch += 1;
            } else {
                boxed(self.advance(&pulse.part(at(self.epoch), at(self.epoch + 1)))).await?;
            }
            pulse.tick_epoch(self.epoch, n_epochs).await?;
            pulse.offer_frame(self.epoch, n_epochs, &self.embedding).await?;
        }
        Ok(())
    }

    /// One epoch.
    async fn advance(&mut self, pulse: &Pulse) -> Result<()> {
        let own = self.own_law();
        // Not `cfg!`: what an async function may await is compiled even where it is never reached (13 KB of the drop-in).
        #[cfg(feature = "densmap")]
        if let Some(force) = own.with_density(self, &pulse.part(0.0, 0.25)).await? {
            return self.advance_by(Law::Dense(&force), &pulse.part(0.25, 1.0)).await;
        }
        self.advance_by(Law::Plain(&own.force), pulse).await
    }

    /// What it moves by in the epoch that comes next.
    pub(super) fn own_law(&self) -> OwnLaw {
        let acts = |density: &Rc<Density>| density.acts(self.epoch, self.params.n_epochs);
        OwnLaw { force: Rc::clone(&self.force), density: self.density.clone().filter(acts) }
    }

    async fn advance_by(&mut self, law: Law<'_>, pulse: &Pulse) -> Result<()> {
        let rows = self.edges.rows();
        let per_task = blocks_per_task(rows, self.dims);
        let (under_way, tasks) = law.begin(self.parts(), per_task);
        let done = AtomicUsize::new(0);
        let work = |task: Blocks| {
            under_way.run(task);
            done.fetch_add(1, Ordering::Relaxed);
        };
        let result = if rows <= VERTICES_INLINE {
            tasks.into_iter().for_each(work);
            Ok(())
        } else {
            parallel::for_each(pulse, tasks, work).await
        };
        drop(under_way);
        // Batches are done in order and to their end, so the tasks that were done are the first ones.
        self.moved += done.into_inner() * per_task * VERTICES_PER_BLOCK;
        if self.moved >= rows {
            self.end_epoch();
        }
        result
    }

    /// What an epoch reads and writes.
    pub(super) fn parts(&mut self) -> Parts<'_> {
        let Self { edges, connected, params, dims, epoch, moved, embedding, next, adam, .. } = self;
        let connected = connected.as_deref();
        Parts {
            edges,
            connected,
            params: *params,
            dims: *dims,
            epoch: *epoch,
            moved: *moved,
            positions: embedding,
            next,
            adam,
        }
    }

    pub(super) fn end_epoch(&mut self) {
        std::mem::swap(&mut self.embedding, &mut self.next);
        self.adam.end();
        (self.moved, self.epoch) = (0, self.epoch + 1);
    }
}

/// What a layout moves by in an epoch, ties aside.
pub(super) struct OwnLaw {
    pub(super) force: Rc<UmapForce>,
    /// The local radii to follow, in the epochs in which they count.
    density: Option<Rc<Density>>,
}

impl OwnLaw {
    /// The force with the pull of the radii, where they count.
    pub(super) async fn with_density(&self, layout: &LayoutState, pulse: &Pulse) -> Result<Option<DensityForce<'_>>> {
        let Some(density) = &self.density else { return Ok(None) };
        let radii = density.radii(&layout.edges, &layout.embedding, layout.dims, &pulse.part(0.0, 0.8)).await?;
        density.force(&self.force, &layout.edges, &radii, &pulse.part(0.8, 1.0)).await.map(Some)
    }
}

/// How far a layout is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LayoutProgress<V> {
    /// Epochs done.
    pub epoch: u32,
    /// The layout after them.
    pub embedding: V,
    /// Where the first vertices, a multiple of 256, have moved already in the epoch after them.
    pub moved: V,
    /// Adam's running mean of each coordinate's force.
    pub means: V,
    /// Of its square.
    pub squares: V,
}

/// The vertices with edges, if not all.
pub(super) fn connected(graph: &Csr) -> Option<Vec<u32>> {
    let rows = graph.rows();
    let connected: Vec<u32> = (0..rows as u32).filter(|&i| rows == 1 || !graph.range(i as usize).is_empty()).collect();
    (connected.len() < rows).then_some(connected)
}
