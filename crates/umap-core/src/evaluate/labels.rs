//! Leave-one-out classification by the neighbours in the embedding.

use crate::error::Result;
use crate::parallel;
use crate::pulse::Pulse;

/// The share of `rows` whose label is the majority's among their `k` `neighbors`.
pub(super) async fn accuracy(labels: &[i32], rows: &[u32], neighbors: &[u32], k: usize, pulse: &Pulse) -> Result<f64> {
    let each = rows.iter().zip(neighbors.chunks_exact(k));
    let right = parallel::map(pulse, each, |(&row, neighbors)| {
        let mut votes: Vec<i32> = neighbors.iter().map(|&id| labels[id as usize]).collect();
        majority(&mut votes) == Some(labels[row as usize])
    });
    Ok(right.await?.into_iter().filter(|&right| right).count() as f64 / rows.len() as f64)
}

/// The most frequent label, of equally frequent ones the smallest.
fn majority(votes: &mut [i32]) -> Option<i32> {
    votes.sort_unstable();
    let runs = votes.chunk_by(|a, b| a == b);
    runs.max_by_key(|run| (run.len(), std::cmp::Reverse(run[0]))).map(|run| run[0])
}

#[cfg(test)]
mod tests {
    #[test]
    fn ties_go_to_the_smallest_label() {
        assert_eq!(super::majority(&mut [3, -1, 3, -1, 7]), Some(-1));
        assert_eq!(super::majority(&mut [5, 2, 5]), Some(5));
        assert_eq!(super::majority(&mut []), None);
    }
}
