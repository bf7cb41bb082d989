//! Layouts that advance together (AlignedUMAP): vertices are tied to vertices of other layouts that correspond.
//!
//! A tie pulls with weight x (the other's position - its own), as umap-learn's penalty does: once at each end of an edge
//! that acts, and once with each random vertex. All layouts take an epoch from the positions before it, so neither their
//! order nor the threads matter.

use super::density::DensityForce;
use super::epoch::CLIP;
use super::force::{Addition, Extended, UmapForce};
use super::layout_state::{LayoutState, OwnLaw, VERTICES_INLINE};
use super::tasks::{Blocks, Parts, Run, blocks_per_task};
use crate::error::Result;
use crate::parallel;
use crate::pulse::Pulse;

/// Up to so many vertices in all an epoch runs on the calling thread: 4000 in ten layouts take as long on two threads.
const SMALL: usize = 2 * VERTICES_INLINE;

/// A tie of a vertex to one of another layout.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Tie {
    /// The other layout, by its number.
    pub layout: u32,
    /// The vertex there.
    pub vertex: u32,
    /// How strongly it pulls.
    pub weight: f32,
}

/// The ties of each vertex of a layout.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ties {
    /// Where those of each vertex start; one more entry than vertices.
    pub starts: Vec<u32>,
    /// All of them, in the order of vertices.
    pub ties: Vec<Tie>,
}

impl Ties {
    /// From ties and their vertices; those of a vertex stay in their order.
    pub fn new(vertices: usize, of: &[(u32, Tie)]) -> Self {
        let mut starts = vec![0; vertices + 1];
        of.iter().for_each(|(vertex, _)| starts[*vertex as usize + 1] += 1);
        (0..vertices).for_each(|vertex| starts[vertex + 1] += starts[vertex]);
        let (mut next, mut ties) = (starts.clone(), vec![Tie::default(); of.len()]);
        for &(vertex, tie) in of {
            let at = &mut next[vertex as usize];
            ties[*at as usize] = tie;
            *at += 1;
        }
        Self { starts, ties }
    }

    /// The ties of a vertex.
    #[inline(always)]
    pub fn of(&self, vertex: usize) -> &[Tie] {
        &self.ties[self.starts[vertex] as usize..self.starts[vertex + 1] as usize]
    }
}

/// Layouts, of which some stay as they are.
pub struct Joint<'a> {
    /// Those that stay: the first numbers.
    pub fixed: Vec<&'a [f32]>,
    /// Those that move: the numbers that follow. All have as many dimensions.
    pub moving: Vec<&'a mut LayoutState>,
    /// The ties of those that move.
    pub ties: Vec<Ties>,
}

