//! Leave-one-out classification by the neighbours in the embedding.

use crate::error::Result;
use crate::parallel;
use crate::pulse::Pulse;
use crate::sorting::sort_numbers;

/// How many of `rows` have the label of the majority among their `k` `neighbors`.
pub(super) async fn right(labels: &[i32], rows: &[u32], neighbors: &[u32], k: usize, pulse: &Pulse) -> Result<usize> {
    let each = rows.iter().zip(neighbors.chunks_exact(k));
    let right = parallel::map(pulse, each, |(&row, neighbors)| {
        let votes = neighbors.iter().map(|&id| labels[id as usize]);
        majority(votes) == Some(labels[row as usize])
    });
    Ok(right.await?.into_iter().filter(|&right| right).count())
}

/// The most frequent label, of equally frequent ones the smallest.
fn majority(votes: impl Iterator<Item = i32>) -> Option<i32> {
    // Without the sign bit's meaning they order as they are.
    const SIGN: u32 = 1 << 31;
    let mut votes: Vec<u32> = votes.map(|label| label as u32 ^ SIGN).collect();
    sort_numbers(&mut votes);
    let runs = votes.chunk_by(|a, b| a == b);
    runs.max_by_key(|run| (run.len(), std::cmp::Reverse(run[0]))).map(|run| (run[0] ^ SIGN) as i32)
}

#[cfg(test)]
mod tests {
    #[test]
    fn ties_go_to_the_smallest_label() {
        assert_eq!(super::majority([3, -1, 3, -1, 7].into_iter()), Some(-1));
        assert_eq!(super::majority([5, 2, 5].into_iter()), Some(5));
        assert_eq!(super::majority([].into_iter()), None);
    }
}
