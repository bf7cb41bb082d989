//! Sparse square matrices by rows, shared by the fuzzy, init and optimize stages.

use crate::error::{Result, UmapError};
use crate::memory;
use crate::parallel;
use crate::pulse::Pulse;

/// Rows of one task while a matrix is built: well below a millisecond for rows of some dozen entries.
const ROWS_PER_TASK: usize = 1024;

/// A square sparse matrix in compressed sparse row form: columns increase within a row, none is there twice.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Csr<T = f32> {
    /// Where each row starts in `indices` and `data`; one more entry than rows.
    pub indptr: Vec<u32>,
    /// Columns.
    pub indices: Vec<u32>,
    /// Values.
    pub data: Vec<T>,
}

impl<T> Csr<T> {
    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.indptr.len().saturating_sub(1)
    }

    /// Positions of row `i` in `indices` and `data`.
    #[inline(always)]
    pub fn range(&self, i: usize) -> std::ops::Range<usize> {
        self.indptr[i] as usize..self.indptr[i + 1] as usize
    }

    /// Columns and values of row `i`.
    #[inline(always)]
    pub fn row(&self, i: usize) -> (&[u32], &[T]) {
        let range = self.range(i);
        (&self.indices[range.clone()], &self.data[range])
    }
}

impl<T: Copy + Default + Send> Csr<T> {
    /// Builds a matrix row by row, in parallel: `visit(i, emit)` calls `emit(column, value)` for the entries of row `i`
    /// in order. It is called twice for each row, to count and to fill, so that the matrix is allocated once.
    pub(crate) async fn from_rows<V>(rows: usize, visit: V, pulse: &Pulse) -> Result<Self>
    where
        V: Fn(usize, &mut dyn FnMut(u32, T)) + Sync + Send,
    {
        let mut indptr = vec![0; rows + 1];
        let counts = indptr[1..].chunks_mut(ROWS_PER_TASK).enumerate();
        parallel::for_each(&pulse.part(0.0, 0.4), counts, |(task, counts)| {
            for (i, count) in (task * ROWS_PER_TASK..).zip(counts) {
                visit(i, &mut |_, _| *count += 1);
            }
        })
        .await?;
        let entries = accumulate(&mut indptr)?;
        let filling = pulse.part(0.4, 0.5);
        let mut indices = memory::filled("columns of a sparse matrix", entries, 1, 0, &filling).await?;
        let mut data = memory::filled("values of a sparse matrix", entries, 1, T::default(), &filling).await?;
        let tasks = disjoint_rows(&indptr, &mut indices).zip(disjoint_rows(&indptr, &mut data));
        let tasks: Vec<_> = tasks.enumerate().collect();
        parallel::for_each(&pulse.part(0.5, 1.0), tasks, |(task, (indices, data))| {
            let mut slots = indices.iter_mut().zip(data);
            for i in task * ROWS_PER_TASK..rows.min((task + 1) * ROWS_PER_TASK) {
                visit(i, &mut |column, value| {
                    let (slot, datum) = slots.next().expect("a row visits the same entries each time");
                    (*slot, *datum) = (column, value);
                });
            }
        })
        .await?;
        Ok(Self { indptr, indices, data })
    }
}

/// Turns the lengths of rows, which follow a 0, into where each starts; returns the sum.
pub(crate) fn accumulate(indptr: &mut [u32]) -> Result<usize> {
    let mut sum = 0_u64;
    for entry in indptr.iter_mut() {
        sum += u64::from(*entry);
        *entry = sum as u32;
    }
    let too_many = || UmapError::OutOfMemory { what: "a sparse matrix of 2^32 or more entries".into(), bytes: sum * 8 };
    u32::try_from(sum).map(|sum| sum as usize).map_err(|_| too_many())
}

/// The parts of `values` that belong to the rows of each task.
fn disjoint_rows<'a, T>(indptr: &'a [u32], mut values: &'a mut [T]) -> impl Iterator<Item = &'a mut [T]> {
    let last = indptr.len() - 1;
    (0..last).step_by(ROWS_PER_TASK).map(move |first| {
        let len = (indptr[last.min(first + ROWS_PER_TASK)] - indptr[first]) as usize;
        let (part, rest) = std::mem::take(&mut values).split_at_mut(len);
        values = rest;
        part
    })
}

/// Errs unless `indptr` starts at 0, never decreases, and ends with the number of `indices` and `data`; `of` is what messages
/// call them.
pub(crate) fn check_arrays(of: &str, indptr: &[u32], [indices, data]: [usize; 2]) -> Result<()> {
    let (name, what) = (format!("{of}.indptr"), "integers that start at 0 and never decrease");
    if indptr[0] != 0 {
        return Err(UmapError::shape(&name, what, format!("{} as the first", indptr[0])));
    }
    if let Some(at) = indptr.windows(2).position(|pair| pair[0] > pair[1]) {
        let got = format!("{} after {} at index {}", indptr[at + 1], indptr[at], at + 1);
        return Err(UmapError::shape(&name, what, got));
    }
    let entries = indptr[indptr.len() - 1] as usize;
    for (name, len) in [("indices", indices), ("data", data)] {
        if len != entries {
            let expected = format!("{entries} values, as indptr ends with");
            return Err(UmapError::shape(&format!("{of}.{name}"), expected, len.to_string()));
        }
    }
    Ok(())
}
