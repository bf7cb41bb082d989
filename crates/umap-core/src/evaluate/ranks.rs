//! Where the embedding's neighbours stand in the order of the input.

use std::ops::Range;

use crate::error::Result;
use crate::knn::{Nearest, sweep};
use crate::memory;
use crate::parallel;
use crate::pulse::Pulse;
use crate::sorting::sort;
use crate::space::{Space, entry_of};

/// For each of `rows` the ranks in the input of its `k` `neighbors`, in increasing order: 1 for the nearest other row,
/// by distance and row number. They are counted, not sorted: a rank is the number of rows up to the neighbour. And the `k`
/// nearest in the input, since every distance comes by.
pub(super) async fn ranks(
    space: &dyn Space,
    rows: &[u32],
    neighbors: &[u32],
    k: usize,
    pulse: &Pulse,
) -> Result<(Vec<u32>, Vec<Nearest>)> {
    let each = rows.iter().zip(neighbors.chunks_exact(k));
    let targets: Vec<Vec<u64>> = parallel::map(&pulse.part(0.0, 0.01), each, |(&row, neighbors)| {
        let values = space.compare(space, &[row], &mut Vec::new()).values(neighbors);
        let mut entries: Vec<u64> = values.into_iter().zip(neighbors).map(|(value, &id)| entry_of(value, id)).collect();
        sort(&mut entries);
        entries
    })
    .await?;
    // counts[q * k + t]: rows after target t - 1 and up to target t.
    let mut counts = memory::filled("ranks", rows.len(), k, 0, pulse).await?;
    let mut nearest = vec![Nearest::new(k); rows.len()];
    let fresh = |positions: Range<usize>| {
        (positions.start, vec![0; positions.len() * k], vec![Nearest::new(k); positions.len()])
    };
    let visit = |(start, counts, nearest): &mut (usize, Vec<u32>, Vec<Nearest>), q: usize, id: u32, value: f32| {
        if id != rows[q] {
            nearest[q - *start].push(value, id);
        }
        let (entry, targets) = (entry_of(value, id), &targets[q]);
        if entry <= targets[k - 1] && id != rows[q] {
            counts[(q - *start) * k + targets.partition_point(|&target| target < entry)] += 1;
        }
    };
    sweep(
        space,
        (rows, k * size_of::<u32>()),
        &pulse.part(0.01, 1.0),
        fresh,
        visit,
        |positions, (_, counted, found)| {
            counts[positions.start * k..positions.end * k].iter_mut().zip(counted).for_each(|(all, part)| *all += part);
            nearest[positions].iter_mut().zip(&found).for_each(|(all, part)| all.merge(part));
        },
    )
    .await?;
    for counts in counts.chunks_exact_mut(k) {
        for t in 1..k {
            counts[t] += counts[t - 1];
        }
    }
    Ok((counts, nearest))
}
