//! Sparse square matrices by rows, shared by the fuzzy, init and optimize stages.

/// A square sparse matrix in compressed sparse row form: columns increase within a row, none is there twice.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Csr {
    /// Where each row starts in `indices` and `data`; one more entry than rows.
    pub indptr: Vec<u32>,
    /// Columns.
    pub indices: Vec<u32>,
    /// Values.
    pub data: Vec<f32>,
}

impl Csr {
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
    pub fn row(&self, i: usize) -> (&[u32], &[f32]) {
        let range = self.range(i);
        (&self.indices[range.clone()], &self.data[range])
    }
}
