//! A file on its way into JavaScript's memory.

use std::cell::{Cell, RefCell};

use js_sys::Uint8Array;
use umap_core::Result;

use crate::output;

/// A file on its way.
#[derive(Default)]
pub struct FileOut {
    file: RefCell<Uint8Array>,
    at: Cell<u32>,
}

impl FileOut {
    /// Makes room for so many bytes.
    pub fn begin(&self, bytes: u64) -> Result<()> {
        self.file.replace(output::room(bytes)?);
        Ok(())
    }

    /// Appends bytes.
    pub fn push(&self, bytes: &[u8]) {
        let from = self.at.get();
        self.at.set(from + bytes.len() as u32);
        self.file.borrow().subarray(from, self.at.get()).copy_from(bytes);
    }

    /// The file.
    pub fn finish(self) -> Uint8Array {
        self.file.into_inner()
    }
}
