//! The forces on every vertex in one epoch, from the positions before it.

use super::axes::Axes;
use super::force::Force;
use super::schedule::fires;
use crate::csr::Csr;
use crate::random::Random;
use crate::simd::{F32x4, LANES};

/// Vertices of a block, which is a task and shares its random vertices.
pub(super) const VERTICES_PER_BLOCK: usize = 256;

/// Groups of four random vertices that a block draws. Each of its vertices (which need some 25 each) takes a run of
/// them that starts anywhere: then repulsion reads neither random numbers nor scattered positions. Layouts are as good
/// as with vertices drawn for each one.
const GROUPS: usize = 256;

/// Each axis of each sample's force is cut to this, as in umap-learn.
const CLIP: f32 = 4.0;

/// What an epoch reads.
pub(super) struct Epoch<'a, A, F> {
    pub(super) axes: A,
    pub(super) edges: &'a Csr<u32>,
    /// The vertices to draw from, if not all.
    pub(super) connected: Option<&'a [u32]>,
    pub(super) positions: &'a [f32],
    pub(super) force: &'a F,
    /// Random vertices per edge that acts.
    pub(super) rate: usize,
    pub(super) number: u32,
    pub(super) random: Random,
}

impl<A: Axes, F: Force> Epoch<'_, A, F> {
    /// Writes the forces on the vertices of block `number`.
    pub(super) fn forces(&self, number: usize, forces: &mut [f32]) {
        let dims = self.axes.len();
        let first = number * VERTICES_PER_BLOCK;
        let pool = self.pool(number as u32);
        let starts = self.random.at(1);
        let mut scratch = Scratch::new(self.axes);
        let mut others = Vec::new();
        for (vertex, force) in (first..).zip(forces.chunks_exact_mut(dims)) {
            self.acting(vertex, &mut others);
            scratch.begin(&self.positions[vertex * dims..][..dims]);
            self.attract(vertex as u32, &others, &mut scratch);
            let start = starts.bits(vertex as u32) as usize % GROUPS;
            self.repel(&pool, start, others.len() * self.rate, &mut scratch);
            for (force, total) in force.iter_mut().zip(scratch.total.as_ref()) {
                *force = total.sum();
            }
        }
    }

    /// The vertices at the other ends of the edges that act, in the order of the edges.
    #[inline(always)]
    fn acting(&self, vertex: usize, others: &mut Vec<u32>) {
        let range = self.edges.range(vertex);
        let (columns, rates) = self.edges.row(vertex);
        // Written everywhere and kept where the edge acts: no branch to mispredict.
        others.resize(columns.len(), 0);
        let mut len = 0;
        for ((&column, &rate), position) in columns.iter().zip(rates).zip(range.start as u32..) {
            others[len] = column;
            len += usize::from(fires(position, rate, self.number));
        }
        others.truncate(len);
    }

    #[inline(always)]
    fn attract(&self, vertex: u32, others: &[u32], scratch: &mut Scratch<A>) {
        let dims = self.axes.len();
        for group in others.chunks(LANES) {
            // A short last group is filled up with the vertex itself, which does not attract itself.
            let mut lanes = [vertex; LANES];
            lanes[..group.len()].copy_from_slice(group);
            let rows = lanes.map(|other| &self.positions[other as usize * dims..][..dims]);
            let squared = scratch.differ(|axis| F32x4::load(&rows.map(|row| row[axis])));
            let coefficient = self.force.attract(vertex, &lanes, squared);
            // The edge back acts as often and moves this vertex as much (umap-learn's `move_other`).
            scratch.add(coefficient, F32x4::splat(2.0));
        }
    }

    #[inline(always)]
    fn repel(&self, pool: &[F32x4], start: usize, count: usize, scratch: &mut Scratch<A>) {
        let dims = self.axes.len();
        for group in 0..count.div_ceil(LANES) {
            let others = &pool[(start + group) % GROUPS * dims..][..dims];
            let squared = scratch.differ(|axis| others[axis]);
            let kept = count - group * LANES;
            let weights: [f32; LANES] = std::array::from_fn(|lane| if lane < kept { 1.0 } else { 0.0 });
            scratch.add(self.force.repel(squared), F32x4::load(&weights));
        }
    }

    /// Positions of the block's random vertices, four to a group, axis by axis.
    fn pool(&self, block: u32) -> Vec<F32x4> {
        let dims = self.axes.len();
        let source = self.random.at(0).at(block);
        let among = self.connected.map_or(self.edges.rows(), <[u32]>::len) as u32;
        let mut pool = Vec::with_capacity(GROUPS * dims);
        for group in 0..GROUPS as u32 {
            let rows: [&[f32]; LANES] = std::array::from_fn(|lane| {
                let drawn = source.below(group * LANES as u32 + lane as u32, among);
                let vertex = self.connected.map_or(drawn, |connected| connected[drawn as usize]);
                &self.positions[vertex as usize * dims..][..dims]
            });
            pool.extend((0..dims).map(|axis| F32x4::load(&rows.map(|row| row[axis]))));
        }
        pool
    }
}

/// The vertex at work: its position, its differences from four others, the sum of forces on it.
struct Scratch<A: Axes> {
    axes: A,
    own: A::Vectors,
    differences: A::Vectors,
    total: A::Vectors,
}

impl<A: Axes> Scratch<A> {
    fn new(axes: A) -> Self {
        Self { axes, own: axes.zeros(), differences: axes.zeros(), total: axes.zeros() }
    }

    #[inline(always)]
    fn begin(&mut self, position: &[f32]) {
        for axis in 0..self.axes.len() {
            self.own.as_mut()[axis] = F32x4::splat(position[axis]);
            self.total.as_mut()[axis] = F32x4::splat(0.0);
        }
    }

    /// Takes four others; returns their squared distances.
    #[inline(always)]
    fn differ(&mut self, others: impl Fn(usize) -> F32x4) -> F32x4 {
        let mut squared = F32x4::splat(0.0);
        for axis in 0..self.axes.len() {
            let difference = self.own.as_ref()[axis] - others(axis);
            self.differences.as_mut()[axis] = difference;
            squared = squared + difference * difference;
        }
        squared
    }

    /// Adds the clipped forces of the four, weighted.
    #[inline(always)]
    fn add(&mut self, coefficient: F32x4, weight: F32x4) {
        for axis in 0..self.axes.len() {
            let force = clip(coefficient * self.differences.as_ref()[axis]);
            let total = &mut self.total.as_mut()[axis];
            *total = *total + force * weight;
        }
    }
}

/// `x` between -4 and 4.
#[inline(always)]
fn clip(x: F32x4) -> F32x4 {
    let (zero, least) = (F32x4::splat(0.0), F32x4::splat(-CLIP));
    let below = zero - (zero - x).max(least);
    below.max(least)
}
