//! A table of bytes.

use std::collections::HashMap;

use crate::names;

pub(crate) struct Table {
    title: &'static str,
    rows: HashMap<String, (usize, usize)>,
}

impl Table {
    pub(crate) fn new(title: &'static str) -> Self {
        Table { title, rows: HashMap::new() }
    }

    pub(crate) fn add(&mut self, name: String, bytes: usize) {
        let (sum, count) = self.rows.entry(name).or_default();
        *sum += bytes;
        *count += 1;
    }

    /// The largest rows: KiB, share, number of functions.
    pub(crate) fn print(self, lines: usize) {
        let total: usize = self.rows.values().map(|(bytes, _)| bytes).sum();
        let mut rows: Vec<_> = self.rows.into_iter().collect();
        rows.sort_by(|(a, (x, _)), (b, (y, _))| y.cmp(x).then_with(|| a.cmp(b)));
        println!("\n     KiB     %  functions  by {}", self.title);
        for (name, (bytes, count)) in rows.iter().take(lines) {
            let name = names::shortened(name);
            println!("{:8.1} {:5.1} {count:10}  {name}", super::kib(*bytes), 100.0 * *bytes as f64 / total as f64);
        }
    }
}
