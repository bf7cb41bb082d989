//! Directed memberships to the symmetric graph: the union (or intersection, or a mix) of the local fuzzy sets.

use super::neighbors::{Connected, ROWS_PER_TASK};
use crate::csr::{Csr, accumulate};
use crate::error::Result;
use crate::knn::NONE;
use crate::math::exp_neg;
use crate::memory;
use crate::parallel;
use crate::pulse::Pulse;
use crate::sorting::{pair, sort, unpair};

/// Entries that a sequential pass handles between two ticks: about a millisecond of scattered writes.
pub(super) const ENTRIES_PER_TICK: usize = 1 << 17;

/// Memberships of each row's neighbours, and where each row is a neighbour.
pub(super) struct Directed {
    k: usize,
    /// `k` neighbours per row in increasing order, [`NONE`] after the last.
    pub(super) columns: Vec<u32>,
    /// Their memberships.
    pub(super) weights: Vec<f32>,
    /// Where the entries that name each column start in `sources`.
    starts: Vec<u32>,
    /// Positions in `columns`, increasing for each column.
    sources: Vec<u32>,
}

impl Directed {
    pub(super) async fn new(neighbors: &Connected<'_>, sigmas: &[f32], rhos: &[f32], pulse: &Pulse) -> Result<Self> {
        let (rows, k) = (neighbors.knn.rows(), neighbors.knn.k);
        let filling = pulse.part(0.0, 0.1);
        let mut columns = memory::filled("directed memberships", rows, k, NONE, &filling).await?;
        let mut weights = memory::filled("directed memberships", rows, k, 0.0, &filling).await?;
        let per_task = ROWS_PER_TASK * k.max(1);
        let tasks = columns.chunks_mut(per_task).zip(weights.chunks_mut(per_task)).enumerate();
        parallel::for_each(&pulse.part(0.1, 0.5), tasks, |(task, (columns, weights))| {
            read_rows(neighbors, sigmas, rhos, task * ROWS_PER_TASK, columns, weights);
        })
        .await?;
        let (starts, sources) = transpose(&columns, rows, &pulse.part(0.5, 1.0)).await?;
        Ok(Self { k, columns, weights, starts, sources })
    }

    /// Calls `emit(column, weight)` for the entries of row `i` of the symmetric graph, in increasing order.
    #[inline(never)]
    fn visit_mixed(&self, i: usize, mix: f32, emit: &mut dyn FnMut(u32, f32)) {
        self.visit(i, |column, there, back| {
            let weight = mixed(there, back, mix);
            if weight > 0.0 {
                emit(column, weight);
            }
        });
    }

    /// Calls `emit(column, there, back)` for each neighbour in either direction, in increasing order; 0 for none.
    pub(super) fn visit(&self, i: usize, emit: impl FnMut(u32, f32, f32)) {
        let out = i * self.k..(i + 1) * self.k;
        let there = self.columns[out.clone()].iter().copied().zip(self.weights[out].iter().copied());
        let sources = &self.sources[self.starts[i] as usize..self.starts[i + 1] as usize];
        let back = sources.iter().map(|&source| (source / self.k as u32, self.weights[source as usize]));
        merge(there.take_while(|&(column, _)| column != NONE), back, emit);
    }
}

/// Calls `emit(column, there, back)` for each neighbour of a row in increasing order, from those that the row names and those
/// that name it, both in increasing order; 0 for none.
#[inline(always)]
pub(crate) fn merge(
    there: impl Iterator<Item = (u32, f32)>,
    back: impl Iterator<Item = (u32, f32)>,
    mut emit: impl FnMut(u32, f32, f32),
) {
    let mut there = there.peekable();
    for (from, back) in back {
        while let Some((column, weight)) = there.next_if(|&(column, _)| column < from) {
            emit(column, weight, 0.0);
        }
        let weight = there.next_if(|&(column, _)| column == from).map_or(0.0, |(_, weight)| weight);
        emit(from, weight, back);
    }
    there.for_each(|(column, weight)| emit(column, weight, 0.0));
}

