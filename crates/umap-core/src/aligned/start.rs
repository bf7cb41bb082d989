//! Where the slices' layouts start.

use super::relations::Related;
use crate::csr::Csr;
use crate::error::Result;
use crate::procrustes::Similarity;
use crate::pulse::Pulse;
use crate::random::{Random, Stream};

/// Standard deviation of the noise on coordinates that are means of others: that of other initial layouts.
const NOISE: f32 = 1e-4;

/// The initial layout of a slice.
pub(super) struct Start<'a> {
    pub(super) layout: &'a mut [f32],
    pub(super) dims: usize,
    /// The layouts of the slices before it.
    pub(super) before: &'a [&'a [f32]],
    /// Between slices, nearest ones first.
    pub(super) related: &'a [Related],
}

impl<'a> Start<'a> {
    /// Turns and moves it onto the nearest layout that it is related to; with `scales` it also takes that one's size.
    pub(super) async fn turn(&mut self, scales: bool, pulse: &Pulse) -> Result<()> {
        let (layout, dims) = (&*self.layout, self.dims);
        let Some((onto, pairs)) = self.onto_before().next() else { return Ok(()) };
        let pairs = pairs.iter().map(|&[to, from]| [place(layout, from, dims), place(onto, to, dims)]);
        let placed = pairs.filter(|pair| pair.iter().all(|row| row[0].is_finite()));
        let similarity = Similarity::of_pairs(placed, dims, scales, pulse).await?;
        similarity.apply(self.layout);
        Ok(())
    }

    /// Puts rows where the nearest slice has what they are related to, and others, if they have neighbours of which that is
    /// so, into the mean of those, by membership.
    pub(super) fn put(&mut self, graph: &Csr, seed: u32) {
        let (rows, dims) = (graph.rows(), self.dims);
        let mut known: Vec<Option<&[f32]>> = vec![None; rows];
        for (onto, pairs) in self.onto_before() {
            for &[to, from] in pairs {
                let there = Some(place(onto, to, dims)).filter(|there| there[0].is_finite());
                known[from as usize] = known[from as usize].or(there);
            }
        }
        let random = Random::new(seed, Stream::Noise);
        for (row, own) in self.layout.chunks_exact_mut(dims).enumerate() {
            if own[0].is_nan() {
                continue;
            }
            match known[row] {
                Some(there) => own.copy_from_slice(there),
                None => {
                    let (columns, weights) = graph.row(row);
                    let around =
                        columns.iter().zip(weights).filter_map(|(&column, &w)| Some((known[column as usize]?, w)));
                    let total: f32 = around.clone().map(|(_, weight)| weight).sum();
                    if total > 0.0 {
                        own.iter_mut().zip(0..).for_each(|(x, k)| *x = NOISE * random.at(row as u32).normal(k));
                        around.for_each(|(there, weight)| {
                            own.iter_mut().zip(there).for_each(|(x, there)| *x += weight / total * there);
                        });
                    }
                }
            }
        }
    }

    /// The layouts before, with the pairs between them and this one: their rows and its own.
    fn onto_before(&self) -> impl Iterator<Item = (&'a [f32], &'a [[u32; 2]])> + use<'a> {
        let (before, related) = (self.before, self.related);
        let own = related.iter().filter(move |related| related.slices[1] == before.len());
        own.map(|Related { slices, relation }| (before[slices[0]], relation.pairs()))
    }
}

fn place(layout: &[f32], row: u32, dims: usize) -> &[f32] {
    &layout[row as usize * dims..][..dims]
}