impl Joint<'_> {
    /// Takes all layouts to their last epochs. One with fewer epochs than another spreads them over the other's.
    pub async fn run(&mut self, pulse: &Pulse) -> Result<()> {
        let n_epochs = self.moving.iter().map(|layout| layout.n_epochs()).max().unwrap_or(0);
        for epoch in 0..n_epochs {
            let at = |epoch: u32| f64::from(epoch) / f64::from(n_epochs);
            self.advance(epoch, n_epochs, &pulse.part(at(epoch), at(epoch + 1))).await?;
            pulse.tick_epoch(epoch + 1, n_epochs).await?;
        }
        Ok(())
    }

    /// An epoch of the layouts whose turn it is.
    async fn advance(&mut self, epoch: u32, n_epochs: u32, pulse: &Pulse) -> Result<()> {
        let is_due = |layout: &LayoutState| {
            let done = |epoch: u32| u64::from(epoch) * u64::from(layout.n_epochs()) / u64::from(n_epochs);
            done(epoch + 1) > done(epoch)
        };
        let due: Vec<bool> = self.moving.iter().map(|layout| is_due(layout)).collect();
        let laws: Vec<OwnLaw> = self.moving.iter().map(|layout| layout.own_law()).collect();
        let mut dense = Vec::with_capacity(laws.len());
        for ((law, layout), due) in laws.iter().zip(&self.moving).zip(&due) {
            dense.push(if *due { law.with_density(layout, &pulse.part(0.0, 0.25)).await? } else { None });
        }
        self.step(&due, &laws, &dense, &pulse.part(0.25, 1.0)).await?;
        let moved = self.moving.iter_mut().zip(&due).filter(|(_, due)| **due);
        moved.for_each(|(layout, _)| layout.end_epoch());
        Ok(())
    }

    /// Writes where the layouts that are due move to; the tasks of all of them are one loop.
    async fn step(
        &mut self,
        due: &[bool],
        laws: &[OwnLaw],
        dense: &[Option<DensityForce<'_>>],
        pulse: &Pulse,
    ) -> Result<()> {
        let vertices = self.moving.iter().map(|layout| layout.edges.rows()).sum();
        let per_task = blocks_per_task(vertices, self.moving.first().map_or(1, |layout| layout.dims));
        let parts: Vec<_> = self.moving.iter_mut().map(|layout| layout.parts()).collect();
        let fixed = self.fixed.iter().copied();
        let positions: Vec<&[f32]> = fixed.chain(parts.iter().map(|parts| parts.positions)).collect();
        let ties = self.ties.iter().zip(self.fixed.len()..);
        let ties: Vec<_> = ties.map(|(ties, own)| Tied { ties, own, positions: &positions }).collect();
        let held = laws.iter().zip(dense).zip(ties).map(|((law, dense), tied)| match dense {
            None => TiedLaw::Plain(Extended { base: &*law.force, addition: tied }),
            Some(dense) => TiedLaw::Dense(Extended { base: dense, addition: tied }),
        });
        let held: Vec<TiedLaw> = held.collect();
        let of_due = parts.into_iter().zip(&held).zip(due).filter(|(_, due)| **due);
        let mut under_way: Vec<_> = of_due.map(|((parts, held), _)| held.begin(parts, per_task)).collect();
        let tasks: Vec<_> =
            under_way.iter_mut().flat_map(|(run, tasks)| tasks.drain(..).map(|task| (&**run, task))).collect();
        if vertices <= SMALL {
            tasks.into_iter().for_each(|(run, task)| run.run(task));
            return Ok(());
        }
        parallel::for_each(pulse, tasks, |(run, task): (&dyn Run, Blocks)| run.run(task)).await
    }
}

/// A layout's ties, which hold its vertices.
#[derive(Clone, Copy)]
struct Tied<'a> {
    ties: &'a Ties,
    /// The layout's own number.
    own: usize,
    /// Of all layouts, before the epoch.
    positions: &'a [&'a [f32]],
}

impl Addition for Tied<'_> {
    const HOLDS: bool = true;

    #[inline(always)]
    fn hold(&self, vertex: usize, times: f32, force: &mut [f32]) {
        let Self { ties, own, positions } = *self;
        let dims = force.len();
        let own = &positions[own][vertex * dims..][..dims];
        for tie in ties.of(vertex) {
            let other = &positions[tie.layout as usize][tie.vertex as usize * dims..][..dims];
            for ((force, own), other) in force.iter_mut().zip(own).zip(other) {
                *force += times * (tie.weight * (other - own)).clamp(-CLIP, CLIP);
            }
        }
    }
}

/// By what the vertices of a layout move, ties included.
enum TiedLaw<'a> {
    Plain(Extended<'a, UmapForce, Tied<'a>>),
    Dense(Extended<'a, DensityForce<'a>, Tied<'a>>),
}

impl TiedLaw<'_> {
    #[inline(never)]
    pub(super) fn begin<'a>(
        &'a self,
        parts: Parts<'a>,
        blocks_per_task: usize,
    ) -> (Box<dyn Run + 'a>, Vec<Blocks<'a>>) {
        match self {
            Self::Plain(force) => parts.begin(force, blocks_per_task),
            Self::Dense(force) => parts.begin(force, blocks_per_task),
        }
    }
}
