//! The centre of rows that have no mean.

use super::keys::value_of;
use super::search::{Gathered, SearchSpace};

/// Rows among which the medoid is looked for.
const MEDOID_ROWS: usize = 24;

/// Of some of the rows, of which there is at least one, the one that is nearest to the others.
pub(super) fn medoid(space: &dyn SearchSpace, rows: &[u32]) -> Vec<u32> {
    let step = rows.len().div_ceil(MEDOID_ROWS).max(1);
    let some: Vec<u32> = rows.iter().step_by(step).copied().collect();
    let (gathered, mut keys) = (Gathered::of(space, &some), vec![0; some.len() * some.len()]);
    space.keys(gathered.all(), gathered.all(), &mut keys);
    let sum = |keys: &[u32]| keys.iter().map(|&key| f64::from(value_of(key))).sum::<f64>();
    let (mut best, mut least) = (0, f64::INFINITY);
    for (at, keys) in keys.chunks_exact(some.len()).enumerate() {
        let sum = sum(keys);
        if sum < least {
            (best, least) = (at, sum);
        }
    }
    gathered.all().row(best).0.to_vec()
}
