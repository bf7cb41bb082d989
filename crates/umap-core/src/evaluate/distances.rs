//! Whether rows that are far from each other in the input are so in the embedding, by the ranks of distances.

use crate::error::Result;
use crate::parallel;
use crate::pulse::Pulse;
use crate::sorting::sort;
use crate::space::{Space, entry_of};

/// Rows, or means of classes, of which all pairs are compared at most: as many as in Kobak and Berens (2019). Their half a
/// million distances are sorted in 20 ms.
pub(super) const MOST_ROWS: u32 = 1000;

/// For all pairs of `rows` where their distances stand in the order of all of them: twice the rank, equal ones their mean,
/// less twice the mean of all ranks.
pub(super) async fn ranks(space: &dyn Space, rows: &[u32], pulse: &Pulse) -> Result<Vec<i32>> {
    let from = parallel::map(pulse, 0..rows.len(), |i| {
        space.compare(space, &rows[i..=i], &mut Vec::new()).values(&rows[i + 1..])
    });
    let ranks = ranked(&from.await?.concat());
    pulse.tick(1.0).await?;
    Ok(ranks)
}

#[inline(never)]
fn ranked(values: &[f32]) -> Vec<i32> {
    let mut entries: Vec<u64> = (0..).zip(values).map(|(at, &value)| entry_of(value, at)).collect();
    sort(&mut entries);
    let mut ranks = vec![0; values.len()];
    let mut first = 0;
    for equal in entries.chunk_by(|a, b| a >> 32 == b >> 32) {
        // Counted from 0: the mean of the first and the last of them, less that of all.
        let rank = (2 * first + equal.len()) as i32 - values.len() as i32;
        equal.iter().for_each(|&entry| ranks[entry as u32 as usize] = rank);
        first += equal.len();
    }
    ranks
}

/// Spearman's correlation: Pearson's of the ranks, in integers but for the last step. None where all distances of one
/// side are equal.
pub(super) fn correlation(x: &[i32], y: &[i32]) -> Option<f64> {
    // Half a million products of two numbers below half a million each: 57 bits.
    let product =
        |x: &[i32], y: &[i32]| x.iter().zip(y).map(|(&x, &y)| i64::from(x) * i64::from(y)).sum::<i64>() as f64;
    let squares = product(x, x) * product(y, y);
    (squares > 0.0).then(|| product(x, y) / squares.sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_are_centred_and_equal_values_share_theirs() {
        assert_eq!(ranked(&[0.5, -1.0, 0.5, f32::NAN, f32::INFINITY]), [-1, -4, -1, 3, 3]);
        assert!(ranked(&[]).is_empty());
    }

    #[test]
    fn of_the_greatest_sums() {
        let n = (MOST_ROWS * (MOST_ROWS - 1) / 2) as i32;
        let ranks: Vec<i32> = (0..n).map(|i| 2 * i + 1 - n).collect();
        let reversed: Vec<i32> = ranks.iter().map(|&x| -x).collect();
        assert_eq!((correlation(&ranks, &ranks), correlation(&ranks, &reversed)), (Some(1.0), Some(-1.0)));
        assert_eq!(correlation(&[0, 0], &[1, -1]), None);
    }
}
