//! Connected components of a symmetric graph.

use crate::csr::Csr;
use crate::error::Result;
use crate::pulse::Pulse;

/// Vertices between two ticks: well below a millisecond at 30 neighbours each.
const TICK: usize = 4096;

/// The components of a graph, numbered by their smallest vertex.
pub(crate) struct Components {
    /// Vertices grouped by component, increasing within each.
    vertices: Vec<u32>,
    /// Place of each vertex within its component.
    local: Vec<u32>,
    /// Where each component starts in `vertices`; one more entry than components.
    start: Vec<u32>,
}

impl Components {
    /// Finds them breadth first. An edge is an entry above 0.
    pub(crate) async fn find(graph: &Csr, pulse: &Pulse) -> Result<Self> {
        let n = graph.rows();
        let mut label = vec![u32::MAX; n];
        let mut sizes: Vec<u32> = Vec::new();
        let mut queue: Vec<u32> = Vec::with_capacity(n);
        let mut seed = 0;
        for done in 0..n {
            if done % TICK == 0 {
                pulse.tick(done as f64 / n as f64).await?;
            }
            if queue.len() == done {
                while label[seed] != u32::MAX {
                    seed += 1;
                }
                label[seed] = sizes.len() as u32;
                sizes.push(0);
                queue.push(seed as u32);
            }
            let vertex = queue[done] as usize;
            sizes[label[vertex] as usize] += 1;
            let (columns, weights) = graph.row(vertex);
            for (&j, &w) in columns.iter().zip(weights) {
                if w > 0.0 && label[j as usize] == u32::MAX {
                    label[j as usize] = label[vertex];
                    queue.push(j);
                }
            }
        }
        Ok(Self::group(&label, &sizes))
    }

    /// Counting sort of the vertices by label.
    fn group(label: &[u32], sizes: &[u32]) -> Self {
        let mut start = vec![0; sizes.len() + 1];
        for (c, size) in sizes.iter().enumerate() {
            start[c + 1] = start[c] + size;
        }
        let mut next = start.clone();
        let (mut vertices, mut local) = (vec![0; label.len()], vec![0; label.len()]);
        for (i, &c) in label.iter().enumerate() {
            vertices[next[c as usize] as usize] = i as u32;
            local[i] = next[c as usize] - start[c as usize];
            next[c as usize] += 1;
        }
        Self { vertices, local, start }
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.start.len() - 1
    }

    /// The vertices of component `c`, increasing.
    pub(crate) fn vertices(&self, c: usize) -> &[u32] {
        &self.vertices[self.start[c] as usize..self.start[c + 1] as usize]
    }

    /// The graph of component `c` alone, its vertices numbered from 0. Without ticks: for small ones.
    pub(crate) fn small_subgraph(&self, graph: &Csr, c: usize) -> Csr {
        let mut sub = Csr { indptr: vec![0], ..Csr::default() };
        self.append(graph, self.vertices(c), &mut sub);
        sub
    }

    /// The same for any component.
    pub(crate) async fn subgraph(&self, graph: &Csr, c: usize, pulse: &Pulse) -> Result<Csr> {
        let mut sub = Csr { indptr: vec![0], ..Csr::default() };
        for vertices in self.vertices(c).chunks(TICK) {
            self.append(graph, vertices, &mut sub);
            pulse.tick(0.0).await?;
        }
        Ok(sub)
    }

    fn append(&self, graph: &Csr, vertices: &[u32], sub: &mut Csr) {
        for &i in vertices {
            let (columns, weights) = graph.row(i as usize);
            for (&j, &w) in columns.iter().zip(weights) {
                if w > 0.0 {
                    sub.indices.push(self.local[j as usize]);
                    sub.data.push(w);
                }
            }
            sub.indptr.push(sub.indices.len() as u32);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pulse::block_on;

    #[test]
    fn components_are_numbered_by_their_smallest_vertex() {
        // 0-3, 1 alone, 2-4-5; the entry (1, 2) is a stored zero and no edge.
        let edges: [&[(u32, f32)]; 6] =
            [&[(3, 1.0)], &[(2, 0.0)], &[(1, 0.0), (4, 0.5)], &[(0, 1.0)], &[(2, 0.5), (5, 0.1)], &[(4, 0.1)]];
        let mut graph = Csr { indptr: vec![0], ..Csr::default() };
        for row in edges {
            graph.indices.extend(row.iter().map(|e| e.0));
            graph.data.extend(row.iter().map(|e| e.1));
            graph.indptr.push(graph.indices.len() as u32);
        }
        let found = block_on(async |pulse| Components::find(&graph, pulse).await).unwrap();
        let all: Vec<&[u32]> = (0..found.len()).map(|c| found.vertices(c)).collect();
        assert_eq!(all, [&[0, 3][..], &[1], &[2, 4, 5]]);
        let sub = found.small_subgraph(&graph, 2);
        assert_eq!((sub.indptr, sub.indices, sub.data), (vec![0, 1, 3, 4], vec![1, 0, 2, 1], vec![0.5, 0.5, 0.1, 0.1]));
    }
}
