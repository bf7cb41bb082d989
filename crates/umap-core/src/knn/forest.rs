//! Random projection trees: each node is split in the rows nearer to one and to the other of two random rows of it.

use crate::error::Result;
use crate::parallel;
use crate::pulse::Pulse;
use crate::random::{Random, Stream};

use super::space::Space;

/// Rows of a big node that one task assigns to sides.
const BLOCK_ROWS: usize = 1024;
/// A node of at most so many rows is split to its leaves in one task.
const SUBTREE_ROWS: usize = 1024;
/// Below this depth nodes are cut in half whatever the distances, so that no data can make a tree deep. Halving alone
/// needs 24 levels for 2^30 rows.
const MAX_DEPTH: u32 = 48;

/// The leaves of a tree: a permutation of the rows, cut in pieces.
#[derive(Debug, PartialEq)]
pub(crate) struct Leaves {
    /// The rows, leaf by leaf.
    pub(crate) order: Vec<u32>,
    /// Where each leaf ends in `order`.
    pub(crate) ends: Vec<u32>,
}

impl Leaves {
    /// Number of leaves.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The rows of leaf `i`.
    pub(crate) fn leaf(&self, i: usize) -> &[u32] {
        let start = if i == 0 { 0 } else { self.ends[i - 1] as usize };
        &self.order[start..self.ends[i] as usize]
    }
}

#[derive(Clone, Copy)]
struct Node {
    start: usize,
    len: usize,
    depth: u32,
}

struct Tree<'a, S> {
    space: &'a S,
    random: Random,
    leaf_rows: usize,
}

/// Tree number `tree` over all rows, with at most `leaf_rows` rows in a leaf.
pub(crate) async fn tree<S: Space>(space: &S, leaf_rows: usize, seed: u32, tree: u32, pulse: &Pulse) -> Result<Leaves> {
    let tree = Tree { space, random: Random::new(seed, Stream::Forest).at(tree), leaf_rows };
    let mut order: Vec<u32> = (0..space.rows() as u32).collect();
    let mut big = vec![Node { start: 0, len: order.len(), depth: 0 }];
    let mut small = Vec::new();
    let mut done = 0.0;
    loop {
        small.extend(big.extract_if(.., |node| node.len <= SUBTREE_ROWS.max(leaf_rows)));
        if big.is_empty() {
            break;
        }
        // Levels are about equal in work; how many there will be is not known.
        big = tree.split_level(&mut order, &big, &pulse.part(done, done + 0.15 * (1.0 - done))).await?;
        done += 0.15 * (1.0 - done);
    }
    let ends = tree.split_subtrees(&mut order, small, &pulse.part(done, 1.0)).await?;
    Ok(Leaves { order, ends })
}

