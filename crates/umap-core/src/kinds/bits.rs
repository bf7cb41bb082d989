//! Rows of bits, eight in each byte, compared by counting.

use std::any::Any;

use crate::error::{Result, UmapError};
use crate::file::Section;
use crate::memory;
use crate::metric::{Metric, MetricName};
use crate::points::StoreUsed;
use crate::space::{Comparison, Geometry, PairByPair, Space, SpaceInfo};

/// Bytes that are compared at a time.
const WORD: usize = 8;

/// Rows of packed bits. `bit_hamming` is the number of bits that differ, `bit_jaccard` the share of the bits set in either row
/// that are not set in both.
#[derive(Clone, Debug)]
pub struct Bits {
    metric: Metric,
    rows: usize,
    /// Bytes of a row.
    cols: usize,
    /// Each row padded with zeros to whole words.
    words: Vec<u64>,
    /// The bytes of the row that is being filled.
    open: Vec<u8>,
}

impl Bits {
    /// Memory for rows of so many bytes.
    pub fn new(rows: usize, cols: usize, metric: Metric) -> Result<Self> {
        if rows == 0 || cols == 0 {
            return Err(UmapError::EmptyInput { rows, cols });
        }
        let words = memory::reserve(&format!("points ({rows} x {cols} bytes)"), rows, cols.div_ceil(WORD))?;
        Ok(Self { metric, rows, cols, words, open: Vec::new() })
    }

    /// Appends the next bytes; a piece may end within a row.
    pub fn push(&mut self, mut bytes: &[u8]) -> Result<()> {
        while !bytes.is_empty() {
            let (now, rest) = bytes.split_at(bytes.len().min(self.cols - self.open.len()));
            self.open.extend_from_slice(now);
            bytes = rest;
            if self.open.len() < self.cols {
                break;
            }
            if self.words.len() == self.rows * self.cols.div_ceil(WORD) {
                let got = "more".to_string();
                return Err(UmapError::shape("points", format!("{} values", self.rows * self.cols), got));
            }
            self.words.extend(self.open.chunks(WORD).map(|bytes| {
                let mut word = [0; WORD];
                word[..bytes.len()].copy_from_slice(bytes);
                u64::from_le_bytes(word)
            }));
            self.open.clear();
        }
        Ok(())
    }

    /// The rows, once all bytes are there.
    pub fn finish(self) -> Result<Self> {
        let (found, expected) = (self.words.len() / self.cols.div_ceil(WORD), self.rows);
        if found != expected || !self.open.is_empty() {
            return Err(UmapError::shape("points", format!("{expected} rows"), format!("{found} whole ones")));
        }
        Ok(self)
    }

    fn row(&self, row: u32) -> &[u64] {
        let width = self.cols.div_ceil(WORD);
        &self.words[row as usize * width..][..width]
    }
}

impl Space for Bits {
    fn rows(&self) -> usize {
        self.rows
    }

    fn cost(&self) -> usize {
        // A word takes as long as about eight floats.
        self.cols.div_ceil(WORD) * 8
    }

    fn geometry(&self) -> Geometry {
        Geometry::of(&self.metric)
    }

    fn info(&self) -> SpaceInfo {
        SpaceInfo { cols: self.cols, metric: self.metric.clone(), store: StoreUsed::Int8 }
    }

    fn check_queries(&self, queries: &dyn Space) -> Result<()> {
        match (queries as &dyn Any).downcast_ref::<Self>() {
            Some(queries) if queries.cols == self.cols && queries.metric == self.metric => Ok(()),
            Some(queries) => {
                let expected = format!("{} bytes in a row, compared by {}", self.cols, self.metric.label());
                Err(UmapError::shape("points", expected, format!("{}, by {}", queries.cols, queries.metric.label())))
            }
            None => Err(UmapError::parameter("points", "rows of bits (a Uint8Array)", "rows of another kind")),
        }
    }

    fn compare<'a>(&'a self, queries: &'a dyn Space, rows: &[u32], _: &'a mut Vec<f32>) -> Box<dyn Comparison + 'a> {
        let queries: &Self = (queries as &dyn Any).downcast_ref().expect("`check_queries`");
        if self.metric.name() == MetricName::BitJaccard {
            return Box::new(PairByPair::new(rows, |row, other| jaccard(queries.row(row), self.row(other))));
        }
        Box::new(PairByPair::new(rows, |row, other| hamming(queries.row(row), self.row(other))))
    }

    fn sections(&self) -> Vec<Section<'_>> {
        let low_and_high = |&word: &u64| [word as u32, (word >> 32) as u32];
        vec![Section::integers("points.bits", self.words.iter().flat_map(low_and_high).collect::<Vec<u32>>())]
    }
}

impl Bits {
    /// The rows of a file.
    pub(super) fn of_numbers(numbers: &[u32], rows: usize, cols: usize, metric: Metric) -> Result<Self> {
        let words: Vec<u64> =
            numbers.as_chunks::<2>().0.iter().map(|&[low, high]| u64::from(high) << 32 | u64::from(low)).collect();
        if words.len() != rows * cols.div_ceil(WORD) || !numbers.len().is_multiple_of(2) {
            return Err(UmapError::malformed("points.bits", format!("{rows} rows of {cols} bytes"), numbers.len()));
        }
        Ok(Self { metric, rows, cols, words, open: Vec::new() })
    }
}

fn count(a: &[u64], b: &[u64], of: impl Fn(u64, u64) -> u64) -> u32 {
    a.iter().zip(b).map(|(&a, &b)| of(a, b).count_ones()).sum()
}

fn hamming(a: &[u64], b: &[u64]) -> f32 {
    count(a, b, |a, b| a ^ b) as f32
}

fn jaccard(a: &[u64], b: &[u64]) -> f32 {
    match count(a, b, |a, b| a | b) {
        0 => 0.0,
        either => count(a, b, |a, b| a ^ b) as f32 / either as f32,
    }
}
