//! Whether two rows lie in the same order from a third one, in the embedding and in what it is held against.

use std::cmp::Ordering;

use super::task::Task;
use crate::error::Result;
use crate::parallel;
use crate::pulse::Pulse;
use crate::space::{Space, key_of};

/// How many triplets are in order.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Triplets {
    /// Those whose two distances differ in what the embedding is held against.
    known: u64,
    /// Two for each of them that is in order, one where the distances in the embedding are equal.
    halves: u64,
}

impl Triplets {
    pub(super) fn append(&mut self, more: Self) {
        self.known += more.known;
        self.halves += more.halves;
    }

    pub(super) fn share(self) -> Option<f64> {
        (self.known > 0).then(|| self.halves as f64 / (2 * self.known) as f64)
    }
}

/// Those of some rows, against the points and against the reference.
pub(super) async fn triplets(task: &Task<'_>, rows: &[u32], pulse: &Pulse) -> Result<[Triplets; 2]> {
    let mut all = [Triplets::default(); 2];
    for found in parallel::map(pulse, rows, |&row| of_row(task, row)).await? {
        all.iter_mut().zip(found).for_each(|(all, more)| all.append(more));
    }
    Ok(all)
}

#[inline(never)]
fn of_row(task: &Task<'_>, row: u32) -> [Triplets; 2] {
    let others = others_of(task, row);
    let keys = |space: &dyn Space| -> Vec<u32> {
        let values = space.compare(space, &[row], &mut Vec::new()).values(&others);
        values.into_iter().map(key_of).collect()
    };
    let found = keys(task.layout);
    [Some(task.points), task.reference.map(|points| points as &dyn Space)]
        .map(|truth| truth.map_or(Triplets::default(), |truth| compared(&keys(truth), &found)))
}

/// The other two of each triplet, one after the other: any two other rows.
fn others_of(task: &Task<'_>, row: u32) -> Vec<u32> {
    let (n, random) = (task.points.rows() as u32, task.random.at(row));
    let two = |triplet: u32| {
        let one = random.below(2 * triplet, n - 1);
        let one = one + u32::from(one >= row);
        let (low, high) = (row.min(one), row.max(one));
        let other = random.below(2 * triplet + 1, n - 2);
        let other = other + u32::from(other >= low);
        [one, other + u32::from(other >= high)]
    };
    (0..task.triplets).flat_map(two).collect()
}

fn compared(truth: &[u32], found: &[u32]) -> Triplets {
    let mut triplets = Triplets::default();
    for (truth, found) in truth.chunks_exact(2).zip(found.chunks_exact(2)) {
        let (truth, found) = (truth[0].cmp(&truth[1]), found[0].cmp(&found[1]));
        if truth != Ordering::Equal {
            triplets.known += 1;
            triplets.halves += if found == truth { 2 } else { u64::from(found == Ordering::Equal) };
        }
    }
    triplets
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_distances_say_nothing_or_half() {
        let truth = [1, 2, 2, 1, 1, 1, 3, 4];
        let found = [5, 6, 5, 6, 5, 6, 5, 5];
        let triplets = compared(&truth, &found);
        assert_eq!(triplets, Triplets { known: 3, halves: 3 });
        assert_eq!(triplets.share(), Some(0.5));
        assert_eq!(compared(&[1, 1], &[1, 2]).share(), None);
    }
}
