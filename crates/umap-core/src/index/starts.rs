//! Where the searches for rows start: at the entries that are nearest to each.

use std::ops::Range;

use super::query_keys::{Exact, Quantized, QueryKeys};
use crate::knn::QuantizedSpace;
use crate::sorting::{pair, sort, unpair};
use crate::space::{Gathered, Query, SearchSpace, Space};

/// Entries from which a search starts. Those that turn out to be too far cost nothing more.
const STARTS: usize = 16;

/// Compares queries with the entries of a graph.
pub(super) struct Starting<'a> {
    entries: &'a [u32],
    /// The rows in 7 bits and the entries among them, if the search uses them.
    quantized: Option<(&'a QuantizedSpace, Gathered)>,
}

impl<'a> Starting<'a> {
    pub(super) fn new(quantized: Option<&'a QuantizedSpace>, entries: &'a [u32]) -> Self {
        Self { entries, quantized: quantized.map(|rows| (rows, Gathered::of(rows, entries))) }
    }

    /// The starts of some of `queries`, which are compared together: twice as fast as each alone.
    pub(super) fn of_rows(&self, space: &dyn Space, queries: &dyn Space, rows: Range<usize>) -> Vec<Vec<u32>> {
        match self.keys(queries, rows.clone()) {
            Some(keys) => keys.chunks_exact(self.entries.len()).map(|keys| nearest(keys, self.entries)).collect(),
            None => {
                let quantized = self.quantized.as_ref().map(|(rows, _)| *rows);
                let query = |row: usize| Query { space: queries, row: row as u32 };
                rows.map(|row| starts(space, query(row), quantized, self.entries)).collect()
            }
        }
    }

    /// The keys of all entries for each row; None where 7 bits do not serve, or do not reach as far as one of the rows.
    fn keys(&self, queries: &dyn Space, rows: Range<usize>) -> Option<Vec<u32>> {
        let (quantized, entries) = self.quantized.as_ref()?;
        let (points, mut scratch) = (queries.dense()?, Vec::new());
        let row = |row: usize| quantized.quantized(points.read([row as u32], &mut scratch)[0]);
        let queries: Vec<(Vec<u32>, i32)> = rows.map(row).collect::<Option<_>>()?;
        let mut keys = vec![0; queries.len() * self.entries.len()];
        let queries = Gathered::of_rows(queries.iter().map(|(words, term)| (words.as_slice(), *term)));
        quantized.keys(queries.all(), entries.all(), &mut keys);
        Some(keys)
    }
}

/// The starts of one row.
pub(super) fn starts(
    space: &dyn Space,
    query: Query<'_>,
    quantized: Option<&QuantizedSpace>,
    entries: &[u32],
) -> Vec<u32> {
    match quantized.and_then(|rows| Quantized::new(rows, query)) {
        Some(mut query_keys) => nearest_to(&mut query_keys, entries),
        None => {
            let mut scratch = Vec::new();
            nearest_to(&mut Exact(space.compare(query.space, &[query.row], &mut scratch)), entries)
        }
    }
}

fn nearest_to(query_keys: &mut dyn QueryKeys, entries: &[u32]) -> Vec<u32> {
    let mut keys = Vec::with_capacity(entries.len());
    query_keys.keys(entries, &mut keys);
    nearest(&keys, entries)
}

/// The rows with the [`STARTS`] least keys, in order.
fn nearest(keys: &[u32], rows: &[u32]) -> Vec<u32> {
    let mut all: Vec<u64> = keys.iter().zip(rows).map(|(&key, &row)| pair(key, row)).collect();
    if all.len() > STARTS {
        all.select_nth_unstable(STARTS - 1);
        all.truncate(STARTS);
    }
    sort(&mut all);
    all.into_iter().map(|entry| unpair(entry).1).collect()
}
