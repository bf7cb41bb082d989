//! Rows that are not among those a quantized space was made of: queries, and rows added later.

use std::ops::Range;

use crate::error::Result;
use crate::metric::Codes;
use crate::parallel;
use crate::points::Points;
use crate::pulse::Pulse;

use super::integer::{Differences, Products, Sum, tile};
use super::quantized::QuantizedSpace;
use super::quantizer::{GREATEST, Quantizer, term};

/// Rows between two ticks, or of a task.
const TICK_ROWS: usize = 512;
/// A row is too far outside if what 7 bits cut off it, squared, is more than this part of the squared distance between
/// two rows of evenly spread values, 127^2 / 6 for each column.
const CUT: f32 = 1.0 / 64.0;

impl Quantizer {
    /// For some columns, as many as there are `offsets`.
    pub(crate) fn from_parts(columns: Vec<u32>, offsets: Vec<f32>, scale: f32) -> Self {
        Self { columns, offsets, scale }
    }

    /// The columns, the offset of each, and the scale of all.
    pub(crate) fn parts(&self) -> (&[u32], &[f32], f32) {
        (&self.columns, &self.offsets, self.scale)
    }

    /// What 7 bits cut off a row, in steps, squared.
    fn excess(&self, row: &[f32]) -> f32 {
        let outside = |(&column, &offset): (&u32, &f32)| {
            let scaled = (row[column as usize] - offset) * self.scale;
            (-scaled).max(scaled - GREATEST).max(0.0)
        };
        self.columns.iter().zip(&self.offsets).map(outside).map(|excess| excess * excess).sum()
    }

    /// Whether a row is so far outside that it would lie elsewhere.
    pub(crate) fn is_outside(&self, row: &[f32]) -> bool {
        self.excess(row) > CUT * GREATEST * GREATEST / 6.0 * row.len() as f32
    }

    /// How many of some rows are.
    pub(crate) async fn count_outside(&self, points: &Points, rows: Range<usize>, pulse: &Pulse) -> Result<usize> {
        let tasks = rows.clone().step_by(TICK_ROWS).map(|first| first..rows.end.min(first + TICK_ROWS));
        let counts = parallel::map(pulse, tasks.collect::<Vec<_>>(), |rows| {
            let mut scratch = Vec::new();
            rows.filter(|&row| self.is_outside(points.read([row as u32], &mut scratch)[0])).count()
        });
        Ok(counts.await?.into_iter().sum())
    }
}

impl QuantizedSpace {
    /// How its values were made.
    pub(crate) fn quantizer(&self) -> &Quantizer {
        &self.quantizer
    }

    /// A row as it would be in the space, and what it adds to its keys; None for one that [is outside](Quantizer::is_outside).
    pub(crate) fn quantized(&self, row: &[f32]) -> Option<(Vec<u32>, i32)> {
        if self.quantizer.is_outside(row) {
            return None;
        }
        let mut words = vec![0; self.words.stride()];
        let values = bytemuck::cast_slice_mut(&mut words);
        self.quantizer.quantize(row, values);
        let term = term(&self.quantizer, self.codes, values)?;
        Some((words, term))
    }

    /// Replaces `keys` by those of a row that [`quantized`](Self::quantized) made with some of the space, the sign bit always
    /// flipped.
    pub(crate) fn keys_of(&self, row: &[u32], term: i32, others: &[u32], keys: &mut Vec<u32>) {
        keys.clear();
        match self.codes {
            Codes::Differences => {
                self.push_keys::<Differences>(row, term, others, keys);
                keys.iter_mut().for_each(|key| *key ^= 1 << 31);
            }
            _ => self.push_keys::<Products>(row, term, others, keys),
        }
    }

    fn push_keys<S: Sum>(&self, row: &[u32], term: i32, others: &[u32], keys: &mut Vec<u32>) {
        for others in others.chunks(4) {
            let mut y = [&[][..]; 4];
            for n in 0..4 {
                // The last row is repeated to fill the tile.
                y[n] = self.row(others[n.min(others.len() - 1)]);
            }
            let [sums] = tile::<S, 1>([bytemuck::cast_slice(row)], y);
            let terms = others.iter().map(|&other| self.terms[other as usize]);
            keys.extend(sums.into_iter().zip(terms).map(|(sum, other)| S::key(sum, term, other)));
        }
    }

    /// What the keys of all rows lack: see `term`.
    pub(crate) fn constant(&self) -> f32 {
        let Quantizer { offsets, scale, .. } = &self.quantizer;
        match self.codes {
            Codes::Products => -2.0 * scale * scale * offsets.iter().map(|o| o * o).sum::<f32>(),
            _ => 0.0,
        }
    }

    /// Appends rows of `points`, from number `from` on; all rows before are there.
    pub(crate) async fn append(&mut self, points: &Points, from: usize, pulse: &Pulse) -> Result<()> {
        self.words.grow("quantized points", points.rows())?;
        let mut scratch = Vec::new();
        for row in from..points.rows() {
            let values = bytemuck::cast_slice_mut(self.words.row_or_zeros(row));
            self.quantizer.quantize(points.read([row as u32], &mut scratch)[0], values);
            self.terms.push(term(&self.quantizer, self.codes, values).unwrap_or_default());
            self.rows += 1;
            if row.is_multiple_of(TICK_ROWS) {
                pulse.tick(0.0).await?;
            }
        }
        Ok(())
    }

    /// Forgets all rows but the first.
    pub(crate) fn truncate(&mut self, rows: usize) {
        self.words.truncate(rows);
        self.terms.truncate(rows);
        self.rows = rows;
    }
}
