//! Edges drawn in proportion to their weight (Walker's alias method, as built by Vose 1991): two reads a draw, and no edge
//! is written down more than once.

use umap_core::Result;
use umap_core::csr::Csr;
use umap_core::pulse::Pulse;
use umap_core::random::Random;

/// Edges looked at between two ticks, well below a millisecond.
const EDGES_PER_TICK: usize = 1 << 16;

/// A graph whose edges can be drawn.
#[derive(Debug)]
pub struct Edges {
    graph: Csr,
    /// How often, of 2^32 times, a draw of a place takes the edge there. Empty before [`prepare`](Self::prepare).
    keeps: Vec<u32>,
    /// The edge that it takes else.
    others: Vec<u32>,
}

impl Edges {
    /// Of all edges of a graph, before they can be drawn.
    pub fn new(graph: Csr) -> Self {
        Self { graph, keeps: Vec::new(), others: Vec::new() }
    }

    /// Makes drawing possible, the first time it is called.
    pub async fn prepare(&mut self, pulse: &Pulse) -> Result<()> {
        let (weights, count) = (&self.graph.data, self.len());
        if self.keeps.len() == count {
            return Ok(());
        }
        let sum: f64 = weights.iter().map(|&weight| f64::from(weight)).sum();
        let scale = count as f64 / sum;
        let (mut keeps, mut others) = (vec![u32::MAX; count], (0..count as u32).collect::<Vec<_>>());
        let mut shares: Vec<f32> = weights.iter().map(|&weight| (f64::from(weight) * scale) as f32).collect();
        pulse.tick(0.0).await?;
        let (mut small, mut large): (Vec<u32>, Vec<u32>) =
            (0..count as u32).partition(|&edge| shares[edge as usize] < 1.0);
        let mut done = 0;
        while let (Some(&edge), Some(&other)) = (small.last(), large.last()) {
            small.pop();
            let share = shares[edge as usize];
            keeps[edge as usize] = (f64::from(share) * 4_294_967_296.0) as u32;
            others[edge as usize] = other;
            let left = &mut shares[other as usize];
            *left -= 1.0 - share;
            if *left < 1.0 {
                large.pop();
                small.push(other);
            }
            done += 1;
            if done % EDGES_PER_TICK == 0 {
                pulse.tick(0.0).await?;
            }
        }
        (self.keeps, self.others) = (keeps, others);
        Ok(())
    }

    /// Number of edges.
    pub fn len(&self) -> usize {
        self.graph.data.len()
    }

    /// Visits of edges in so many epochs of a layout, where an edge of weight w is visited in the part w of them. As in
    /// umap-learn's ParametricUMAP visits of an edge are whole, which leaves out the weakest.
    pub(super) fn visits(&self, n_epochs: u32) -> u64 {
        self.graph.data.iter().map(|&weight| (f64::from(weight) * f64::from(n_epochs)) as u64).sum()
    }

    /// Whether there is no edge to draw.
    pub fn is_empty(&self) -> bool {
        self.graph.data.is_empty()
    }

    /// A random edge: its row and its column.
    pub fn draw(&self, random: Random) -> (u32, u32) {
        let place = random.below(0, self.len() as u32);
        let keeps = random.bits(1) <= self.keeps[place as usize];
        let edge = if keeps { place } else { self.others[place as usize] };
        let row = self.graph.indptr.partition_point(|&start| start <= edge) - 1;
        (row as u32, self.graph.indices[edge as usize])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use umap_core::pulse::block_on;
    use umap_core::random::Stream;

    #[test]
    fn edges_are_drawn_in_proportion_to_their_weight() {
        let graph = Csr {
            indptr: vec![0, 2, 2, 5, 6],
            indices: vec![1, 3, 0, 1, 3, 2],
            data: vec![1.0, 0.5, 0.25, 0.01, 0.8, 0.04],
        };
        let mut edges = Edges::new(graph.clone());
        block_on(async |pulse| edges.prepare(pulse).await).unwrap();
        let draws = 400_000;
        let mut counts = std::collections::BTreeMap::new();
        for i in 0..draws {
            *counts.entry(edges.draw(Random::new(5, Stream::Networks).at(i))).or_insert(0) += 1;
        }
        let sum: f32 = graph.data.iter().sum();
        let all = [(0, 1), (0, 3), (2, 0), (2, 1), (2, 3), (3, 2)];
        assert_eq!(counts.len(), all.len());
        for (edge, weight) in all.iter().zip(&graph.data) {
            let (expected, got) = (weight / sum, counts[edge] as f32 / draws as f32);
            // Five standard deviations.
            let allowed = 5.0 * (expected * (1.0 - expected) / draws as f32).sqrt();
            assert!((expected - got).abs() < allowed, "{edge:?}: {expected} {got}");
        }
    }
}
