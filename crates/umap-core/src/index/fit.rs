//! Whether 7 bits tell the rows of an index apart.

use crate::error::Result;
use crate::knn::{KnnGraph, NONE, QuantizedSpace, Quantizer, ranked};
use crate::parallel;
use crate::points::Points;
use crate::pulse::Pulse;
use crate::random::{Random, Stream};
use crate::sorting::{sort_numbers, sort_pairs};
use crate::space::{Gathered, Query, SearchSpace};

use super::search::width;

/// Rows that are looked at.
const SAMPLE: u32 = 128;
/// Rows of a task.
const TASK_ROWS: usize = 4;
/// Part of the nearest rows that must be among the first by 7 bits.
const LEAST: f64 = 0.98;

/// The points in 7 bits, if that serves: of the neighbours of some rows and those rows' neighbours in turn, the
/// nearest by 7 bits must hold the nearest.
pub(super) async fn quantized(
    points: &Points,
    knn: &KnnGraph,
    seed: u32,
    pulse: &Pulse,
) -> Result<Option<QuantizedSpace>> {
    let Some(quantizer) = Quantizer::fit(points, seed, &pulse.part(0.0, 0.2)).await? else { return Ok(None) };
    let order: Vec<u32> = (0..points.rows() as u32).collect();
    let space = QuantizedSpace::new(points, &quantizer, &order, 0, &pulse.part(0.2, 0.8)).await?;
    let Some(space) = space else { return Ok(None) };
    let sample = Random::new(seed, Stream::Sample).sample(points.rows() as u32, SAMPLE);
    let pulse = pulse.part(0.8, 1.0);
    let shares = parallel::map(&pulse, sample.chunks(TASK_ROWS), |rows| {
        rows.iter().map(|&row| share(points, &space, knn, row)).sum::<f64>()
    });
    let share = shares.await?.iter().sum::<f64>() / sample.len() as f64;
    Ok((share >= LEAST).then_some(space))
}

fn share(points: &Points, space: &QuantizedSpace, knn: &KnnGraph, row: u32) -> f64 {
    let near = |row: u32| knn.row(row as usize).0.iter().copied().filter(|&id| id != NONE);
    let mut others: Vec<u32> = near(row).flat_map(near).chain(near(row)).filter(|&id| id != row).collect();
    sort_numbers(&mut others);
    others.dedup();
    let wanted = (knn.k - 1).min(others.len());
    if wanted == 0 {
        return 1.0;
    }
    let exact = ranked(points, Query { space: points, row }, others.iter().copied());
    let (gathered, mut keys) = (Gathered::of(space, &others), vec![0; others.len()]);
    space.keys(Gathered::of(space, &[row]).all(), gathered.all(), &mut keys);
    let mut by_keys: Vec<(u32, u32)> = keys.into_iter().zip(others).collect();
    sort_pairs(&mut by_keys);
    let mut found: Vec<u32> = by_keys.into_iter().take(width(wanted)).map(|(_, id)| id).collect();
    sort_numbers(&mut found);
    // One as far away as the last counts, for which of those is listed is chance.
    let radius = exact[wanted - 1].0;
    let is_there = |&&(distance, id): &&(f32, u32)| distance <= radius && found.binary_search(&id).is_ok();
    exact.iter().filter(is_there).count().min(wanted) as f64 / wanted as f64
}
