//! Approximate search from end to end: which space, the first tree, NN-descent in the order of its leaves, exact
//! distances. How hard to search follows the recall that a probe measures on the way.

use crate::error::Result;
use crate::parallel;
use crate::points::Points;
use crate::pulse::Pulse;
use crate::with_kernel;

use super::cells::Cells;
use super::visit::{stay_home, visit};
use super::nn_descent::{Start, descend, start};
use super::quantized::{QuantizedSpace, Quantizer};
use super::rank::{in_original_order, rank_all, ranked};
use super::rows::Rows;
use super::space::{F32Space, Space};
use super::{KnnGraph, KnnMethod, Neighbors, Probe};

/// How hard to search.
struct Level {
    /// Neighbours kept while searching, as a multiple of those asked for (and [`SPARE`] more).
    width: usize,
    /// Most new, and most old, candidates of a row in an iteration.
    candidates: usize,
    /// Recall of the trees alone from which on this level does.
    trees_recall: f64,
}

/// Recall and seconds of one native thread for 14 neighbours: MNIST (70,000 x 784, recall of the trees 0.67) 0.993 and
/// 5.5 s on the first level, 0.994 and 8.5 s on the second. Clusters of 50 dimensions (100,000 rows, trees 0.42) 0.94 and
/// 3.9 s, 0.995 and 4.7 s. Normal in 64 dimensions (50,000 rows, trees 0.06) 0.48 and 2.5 s, 0.77 and 4.9 s, 0.91 and
/// 8.7 s on the third.
const LEVELS: [Level; 3] = [
    Level { width: 1, candidates: 20, trees_recall: 0.5 },
    Level { width: 2, candidates: 30, trees_recall: 0.15 },
    Level { width: 3, candidates: 45, trees_recall: 0.0 },
];
/// Distances in 7 bits misplace some neighbours near the end (MNIST: recall 0.979 with 0 more, 0.989 with 3).
const SPARE: usize = 3;
/// Least recall that the nearest rows by quantized distances must allow.
const QUANTISED_CEILING: f64 = 0.99;
/// Descent goes on up to this recall ...
const ENOUGH: f64 = 0.99;
/// ... and is taken up again on the next level if it comes to rest below this one.
const POOR: f64 = 0.95;
/// A level is not taken if its neighbours and candidates need more than this: WebAssembly has 4 GiB for all.
const MOST_BYTES: usize = 1 << 30;
/// Rows per task that compares them with the probe's.
const TASK_ROWS: usize = 128;

struct Search<'a> {
    points: &'a Points,
    probe: &'a Probe,
    k: usize,
    start: Start,
}

/// The neighbours by NN-descent. Needs 2 <= `k` <= rows; `k` counts the row itself.
pub(super) async fn approximate(points: &Points, k: usize, seed: u32, pulse: &Pulse) -> Result<Neighbors> {
    lap("points");
    let probe = &Probe::new(points, k, seed, &pulse.part(0.0, 0.08)).await?;
    lap("probe");
    let start = Start { trees: 8, leaf_rows: (4 * k).clamp(60, 256), seed };
    let search = Search { points, probe, k, start };
    let (prepare, run) = (pulse.part(0.08, 0.15), pulse.part(0.15, 1.0));
    let in_order: Vec<u32> = (0..points.rows() as u32).collect();
    if let Some((quantizer, mut space, level)) = search.quantize(&in_order, &prepare).await? {
        let leaves = Cells::new(&mut space, env("CELL", 300), env("VISITS", 8), seed, &prepare).await?;
        lap("cells");
        // Quantizing again, in the tree's order, needs less memory than two copies.
        drop(space);
        if let Some(space) = QuantizedSpace::new(points, &quantizer, &leaves.order, 0, &prepare).await? {
            let graph = search.run(&space, &leaves, level, &run).await?;
            return Ok(Neighbors {
                recall: probe.recall(&graph),
                graph,
                method: KnnMethod::NnDescent,
                quantized: true,
            });
        }
    }
    let graph = with_kernel!(points.metric().kernel(), kernel => {
        let leaves = Cells::new(&mut F32Space::new(points, &in_order, kernel), env("CELL", 300), env("VISITS", 8), seed, &prepare).await?;
        search.run(&F32Space::new(points, &leaves.order, kernel), &leaves, 0, &run).await?
    });
    Ok(Neighbors { recall: probe.recall(&graph), graph, method: KnnMethod::NnDescent, quantized: false })
}