/// Writes the memberships of the rows from `first` on.
#[inline(never)]
fn read_rows(
    neighbors: &Connected<'_>,
    sigmas: &[f32],
    rhos: &[f32],
    first: usize,
    columns: &mut [u32],
    weights: &mut [f32],
) {
    let k = neighbors.knn.k;
    let mut row = Vec::with_capacity(k);
    for ((columns, weights), i) in columns.chunks_exact_mut(k).zip(weights.chunks_exact_mut(k)).zip(first..) {
        read_row(neighbors, i, sigmas[i], rhos[i], &mut row);
        for ((column, weight), &entry) in columns.iter_mut().zip(weights).zip(&row) {
            let (index, bits) = unpair(entry);
            (*column, *weight) = (index, f32::from_bits(!bits));
        }
    }
}

/// The neighbours of row `i` with a membership above 0, in increasing order, each a [`pair`] with the inverted bits of its
/// membership. The row itself is no neighbour; of a
/// neighbour that is named twice the nearer counts.
fn read_row(neighbors: &Connected<'_>, i: usize, sigma: f32, rho: f32, row: &mut Vec<u64>) {
    let membership = |distance: f32| membership(distance, sigma, rho);
    let others = neighbors.row(i).filter(|&(index, _)| index != NONE && index as usize != i);
    row.clear();
    let weights = others.map(|(index, distance)| (index, membership(distance))).filter(|&(_, weight)| weight > 0.0);
    // Positive finite floats order as their bits: of equal indices the greatest comes first.
    row.extend(weights.map(|(index, weight)| pair(index, !weight.to_bits())));
    sort(row);
    row.dedup_by_key(|&mut entry| unpair(entry).0);
}

/// exp(-(distance - rho) / sigma), 1 up to rho.
#[inline(always)]
pub(super) fn membership(distance: f32, sigma: f32, rho: f32) -> f32 {
    let beyond = distance - rho;
    if beyond <= 0.0 || sigma == 0.0 { 1.0 } else { exp_neg(-beyond / sigma) }
}

/// For each column the positions that name it. A counting sort, so they increase; sequential, at 1M x 15 a fifth of a
/// second with its ticks.
pub(crate) async fn transpose(columns: &[u32], rows: usize, pulse: &Pulse) -> Result<(Vec<u32>, Vec<u32>)> {
    // Counted two places ahead: after `accumulate` entry c + 1 is where column c starts, and filling moves it to its end.
    let mut starts = vec![0_u32; rows + 2];
    let total = columns.len().max(1) as f64;
    for (tick, part) in columns.chunks(ENTRIES_PER_TICK).enumerate() {
        part.iter().filter(|&&column| column != NONE).for_each(|&column| starts[column as usize + 2] += 1);
        pulse.tick(0.3 * (tick * ENTRIES_PER_TICK) as f64 / total).await?;
    }
    let entries = accumulate(&mut starts)?;
    let mut sources = memory::filled("directed memberships by column", entries, 1, 0, &pulse.part(0.3, 0.35)).await?;
    for (tick, part) in columns.chunks(ENTRIES_PER_TICK).enumerate() {
        for (&column, position) in part.iter().zip((tick * ENTRIES_PER_TICK) as u32..) {
            if column != NONE {
                let slot = &mut starts[column as usize + 1];
                sources[*slot as usize] = position;
                *slot += 1;
            }
        }
        pulse.tick(0.3 + 0.7 * (tick * ENTRIES_PER_TICK) as f64 / total).await?;
    }
    starts.pop();
    Ok((starts, sources))
}

/// mix (A + A' - A∘A') + (1 - mix) A∘A', zeros dropped.
pub(super) async fn combine(directed: &Directed, mix: f32, pulse: &Pulse) -> Result<Csr> {
    let rows = directed.starts.len() - 1;
    Csr::from_rows(rows, |i: usize, emit: &mut dyn FnMut(u32, f32)| directed.visit_mixed(i, mix, emit), pulse).await
}

/// Between the intersection (`mix` 0) and the union (1) of two memberships.
#[inline(always)]
pub(crate) fn mixed(there: f32, back: f32, mix: f32) -> f32 {
    let both = there * back;
    let weight = mix * ((there + back) - both) + (1.0 - mix) * both;
    // Rounding can pass 1 by a unit in the last place.
    if weight > 1.0 { 1.0 } else { weight }
}
