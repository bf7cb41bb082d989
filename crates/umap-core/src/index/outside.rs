//! Rows outside of the range of the 7 bits of an index: they are searched for and linked in 32 bits, and when they have
//! become many, the index is made anew for the rows that there are.

use crate::error::Result;
use crate::knn::{QuantizedSpace, Quantizer};
use crate::points::Points;
use crate::pulse::Pulse;

/// The graph is made anew when more than one in so many rows is outside: 1,000 rows of N(6, 1) that join 12,000 of N(0, 1)
/// had a recall of 0.72 as long as the first rows' range served for all.
const ONE_IN: usize = 64;

/// How many of the first `rows` are outside: counted when rows join, so that a graph from a file need not know it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Outside {
    rows: usize,
    count: usize,
}

impl Outside {
    /// Later rows than the first are taken away.
    pub(super) fn forget(&mut self, rows: usize) {
        if self.rows > rows {
            *self = Self::default();
        }
    }

    /// Whether a graph in 7 bits serves for `points`, which may have more rows than it has. It does too where a range for all
    /// rows would not leave half as many outside: making it anew would not help.
    pub(super) async fn allows(
        &mut self,
        quantized: &QuantizedSpace,
        points: &Points,
        seed: u32,
        pulse: &Pulse,
    ) -> Result<bool> {
        let rows = points.rows();
        let (counting, fitting) = (pulse.part(0.0, 0.4), pulse.part(0.4, 1.0));
        let new = quantized.quantizer().count_outside(points, self.rows..rows, &counting).await?;
        let count = self.count + new;
        if count > rows / ONE_IN {
            let Some(fitted) = Quantizer::fit(points, seed, &fitting).await? else { return Ok(false) };
            if fitted.count_outside(points, 0..rows, &fitting).await? <= count / 2 {
                return Ok(false);
            }
        }
        *self = Self { rows, count };
        Ok(true)
    }
}