impl<S: Space> Tree<'_, S> {
    async fn split_level(&self, order: &mut [u32], nodes: &[Node], pulse: &Pulse) -> Result<Vec<Node>> {
        let mut tasks = Vec::new();
        for &node in nodes {
            let rows = &order[node.start..node.start + node.len];
            let pivots = self.pivots(node, rows);
            tasks.extend(rows.chunks(BLOCK_ROWS).map(|block| (node, pivots, block)));
        }
        let sides = parallel::map(pulse, tasks, |(node, pivots, block)| self.sides(node, pivots, block)).await?;
        let mut sides = sides.as_slice();
        let mut children = Vec::with_capacity(nodes.len() * 2);
        for &node in nodes {
            let (own, rest) = sides.split_at(node.len.div_ceil(BLOCK_ROWS));
            sides = rest;
            let rows = &mut order[node.start..node.start + node.len];
            let mut at = 0;
            for part in own.iter().map(|(left, _)| left).chain(own.iter().map(|(_, right)| right)) {
                rows[at..at + part.len()].copy_from_slice(part);
                at += part.len();
            }
            let left = own.iter().map(|(left, _)| left.len()).sum();
            children.extend(node.children(left));
        }
        Ok(children)
    }

    async fn split_subtrees(&self, order: &mut [u32], mut nodes: Vec<Node>, pulse: &Pulse) -> Result<Vec<u32>> {
        nodes.sort_unstable_by_key(|node| node.start);
        let mut rest = order;
        let mut tasks = Vec::with_capacity(nodes.len());
        for node in nodes {
            let (rows, after) = rest.split_at_mut(node.len);
            tasks.push((node, rows));
            rest = after;
        }
        let ends = parallel::map(pulse, tasks, |(node, rows)| {
            let mut ends = Vec::new();
            self.split_to_leaves(node, rows, &mut ends);
            ends
        });
        Ok(ends.await?.concat())
    }

    fn split_to_leaves(&self, node: Node, rows: &mut [u32], ends: &mut Vec<u32>) {
        if node.len <= self.leaf_rows {
            ends.push((node.start + node.len) as u32);
            return;
        }
        let (left, right) = self.sides(node, self.pivots(node, rows), rows);
        let (first, second) = rows.split_at_mut(left.len());
        first.copy_from_slice(&left);
        second.copy_from_slice(&right);
        let children = node.children(left.len());
        let (left, right) = rows.split_at_mut(children[0].len);
        self.split_to_leaves(children[0], left, ends);
        self.split_to_leaves(children[1], right, ends);
    }

    /// Numbers drawn for this node alone: no two nodes of a tree have both start and depth in common.
    fn random(&self, node: Node) -> Random {
        self.random.at(node.start as u32).at(node.depth)
    }

    fn pivots(&self, node: Node, rows: &[u32]) -> [u32; 2] {
        let random = self.random(node);
        let first = random.below(0, node.len as u32);
        let other = random.below(1, node.len as u32 - 1);
        [rows[first as usize], rows[(other + u32::from(other >= first)) as usize]]
    }

    /// The rows nearer to the first and to the second pivot; where they are equally near a hash decides, which halves
    /// blocks of equal rows.
    fn sides(&self, node: Node, pivots: [u32; 2], rows: &[u32]) -> (Vec<u32>, Vec<u32>) {
        if node.depth >= MAX_DEPTH {
            return (rows.to_vec(), Vec::new());
        }
        let mut keys = vec![0; 2 * rows.len()];
        self.space.keys(&pivots, rows, &mut keys);
        let (to_first, to_second) = keys.split_at(rows.len());
        let ties = self.random(node).at(2);
        let (mut left, mut right) = (Vec::with_capacity(rows.len()), Vec::with_capacity(rows.len()));
        for ((&row, a), b) in rows.iter().zip(to_first).zip(to_second) {
            let is_left = if a == b { ties.bits(row) & 1 == 0 } else { a < b };
            if is_left { left.push(row) } else { right.push(row) }
        }
        (left, right)
    }
}

impl Node {
    /// The parts before and after `left` rows; two halves if one would be empty.
    fn children(self, left: usize) -> [Self; 2] {
        let left = if left == 0 || left == self.len { self.len / 2 } else { left };
        let depth = self.depth + 1;
        [Self { start: self.start, len: left, depth }, Self { start: self.start + left, len: self.len - left, depth }]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knn::space::F32Space;
    use crate::metric::{Metric, SquaredEuclidean};
    use crate::points::Points;
    use crate::pulse::block_on;

    fn leaves(rows: usize, leaf_rows: usize, value: impl Fn(u32) -> f32) -> Leaves {
        let data: Vec<f32> = (0..rows as u32).map(value).collect();
        let points = Points::from_slice(&data, rows, 1, Metric::Euclidean).unwrap();
        let order: Vec<u32> = (0..rows as u32).collect();
        let space = F32Space::new(&points, &order, SquaredEuclidean);
        block_on(async |pulse| tree(&space, leaf_rows, 5, 0, pulse).await).unwrap()
    }

    fn check(leaves: &Leaves, rows: usize, leaf_rows: usize) {
        let mut all: Vec<u32> = (0..leaves.len()).flat_map(|i| leaves.leaf(i).to_vec()).collect();
        all.sort_unstable();
        assert!(all.into_iter().eq(0..rows as u32), "not a partition");
        assert!((0..leaves.len()).all(|i| (1..=leaf_rows).contains(&leaves.leaf(i).len())));
    }

    #[test]
    fn leaves_partition_the_rows() {
        let random = Random::new(1, Stream::Noise);
        for (rows, leaf_rows) in [(1, 60), (60, 60), (61, 60), (5000, 60), (5000, 2), (5000, 3000)] {
            check(&leaves(rows, leaf_rows, |i| random.normal(i)), rows, leaf_rows);
        }
    }

    #[test]
    fn equal_rows_are_halved() {
        let equal = leaves(20_000, 60, |_| 1.0);
        check(&equal, 20_000, 60);
        assert!(equal.len() < 20_000 / 15, "{} leaves", equal.len());
    }

    #[test]
    fn depth_is_bounded() {
        // Each row is so far out that a split takes off little more than one row.
        let rows = leaves(3000, 60, |i| 1.05f32.powi(i.min(1700) as i32));
        check(&rows, 3000, 60);
    }
}