impl Search<'_> {
    /// The points in 7 bits, if that tells the probe's neighbours apart on one of the first two levels.
    async fn quantize(&self, order: &[u32], pulse: &Pulse) -> Result<Option<(Quantizer, QuantizedSpace, usize)>> {
        let Some(quantizer) = Quantizer::fit(self.points, self.start.seed, pulse).await? else { return Ok(None) };
        let Some(space) = QuantizedSpace::new(self.points, &quantizer, order, order.len().div_ceil(env("CELL", 300)), pulse).await? else { return Ok(None) };
        let nearest = self.nearest_to_probe(&space, order, pulse).await?;
        let ceiling = |level: usize| {
            let of = |at: usize| nearest.neighbors(at as u32).take(self.width(level));
            self.probe.recall_by(|at, row| ranked(self.points, row, of(at)))
        };
        let level = (0..2).find(|&level| self.is_affordable(level) && ceiling(level) >= QUANTISED_CEILING);
        Ok(level.map(|level| (quantizer, space, level)))
    }

    /// The rows of the space that are nearest to those of the probe.
    async fn nearest_to_probe<S: Space>(&self, space: &S, order: &[u32], pulse: &Pulse) -> Result<Rows> {
        let sampled = self.probe.rows();
        let nearest = Rows::new(sampled.len(), self.width(1), pulse).await?;
        parallel::for_each(pulse, order.chunks(TASK_ROWS), |others| {
            let mut keys = vec![0; sampled.len() * others.len()];
            space.keys(sampled, others, &mut keys);
            for (at, keys) in keys.chunks_exact(others.len()).enumerate() {
                nearest.push_all(at as u32, sampled[at], others, keys);
            }
        })
        .await?;
        Ok(nearest)
    }

    fn width(&self, level: usize) -> usize {
        ((env("WIDTH10", 10) * (self.k - 1)) / 10 + env("SPARE", SPARE)).min(self.points.rows() - 1)
    }

    fn is_affordable(&self, level: usize) -> bool {
        let entries = self.width(level) + 2 * LEVELS[level].candidates;
        level == 0 || self.points.rows().saturating_mul(entries * size_of::<u64>()) <= MOST_BYTES
    }

    /// Searches in a space whose rows are in the order of `first`, so that likely neighbours lie together.
    async fn run<S: Space>(&self, space: &S, first: &Cells, level: usize, pulse: &Pulse) -> Result<KnnGraph> {
        let order = &first.order;
        let places = inverse(order, pulse).await?;
        let recall = |rows: &Rows| {
            self.probe.recall_by(|_, row| {
                let others = rows.neighbors(places[row as usize]).map(|place| order[place as usize]);
                ranked(self.points, row, others)
            })
        };
        let mut rows = Rows::new(order.len(), self.width(level), pulse).await?;
        lap("quantize");
        stay_home(space, &rows, first, &pulse).await?;
        lap("home");
        eprintln!("   home {:.4}", recall(&rows));
        let mut from = 0;
        while from < first.visits() {
            let to = (from + env("ROUND", 100)).min(first.visits());
            visit(space, &rows, first, from..to, &pulse).await?;
            from = to;
            lap("visit");
            eprintln!("   {to} visits {:.4}", recall(&rows));
        }
        super::nn_descent::fill_with_random_rows(space, &rows, self.start.seed, pulse).await?;
        let enough = |iteration: u32, rows: &Rows| {
            lap("iteration");
            eprintln!("   it {iteration} {:.4}", recall(rows));
            iteration as usize >= env("ITERATIONS", 2)
        };
        descend(space, &rows, env("MC", 20), self.start.seed, enough, &pulse).await?;
        rank_all(self.points, &rows, order, &pulse.part(0.9, 0.98)).await?;
        in_original_order(&rows, &places, self.k, &pulse.part(0.98, 1.0)).await
    }
}

pub(super) fn env(name: &str, default: usize) -> usize {
    std::env::var(name).ok().and_then(|x| x.parse().ok()).unwrap_or(default)
}

fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or("").split_whitespace();
    fields.skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0
}

pub(super) fn lap(name: &str) {
    static LAST: std::sync::Mutex<f64> = std::sync::Mutex::new(0.0);
    let mut last = LAST.lock().unwrap();
    let now = cpu();
    eprint!("   {name} {:.2} s;", now - *last);
    *last = now;
}

/// Where each row is in `order`.
async fn inverse(order: &[u32], pulse: &Pulse) -> Result<Vec<u32>> {
    let mut places = vec![0; order.len()];
    let mut place = 0;
    for rows in order.chunks(1 << 16) {
        for &row in rows {
            places[row as usize] = place;
            place += 1;
        }
        pulse.tick(0.0).await?;
    }
    Ok(places)
}
