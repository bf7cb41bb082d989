//! A smaller graph whose smooth vectors are those of the larger one: each vertex stands for a vertex and its neighbours.

use crate::csr::Csr;
use crate::error::Result;
use crate::pulse::Pulse;
use crate::sorting::sort_numbers;

/// Entries of the graph between two ticks: about a millisecond.
const TICK: usize = 1 << 17;
const NONE: u32 = u32::MAX;

/// A coarse graph and which of its vertices each fine vertex belongs to.
pub(crate) struct Coarse {
    /// P^T W P for the 0-1 matrix P of membership: weights within an aggregate become its loop, so the degrees add up
    /// and I - D^-1 W stays the Galerkin projection of the fine one.
    pub(crate) graph: Csr,
    pub(crate) parent: Vec<u32>,
}

/// Counts entries and ticks when there were enough.
struct Meter<'a> {
    pulse: &'a Pulse,
    entries: usize,
    done: usize,
    total: usize,
}

impl Meter<'_> {
    async fn spend(&mut self, entries: usize) -> Result<()> {
        self.entries += entries + 1;
        if self.entries >= TICK {
            self.done += self.entries;
            self.entries = 0;
            self.pulse.tick(self.done as f64 / self.total as f64).await?;
        }
        Ok(())
    }
}

/// Aggregates as in Vanek, Mandel and Brezina, "Algebraic multigrid by smoothed aggregation" (1996), in the order of the
/// vertices.
pub(crate) async fn coarsen(graph: &Csr, pulse: &Pulse) -> Result<Coarse> {
    let total = 3 * (graph.data.len() + graph.rows());
    let mut meter = Meter { pulse, entries: 0, done: 0, total };
    let (parent, count) = aggregate(graph, &mut meter).await?;
    let graph = project(graph, &parent, count, &mut meter).await?;
    Ok(Coarse { graph, parent })
}

/// Aggregate of each vertex, and how many there are.
async fn aggregate(graph: &Csr, meter: &mut Meter<'_>) -> Result<(Vec<u32>, usize)> {
    let n = graph.rows();
    let mut parent = vec![NONE; n];
    let mut count = 0;
    // A hub does not found an aggregate: it would unite what lies far apart.
    let most = 4 * graph.data.len().div_ceil(n.max(1));
    for i in 0..n {
        let (columns, _) = graph.row(i);
        meter.spend(columns.len()).await?;
        let free = parent[i] == NONE && columns.iter().all(|&j| parent[j as usize] == NONE);
        if free && columns.len() <= most {
            parent[i] = count;
            columns.iter().for_each(|&j| parent[j as usize] = count);
            count += 1;
        }
    }
    // The others join the founded aggregate that they are most strongly tied to, or found one alone.
    let founded = parent.clone();
    for i in 0..n {
        if founded[i] != NONE {
            continue;
        }
        let (columns, weights) = graph.row(i);
        meter.spend(columns.len()).await?;
        let mut best = (0.0, NONE);
        for (&j, &w) in columns.iter().zip(weights) {
            if w > best.0 && founded[j as usize] != NONE {
                best = (w, founded[j as usize]);
            }
        }
        if best.1 == NONE {
            best.1 = count;
            count += 1;
        }
        parent[i] = best.1;
    }
    Ok((parent, count as usize))
}

/// The graph between the aggregates.
async fn project(graph: &Csr, parent: &[u32], count: usize, meter: &mut Meter<'_>) -> Result<Csr> {
    let mut start = vec![0u32; count + 1];
    parent.iter().for_each(|&p| start[p as usize + 1] += 1);
    (0..count).for_each(|p| start[p + 1] += start[p]);
    let mut next = start.clone();
    let mut members = vec![0u32; parent.len()];
    for (i, &p) in parent.iter().enumerate() {
        members[next[p as usize] as usize] = i as u32;
        next[p as usize] += 1;
    }
    let mut coarse = Csr { indptr: vec![0], ..Csr::default() };
    let mut sum = vec![0.0f32; count];
    let mut seen = vec![NONE; count];
    let mut columns: Vec<u32> = Vec::new();
    for p in 0..count {
        columns.clear();
        for &i in &members[start[p] as usize..start[p + 1] as usize] {
            let (indices, weights) = graph.row(i as usize);
            meter.spend(indices.len()).await?;
            for (&j, &w) in indices.iter().zip(weights) {
                let q = parent[j as usize];
                if seen[q as usize] != p as u32 {
                    seen[q as usize] = p as u32;
                    sum[q as usize] = 0.0;
                    columns.push(q);
                }
                sum[q as usize] += w;
            }
        }
        sort_numbers(&mut columns);
        coarse.indices.extend_from_slice(&columns);
        coarse.data.extend(columns.iter().map(|&q| sum[q as usize]));
        coarse.indptr.push(coarse.indices.len() as u32);
    }
    Ok(coarse)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pulse::block_on;

    #[test]
    fn a_path_is_cut_into_threes_and_keeps_its_weight() {
        let n = 30;
        let mut graph = Csr { indptr: vec![0], ..Csr::default() };
        for i in 0..n {
            for j in [i - 1, i + 1] {
                if (0..n).contains(&j) {
                    graph.indices.push(j as u32);
                    graph.data.push(1.0);
                }
            }
            graph.indptr.push(graph.indices.len() as u32);
        }
        let coarse = block_on(async |pulse| coarsen(&graph, pulse).await).unwrap();
        assert!(coarse.graph.rows() <= 11);
        let total = |graph: &Csr| graph.data.iter().sum::<f32>();
        assert_eq!(total(&coarse.graph), total(&graph));
        for i in 1..coarse.graph.rows() - 1 {
            let (columns, _) = coarse.graph.row(i);
            assert_eq!(columns, [i as u32 - 1, i as u32, i as u32 + 1], "a path again, with loops");
        }
    }
}
