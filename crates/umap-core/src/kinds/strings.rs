//! Strings, compared by Levenshtein's distance: the least number of code points to insert, delete or replace that make one of
//! the other.
//!
//! Myers' bit-parallel algorithm (1999) in blocks (Hyyrö 2003): a column of the matrix of distances is kept as bits, 64 rows at
//! a time, so a pair costs the length of one string times the other's in words of 64.

use std::any::Any;
use std::collections::BTreeMap;

use crate::error::{Result, UmapError};
use crate::file::Section;
use crate::memory;
use crate::metric::{Metric, STRIP};
use crate::points::StoreUsed;
use crate::space::{Comparison, Space, SpaceInfo};

/// Code points of a string at most: longer texts are compared by other means, such as their embeddings.
const MAX_LENGTH: usize = 1 << 16;

/// Strings as Unicode code points.
#[derive(Clone, Debug)]
pub struct Strings {
    metric: Metric,
    /// All code points, one string after the other.
    points: Vec<u32>,
    /// Where each string ends.
    ends: Vec<u32>,
}

impl Strings {
    /// Of strings in UTF-8, one after the other; `ends` are in bytes.
    pub fn new(text: &[u8], ends: &[u32], metric: Metric) -> Result<Self> {
        if ends.is_empty() {
            return Err(UmapError::EmptyInput { rows: 0, cols: 1 });
        }
        let (mut points, mut start) = (memory::reserve("strings", text.len(), 1)?, 0);
        let mut new_ends = memory::reserve("strings", ends.len(), 1)?;
        for (row, &end) in ends.iter().enumerate() {
            let refused = || UmapError::shape("points", "UTF-8 of all strings", format!("other bytes in string {row}"));
            let bytes = text.get(start..end as usize).ok_or_else(refused)?;
            let string = std::str::from_utf8(bytes).map_err(|_| refused())?;
            let before = points.len();
            points.extend(string.chars().map(u32::from));
            if points.len() - before > MAX_LENGTH {
                let got = format!("{} in string {row}", points.len() - before);
                return Err(UmapError::shape("points", format!("at most {MAX_LENGTH} code points"), got));
            }
            new_ends.push(points.len() as u32);
            start = end as usize;
        }
        Ok(Self { metric, points, ends: new_ends })
    }

    /// The strings of a file.
    pub(super) fn of_numbers(points: Vec<u32>, ends: Vec<u32>, rows: usize, metric: Metric) -> Result<Self> {
        let fits = ends.len() == rows && ends.is_sorted() && ends.last().map(|&end| end as usize) == Some(points.len());
        let lengths = ends.windows(2).all(|pair| (pair[1] - pair[0]) as usize <= MAX_LENGTH);
        if !fits || !lengths || ends.first().is_none_or(|&end| end as usize > MAX_LENGTH) {
            return Err(UmapError::malformed("points.ends", format!("the ends of {rows} strings"), "others"));
        }
        Ok(Self { metric, points, ends })
    }

    fn row(&self, row: u32) -> &[u32] {
        let row = row as usize;
        let start = if row == 0 { 0 } else { self.ends[row - 1] };
        &self.points[start as usize..self.ends[row] as usize]
    }
}

impl Space for Strings {
    fn rows(&self) -> usize {
        self.ends.len()
    }

    fn cost(&self) -> usize {
        // A word's step takes as long as about 30 floats (20,000 strings of 12 to 20 letters).
        let length = self.points.len() / self.ends.len();
        30 * length.max(1) * length.div_ceil(64).max(1)
    }

    fn info(&self) -> SpaceInfo {
        SpaceInfo { cols: 1, metric: self.metric.clone(), store: StoreUsed::F32 }
    }

    fn check_queries(&self, queries: &dyn Space) -> Result<()> {
        match (queries as &dyn Any).is::<Self>() {
            true => Ok(()),
            false => Err(UmapError::parameter("points", "strings", "rows of another kind")),
        }
    }

    fn compare<'a>(&'a self, queries: &'a dyn Space, rows: &[u32], _: &'a mut Vec<f32>) -> Box<dyn Comparison + 'a> {
        let queries: &Self = (queries as &dyn Any).downcast_ref().expect("`check_queries`");
        let patterns: Vec<Pattern> = rows.iter().map(|&row| Pattern::new(queries.row(row))).collect();
        let strip = vec![[0.0; STRIP]; rows.len()];
        Box::new(Patterns { strings: self, patterns, strip, column: Vec::new() })
    }

    fn sections(&self) -> Vec<Section<'_>> {
        vec![Section::integers("points.strings", &self.points[..]), Section::integers("points.ends", &self.ends[..])]
    }
}

struct Patterns<'a> {
    strings: &'a Strings,
    patterns: Vec<Pattern>,
    strip: Vec<[f32; STRIP]>,
    column: Vec<Block>,
}

