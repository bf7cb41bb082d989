//! The tasks of an epoch: consecutive vertices, for every number of axes and every force.

use super::adam;
use super::adam::{Adam, Step};
use super::axes::{Any, Axes, Fixed};
use super::density::DensityForce;
use super::epoch::{Epoch, VERTICES_PER_BLOCK};
use super::force::{Force, UmapForce};
use super::params::LayoutParams;
use super::schedule;
use crate::csr::Csr;
use crate::parallel;
use crate::random::{Random, Stream};

/// A layout, taken apart for an epoch.
pub(super) struct Parts<'a> {
    pub(super) edges: &'a Csr<u32>,
    pub(super) connected: Option<&'a [u32]>,
    pub(super) params: LayoutParams,
    pub(super) dims: usize,
    pub(super) epoch: u32,
    pub(super) moved: usize,
    pub(super) positions: &'a [f32],
    pub(super) next: &'a mut [f32],
    pub(super) adam: &'a mut Adam,
}

impl<'a> Parts<'a> {
    /// The epoch, and the tasks that are left of it: consecutive vertices, so many blocks each.
    pub(super) fn begin(self, force: &'a impl Force, blocks_per_task: usize) -> (Box<dyn Run + 'a>, Vec<Blocks<'a>>) {
        match self.dims {
            2 => self.begin_in(Fixed::<2>, force, blocks_per_task),
            3 => self.begin_in(Fixed::<3>, force, blocks_per_task),
            dims => self.begin_in(Any(dims), force, blocks_per_task),
        }
    }

    fn begin_in<A: Axes + 'a>(
        self,
        axes: A,
        force: &'a impl Force,
        blocks_per_task: usize,
    ) -> (Box<dyn Run + 'a>, Vec<Blocks<'a>>) {
        let Self { edges, connected, params, dims, epoch: number, moved, positions, next, adam } = self;
        let alpha = schedule::learning_rate(params.learning_rate, number, params.n_epochs);
        let epoch = Epoch {
            axes,
            edges,
            connected,
            positions,
            force,
            rate: params.negative_sample_rate as usize,
            number,
            random: Random::new(params.seed, Stream::Negative).at(number),
        };
        let task = blocks_per_task * VERTICES_PER_BLOCK * dims;
        let (first, from) = (moved / VERTICES_PER_BLOCK, moved * dims);
        let (step, moments) = adam.step(alpha as f32, from, task);
        let tasks = next[from..].chunks_mut(task).zip(positions[from..].chunks(task)).zip(moments).enumerate();
        let tasks = tasks.map(move |(number, ((next, before), moments))| Blocks {
            first: first + number * blocks_per_task,
            next,
            before,
            moments,
        });
        (Box::new(UnderWay { epoch, step, block: VERTICES_PER_BLOCK * dims }), tasks.collect())
    }
}

/// By what the vertices of a layout move in an epoch.
#[derive(Clone, Copy)]
pub(super) enum Law<'a> {
    Plain(&'a UmapForce),
    #[cfg_attr(not(feature = "densmap"), allow(dead_code, reason = "what only layouts that keep densities have"))]
    Dense(&'a DensityForce<'a>),
}

impl Law<'_> {
    #[inline(never)]
    pub(super) fn begin<'a>(self, parts: Parts<'a>, blocks_per_task: usize) -> (Box<dyn Run + 'a>, Vec<Blocks<'a>>)
    where
        Self: 'a,
    {
        match self {
            Self::Plain(force) => parts.begin(force, blocks_per_task),
            Self::Dense(force) => parts.begin(force, blocks_per_task),
        }
    }
}

/// An epoch under way, whatever its axes and its force: only what a task does is compiled for each of them.
pub(super) trait Run: Sync {
    fn run(&self, task: Blocks);
}

/// What the tasks of an epoch share.
struct UnderWay<'a, A, F> {
    epoch: Epoch<'a, A, F>,
    step: Step,
    /// Coordinates of a block.
    block: usize,
}

impl<A: Axes, F: Force> Run for UnderWay<'_, A, F> {
    fn run(&self, task: Blocks) {
        for (forces, block) in task.next.chunks_mut(self.block).zip(task.first..) {
            self.epoch.forces(block, forces);
        }
        self.step.apply(task.before, task.next, task.moments);
    }
}

/// Consecutive blocks of vertices.
pub(super) struct Blocks<'a> {
    /// The first block.
    first: usize,
    next: &'a mut [f32],
    before: &'a [f32],
    moments: adam::Moments<'a>,
}

/// Blocks of a task: as many as let the first batch of `parallel::for_each` be the whole epoch, since handing out a
/// batch costs as much as some blocks, but not more than take 2 ms. Nothing that is computed depends on it.
pub(super) fn blocks_per_task(rows: usize, dims: usize) -> usize {
    let wanted = rows.div_ceil(VERTICES_PER_BLOCK).div_ceil(2 * parallel::threads());
    wanted.clamp(1, (32 / dims).max(1))
}
