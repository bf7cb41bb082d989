//! Neighbours by comparing all pairs, each pair once.

use super::graph::KnnGraph;
use super::nearest::Nearest;
use super::sweep::block_rows;
use crate::error::Result;
use crate::parallel;
use crate::pulse::Pulse;
use crate::sorting::sort_by_value;
#[cfg(feature = "all-metrics")]
use crate::space::AllAtOnce;
use crate::space::Space;

/// Rows of a task that compares each with all others at once: some milliseconds.
#[cfg(feature = "all-metrics")]
const ROWS_PER_TASK: usize = 16;

/// The `k` nearest rows of every row, the row itself first (also where others are at distance 0), then by distance and
/// row number. Needs 1 <= `k` <= rows.
pub async fn exact(space: &dyn Space, k: usize, pulse: &Pulse) -> Result<KnnGraph> {
    let rows = space.rows();
    assert!((1..=rows).contains(&k), "k is clamped to 1..=rows before");
    // Left out and not just never true: what an async function could wait for is compiled all the same.
    #[cfg(feature = "all-metrics")]
    if let Some(all) = cheaper_at_once(space) {
        return of_rows(space, &*all, k, pulse).await;
    }
    let side = block_rows(space);
    let size = |block: usize| side.min(rows - block * side);
    let mut found: Vec<Vec<Nearest>> =
        (0..rows.div_ceil(side)).map(|block| vec![Nearest::new(k - 1); size(block)]).collect();
    let blocks = found.len();
    let all_pairs = pulse.part(0.0, 0.99);
    // In round r block i meets block r - i (modulo their number): every pair of blocks meets once, and within a round no
    // block is in two tasks, so tasks own the rows that they update.
    // A row needs no search to find itself.
    let rounds = if k == 1 { 0 } else { blocks };
    for round in 0..rounds {
        let meeting: Vec<_> = (0..blocks)
            .map(|i| (i, (round + blocks - i) % blocks))
            .filter(|(i, j)| i <= j)
            .map(|(i, j)| Meeting {
                at: (i, j),
                rows: std::mem::take(&mut found[i]),
                columns: std::mem::take(&mut found[j]),
            })
            .collect();
        let pulse = all_pairs.part(round as f64 / blocks as f64, (round + 1) as f64 / blocks as f64);
        let met = parallel::map(&pulse, meeting, |meeting| meeting.run(space, side)).await?;
        for Meeting { at: (i, j), rows, columns } in met {
            found[i] = rows;
            if i != j {
                found[j] = columns;
            }
        }
    }
    collect(space, k, found, pulse).await
}

/// How each row is compared with all at once, where that is less work than pair by pair.
#[cfg(feature = "all-metrics")]
fn cheaper_at_once(space: &dyn Space) -> Option<Box<dyn AllAtOnce + '_>> {
    let rows = space.rows() as u64;
    let cost_of_pairs = rows.saturating_mul(rows / 2).saturating_mul(space.cost() as u64);
    space.cost_of_all().filter(|&cost| cost < cost_of_pairs).and_then(|_| space.all_at_once())
}

/// The same by comparing each row with all at once.
#[cfg(feature = "all-metrics")]
async fn of_rows(space: &dyn Space, all: &dyn AllAtOnce, k: usize, pulse: &Pulse) -> Result<KnnGraph> {
    let rows: Vec<u32> = (0..space.rows() as u32).collect();
    let tasks = rows.chunks(ROWS_PER_TASK);
    let comparing = pulse.part(0.0, 0.99);
    let found = parallel::map(&comparing, tasks, |rows| {
        let mut scratch = Vec::new();
        let nearest = |&row: &u32| {
            let mut nearest = Nearest::new(k - 1);
            all.values(row, &mut scratch, &mut |other, value| {
                if other != row {
                    nearest.push(value, other);
                }
            });
            nearest
        };
        rows.iter().map(nearest).collect::<Vec<_>>()
    });
    collect(space, k, found.await?, pulse).await
}

/// Two blocks and what is known of the neighbours of their rows; `columns` is empty where a block meets itself.
struct Meeting {
    at: (usize, usize),
    rows: Vec<Nearest>,
    columns: Vec<Nearest>,
}

impl Meeting {
    fn run(mut self, space: &dyn Space, side: usize) -> Self {
        let (a, b) = (self.at.0 * side, self.at.1 * side);
        let (rows, mut scratch) = (numbers(a, self.rows.len()), Vec::new());
        let mut comparison = space.compare(space, &rows, &mut scratch);
        if a == b {
            comparison.pairs(&rows, |i, j, value| {
                if i != j {
                    self.rows[i].push(value, (b + j) as u32);
                }
            });
        } else {
            let columns = numbers(b, self.columns.len());
            comparison.pairs(&columns, |i, j, value| {
                self.rows[i].push(value, (b + j) as u32);
                self.columns[j].push(value, (a + i) as u32);
            });
        }
        drop(comparison);
        self
    }
}

/// So many row numbers.
fn numbers(first: usize, count: usize) -> Vec<u32> {
    (first as u32..(first + count) as u32).collect()
}

async fn collect(space: &dyn Space, k: usize, found: Vec<Vec<Nearest>>, pulse: &Pulse) -> Result<KnnGraph> {
    let rows: Vec<Nearest> = found.into_iter().flatten().collect();
    let pulse = pulse.part(0.99, 1.0);
    let mut graph = KnnGraph::with_size(rows.len(), k, &pulse).await?;
    let outputs = graph.indices.chunks_exact_mut(k).zip(graph.distances.chunks_exact_mut(k));
    let items: Vec<_> = rows.into_iter().zip(outputs).enumerate().collect();
    parallel::for_each(&pulse, items, |(row, (nearest, (ids, distances)))| {
        let mut others: Vec<(f32, u32)> =
            nearest.into_sorted().map(|(value, id)| (space.distance(value), id)).collect();
        // Different values can have the same distance: a square root rounds.
        sort_by_value(&mut others);
        ids[0] = row as u32;
        for (at, (distance, id)) in others.into_iter().enumerate() {
            (ids[at + 1], distances[at + 1]) = (id, distance);
        }
    })
    .await?;
    Ok(graph)
}