impl Comparison for Patterns<'_> {
    fn with(&mut self, others: &[u32], visit: &mut dyn FnMut(usize, &[[f32; STRIP]])) {
        for (first, others) in (0..).step_by(STRIP).zip(others.chunks(STRIP)) {
            for (values, pattern) in self.strip.iter_mut().zip(&self.patterns) {
                for (value, &other) in values.iter_mut().zip(others) {
                    *value = pattern.distance(self.strings.row(other), &mut self.column) as f32;
                }
            }
            visit(first, &self.strip);
        }
    }
}

/// A string as the algorithm has it: where each code point occurs, as bits.
struct Pattern {
    length: usize,
    blocks: usize,
    /// Of the code points below 128, `blocks` words each.
    ascii: Vec<u64>,
    /// Of the others.
    rest: BTreeMap<u32, Vec<u64>>,
}

/// 64 rows of a column: where the distance is one more than in the row above, and where one less.
#[derive(Clone, Copy)]
struct Block {
    more: u64,
    less: u64,
}

const ASCII: usize = 128;

impl Pattern {
    fn new(string: &[u32]) -> Self {
        let blocks = string.len().div_ceil(64).max(1);
        let (mut ascii, mut rest) = (vec![0; ASCII * blocks], BTreeMap::new());
        for (at, &point) in string.iter().enumerate() {
            let words: &mut [u64] = match ascii.chunks_exact_mut(blocks).nth(point as usize) {
                Some(words) => words,
                None => rest.entry(point).or_insert_with(|| vec![0; blocks]),
            };
            words[at / 64] |= 1 << (at % 64);
        }
        Self { length: string.len(), blocks, ascii, rest }
    }

    fn occurrences(&self, point: u32) -> Option<&[u64]> {
        match self.ascii.chunks_exact(self.blocks).nth(point as usize) {
            Some(words) => Some(words),
            None => self.rest.get(&point).map(|words| &words[..]),
        }
    }

    /// The distance from `text`; `column` is scratch memory.
    fn distance(&self, text: &[u32], column: &mut Vec<Block>) -> usize {
        if self.length == 0 {
            return text.len();
        }
        column.clear();
        column.resize(self.blocks, Block { more: u64::MAX, less: 0 });
        let mut distance = self.length;
        // The bit of the last row, in the last block.
        let last = 1 << ((self.length - 1) % 64);
        for &point in text {
            let occurs = self.occurrences(point);
            // What goes from a block to the next: the change along the row between them. The first row counts up.
            let (mut more, mut less) = (1, 0);
            for (at, block) in column.iter_mut().enumerate() {
                let equal = occurs.map_or(0, |words| words[at]);
                let vertical = equal | block.less;
                let equal = equal | less;
                let diagonal = (((equal & block.more).wrapping_add(block.more)) ^ block.more) | equal;
                let across_more = block.less | !(diagonal | block.more);
                let across_less = block.more & diagonal;
                if at + 1 == self.blocks {
                    distance = distance + usize::from(across_more & last != 0) - usize::from(across_less & last != 0);
                }
                let [shifted_more, shifted_less] = [across_more << 1 | more, across_less << 1 | less];
                [more, less] = [across_more >> 63, across_less >> 63];
                block.more = shifted_less | !(vertical | shifted_more);
                block.less = shifted_more & vertical;
            }
        }
        distance
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Random, Stream};

    /// Wagner and Fischer's, one cell after the other.
    fn plain(a: &[u32], b: &[u32]) -> usize {
        let mut row: Vec<usize> = (0..=b.len()).collect();
        for (i, x) in (1..).zip(a) {
            let mut diagonal = std::mem::replace(&mut row[0], i);
            for (j, y) in b.iter().enumerate() {
                let replaced = diagonal + usize::from(x != y);
                diagonal = row[j + 1];
                row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
            }
        }
        row[b.len()]
    }

    #[test]
    fn distances_are_those_of_the_whole_matrix() {
        let random = Random::new(5, Stream::Sample);
        let string = |i: u32, length: u32, letters: u32| -> Vec<u32> {
            (0..length).map(|at| 100 + random.at(i).below(at, letters)).collect()
        };
        for (i, lengths) in
            [[0, 0], [0, 5], [1, 1], [63, 64], [64, 64], [65, 40], [128, 129], [200, 150], [300, 1]].iter().enumerate()
        {
            // Few letters, so that many are equal; some are beyond the table.
            for letters in [2, 5, 60] {
                let [a, b] = [0, 1].map(|of| string(2 * i as u32 + of as u32, lengths[of], letters));
                let mut scratch = Vec::new();
                assert_eq!(Pattern::new(&a).distance(&b, &mut scratch), plain(&a, &b), "{lengths:?} {letters}");
                assert_eq!(Pattern::new(&b).distance(&a, &mut scratch), plain(&a, &b), "{lengths:?} {letters} swapped");
            }
        }
    }
}
