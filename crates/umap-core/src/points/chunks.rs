//! Rows of one length in chunks of 2^`shift` rows, because one allocation on wasm32 cannot pass 2 GiB.

use crate::error::{Result, UmapError};
use crate::memory;

#[derive(Debug)]
pub(crate) struct Chunks<T> {
    chunks: Vec<Vec<T>>,
    shift: u32,
    stride: usize,
}

impl<T: Copy + Default> Chunks<T> {
    /// Memory for `rows` rows of `stride` values, none of them there yet; a chunk is the greatest power of two of rows
    /// within `chunk_bytes`.
    pub(crate) fn reserve(what: &str, rows: usize, stride: usize, chunk_bytes: usize) -> Result<Self> {
        memory::check::<T>(what, rows, stride)?;
        let shift = (chunk_bytes / (stride * size_of::<T>())).max(1).ilog2();
        let bytes = (rows * stride * size_of::<T>()) as u64;
        let mut chunks = Vec::new();
        for first in (0..rows).step_by(1 << shift) {
            let mut chunk = Vec::new();
            let failed = |_| UmapError::OutOfMemory { what: what.into(), bytes };
            chunk.try_reserve_exact((rows - first).min(1 << shift) * stride).map_err(failed)?;
            chunks.push(chunk);
        }
        Ok(Self { chunks, shift, stride })
    }

    /// Allocates memory for so many rows in all. It doubles within a chunk, so that rows can come one by one.
    pub(crate) fn grow(&mut self, what: &str, rows: usize) -> Result<()> {
        memory::check::<T>(what, rows, self.stride)?;
        let bytes = (rows * self.stride * size_of::<T>()) as u64;
        self.chunks.resize_with(rows.div_ceil(1 << self.shift).max(self.chunks.len()), Vec::new);
        for (number, chunk) in self.chunks.iter_mut().enumerate() {
            let wanted = rows.saturating_sub(number << self.shift).min(1 << self.shift) * self.stride;
            let failed = |_| UmapError::OutOfMemory { what: what.into(), bytes };
            chunk.try_reserve(wanted.saturating_sub(chunk.len())).map_err(failed)?;
        }
        Ok(())
    }

    /// Forgets all rows but the first.
    pub(crate) fn truncate(&mut self, rows: usize) {
        for (number, chunk) in self.chunks.iter_mut().enumerate() {
            chunk.truncate(rows.saturating_sub(number << self.shift) * self.stride);
        }
    }

    /// Length of a row.
    pub(crate) fn stride(&self) -> usize {
        self.stride
    }

    /// Row `i`, zeros if it is not there yet; the rows before it must be. Not all rows at once: gigabytes of zeros take
    /// seconds.
    pub(crate) fn row_or_zeros(&mut self, i: usize) -> &mut [T] {
        let chunk = &mut self.chunks[i >> self.shift];
        let start = (i & ((1 << self.shift) - 1)) * self.stride;
        if chunk.len() == start {
            chunk.resize(start + self.stride, T::default());
        }
        &mut chunk[start..start + self.stride]
    }

    #[inline(always)]
    pub(crate) fn row(&self, i: usize) -> &[T] {
        let start = (i & ((1 << self.shift) - 1)) * self.stride;
        &self.chunks[i >> self.shift][start..start + self.stride]
    }

    /// The rows in blocks of at most `rows`, each with the number of its first row.
    pub(crate) fn blocks_mut(&mut self, rows: usize) -> impl Iterator<Item = (usize, &mut [T])> {
        let (shift, stride) = (self.shift, self.stride);
        self.chunks.iter_mut().enumerate().flat_map(move |(chunk, values)| {
            let blocks = values.chunks_mut(rows * stride).enumerate();
            blocks.map(move |(block, values)| ((chunk << shift) + block * rows, values))
        })
    }
}
