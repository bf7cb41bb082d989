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
pub(super) const CLIP: f32 = 4.0;

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
        let vertices = first..first + forces.len() / dims;
        let longest = vertices.clone().map(|vertex| self.edges.range(vertex).len()).max().unwrap_or(0);
        let mut others = vec![0; longest + LANES];
        for (vertex, force) in vertices.zip(forces.chunks_exact_mut(dims)) {
            let acting = self.acting(vertex, &mut others);
            scratch.begin(&self.positions[vertex * dims..][..dims]);
            self.attract(vertex as u32, &others[..acting.next_multiple_of(LANES)], &mut scratch);
            if F::PULLS {
                self.pull(vertex, &mut scratch);
            }
            let start = starts.bits(vertex as u32) as usize % GROUPS;
            self.repel(&pool, start, acting * self.rate, &mut scratch);
            for (force, total) in force.iter_mut().zip(scratch.total.as_ref()) {
                *force = total.sum();
            }
            if F::HOLDS {
                // As often as umap-learn: at both ends of an edge that acts, and with each random vertex.
                self.force.hold(vertex, (acting * (2 + self.rate)) as f32, force);
            }
        }
    }

    /// Writes the other ends of the edges that act, in the order of the edges, and the vertex itself to fill up the last
    /// vector: it does not attract itself. Returns how many act.
    #[inline(always)]
    fn acting(&self, vertex: usize, others: &mut [u32]) -> usize {
        let range = self.edges.range(vertex);
        let (columns, rates) = self.edges.row(vertex);
        let others = &mut others[..columns.len() + LANES];
        let mut len = 0;
        // Written everywhere and kept where the edge acts: no branch to mispredict.
        for ((&column, &rate), position) in columns.iter().zip(rates).zip(range.start as u32..) {
            others[len] = column;
            len += usize::from(fires(position, rate, self.number));
        }
        for other in &mut others[len..len + LANES] {
            *other = vertex as u32;
        }
        len
    }

    /// Adds the attraction of the edges that act, whose other ends are in whole vectors.
    #[inline(always)]
    fn attract(&self, vertex: u32, others: &[u32], scratch: &mut Scratch<A>) {
        let dims = self.axes.len();
        for lanes in others.as_chunks::<LANES>().0 {
            let rows = lanes.map(|other| &self.positions[other as usize * dims..][..dims]);
            let squared = scratch.differ(|axis| F32x4::load(&rows.map(|row| row[axis])));
            scratch.add(self.force.attract(vertex, lanes, squared));
        }
        scratch.double();
    }

    /// Adds what all edges do.
    #[inline(always)]
    fn pull(&self, vertex: usize, scratch: &mut Scratch<A>) {
        let dims = self.axes.len();
        in_lanes(self.edges.row(vertex).0, vertex as u32, |lanes, _| {
            let rows = lanes.map(|other| &self.positions[other as usize * dims..][..dims]);
            let squared = scratch.differ(|axis| F32x4::load(&rows.map(|row| row[axis])));
            scratch.add(self.force.pull(vertex as u32, lanes, squared));
        });
    }

    /// Adds the repulsion of `count` vertices of the pool from group `start` on.
    #[inline(always)]
    fn repel(&self, pool: &[F32x4], start: usize, count: usize, scratch: &mut Scratch<A>) {
        let dims = self.axes.len();
        let others = |group: usize, axis: usize| pool[(start + group) % GROUPS * dims + axis];
        let (full, rest) = (count / LANES, count % LANES);
        for group in 0..full {
            let squared = scratch.differ(|axis| others(group, axis));
            scratch.add(self.force.repel(squared));
        }
        if rest > 0 {
            let squared = scratch.differ(|axis| others(full, axis));
            scratch.add(self.force.repel(squared) * first_lanes(rest));
        }
    }

    /// Positions of the block's random vertices, four to a group, axis by axis.
    fn pool(&self, block: u32) -> Vec<F32x4> {
        let dims = self.axes.len();
        let source = self.random.at(0).at(block);
        let among = self.connected.map_or(self.edges.rows(), <[u32]>::len) as u32;
        // Drawn before they are looked up: then the compiler draws four at a time.
        let mut drawn = [0; GROUPS * LANES];
        drawn.iter_mut().zip(0..).for_each(|(drawn, sample)| *drawn = source.below(sample, among));
        let mut pool = Vec::with_capacity(GROUPS * dims);
        for group in drawn.as_chunks::<LANES>().0 {
            let vertices = group.map(|drawn| self.connected.map_or(drawn, |connected| connected[drawn as usize]));
            let rows = vertices.map(|vertex| &self.positions[vertex as usize * dims..][..dims]);
            pool.extend((0..dims).map(|axis| F32x4::load(&rows.map(|row| row[axis]))));
        }
        pool
    }
}

/// Calls `visit` with vertices four at a time, and 1 for each; the last four are filled up with `filling`, and 0 for each.
#[inline(always)]
pub(super) fn in_lanes(vertices: &[u32], filling: u32, mut visit: impl FnMut(&[u32; LANES], F32x4)) {
    let (full, rest) = vertices.as_chunks::<LANES>();
    full.iter().for_each(|lanes| visit(lanes, F32x4::splat(1.0)));
    if !rest.is_empty() {
        let lane = |lane: usize| rest.get(lane).copied().unwrap_or(filling);
        visit(&std::array::from_fn(lane), first_lanes(rest.len()));
    }
}

/// 1 in the first lanes, 0 in the others.
#[inline(always)]
fn first_lanes(count: usize) -> F32x4 {
    let kept: [f32; LANES] = std::array::from_fn(|lane| if lane < count { 1.0 } else { 0.0 });
    F32x4::load(&kept)
}

/// The vertex at work: its position, the differences of four others from it, the sum of forces on it.
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
        for (own, &coordinate) in self.own.as_mut().iter_mut().zip(position) {
            *own = F32x4::splat(coordinate);
        }
        self.total.as_mut().fill(F32x4::splat(0.0));
    }

    /// Takes four others; returns their squared distances.
    #[inline(always)]
    fn differ(&mut self, others: impl Fn(usize) -> F32x4) -> F32x4 {
        let mut squared = F32x4::splat(0.0);
        for axis in 0..self.axes.len() {
            let difference = others(axis) - self.own.as_ref()[axis];
            self.differences.as_mut()[axis] = difference;
            squared = squared + difference * difference;
        }
        squared
    }

    /// Adds the clipped forces of the four.
    #[inline(always)]
    fn add(&mut self, coefficient: F32x4) {
        let (zero, least) = (F32x4::splat(0.0), F32x4::splat(-CLIP));
        for axis in 0..self.axes.len() {
            // The differences point the other way, so this is minus the force, cut above at 4; then it is turned.
            let minus = (coefficient * self.differences.as_ref()[axis]).max(least);
            let total = &mut self.total.as_mut()[axis];
            *total = *total + (zero - minus).max(least);
        }
    }

    /// Counts what was added so far twice: the edge back acts as often and moves this vertex as much (umap-learn's
    /// `move_other`).
    #[inline(always)]
    fn double(&mut self) {
        self.total.as_mut().iter_mut().for_each(|total| *total = *total + *total);
    }
}
