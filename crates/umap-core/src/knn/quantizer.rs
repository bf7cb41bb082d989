//! How values become integers of 7 bits.

use crate::error::Result;
use crate::metric::{Codes, Facts};
use crate::points::Points;
use crate::pulse::Pulse;
use crate::random::{Random, Stream};

use super::columns::{ALIGN, kept, spreads};

/// Rows that the columns' ranges are read from.
const SAMPLE_ROWS: u32 = 2048;
pub(super) const GREATEST: f32 = 127.0;
/// Products of longer rows could pass 2^31: 127^2 * 2^17 < 2^31.
pub(super) const MAX_COLUMNS: usize = 1 << 17;
/// Shorter rows gain too little (50 columns: a fifth of the search's time) for what 7 bits lose.
const MIN_COLUMNS: usize = 32;

/// How values become integers: `(x - offset) * scale`, rounded, 0 to 127. One scale serves all columns, so distances of
/// the integers are distances of the points.
#[derive(Clone, Debug)]
pub(crate) struct Quantizer {
    /// The columns that are compared, in increasing order.
    pub(super) columns: Vec<u32>,
    /// What is subtracted from the values of each.
    pub(super) offsets: Vec<f32>,
    pub(super) scale: f32,
}

impl Quantizer {
    /// Reads the columns' ranges from a sample. None where 7 bits cannot serve: metrics that are no sum of products or
    /// differences, very long or short rows, values all alike.
    pub(crate) async fn fit(points: &Points, seed: u32, pulse: &Pulse) -> Result<Option<Self>> {
        if !Self::suits(points) {
            return Ok(None);
        }
        let rows = Random::new(seed, Stream::Sample).at(1).sample(points.rows() as u32, SAMPLE_ROWS);
        let spreads = spreads(points, &rows, pulse).await?;
        let widest = spreads.iter().fold(0.0, |widest: f32, spread| widest.max(spread.high - spread.low));
        let scale = GREATEST / widest;
        let columns = kept(&spreads);
        let offsets = columns.iter().map(|&column| spreads[column as usize].low).collect();
        Ok((scale.is_finite() && scale > 0.0).then_some(Self { columns, offsets, scale }))
    }

    /// Length of a quantized row.
    pub(super) fn stride(&self) -> usize {
        self.columns.len().next_multiple_of(ALIGN)
    }

    /// Whether rows of such a length and metric can be in 7 bits.
    pub(crate) fn suits(points: &Points) -> bool {
        points.metric().facts().codes.is_some() && (MIN_COLUMNS..=MAX_COLUMNS).contains(&points.stride())
    }

    /// Writes rows of the points, and returns their terms; None if one could pass 32 bits.
    #[inline(never)]
    pub(super) fn quantize_rows(&self, points: &Points, rows: &[u32], out: &mut [u32]) -> Option<Vec<i32>> {
        let mut scratch = Vec::new();
        let quantize = |(&row, out): (&u32, &mut [u8])| {
            self.quantize(points.read([row], &mut scratch)[0], out);
            term(self, codes(points), out)
        };
        rows.iter().zip(bytemuck::cast_slice_mut(out).chunks_exact_mut(self.stride())).map(quantize).collect()
    }

    #[inline(always)]
    pub(super) fn quantize(&self, row: &[f32], out: &mut [u8]) {
        // At 2^23 a unit is the last bit: the addition rounds, and the low bits are the integer. No conversion, no branch.
        const UNIT: f32 = 8_388_608.0;
        for ((out, &column), offset) in out.iter_mut().zip(&self.columns).zip(&self.offsets) {
            let scaled = (row[column as usize] - offset) * self.scale;
            let scaled = if scaled > 0.0 { scaled } else { 0.0 };
            let scaled = if scaled < GREATEST { scaled } else { GREATEST };
            *out = (scaled + UNIT).to_bits() as u8;
        }
    }
}

/// How rows of points in codes are compared.
pub(super) fn codes(points: &Points) -> Codes {
    let Facts { codes, .. } = points.metric().facts();
    codes.expect("`Quantizer::suits`")
}

/// With x = q / s + o: s^2 |x - y|^2 = |q|^2 + |r|^2 - 2 q.r, and -2 s^2 x.y = -2 s o.q - 2 s o.r - 2 q.r and a constant.
pub(super) fn term(quantizer: &Quantizer, codes: Codes, row: &[u8]) -> Option<i32> {
    match codes {
        Codes::Squares => Some(row.iter().map(|&q| i32::from(q) * i32::from(q)).sum()),
        Codes::Products => {
            let offset: f64 = row.iter().zip(&quantizer.offsets).map(|(&q, &o)| f64::from(q) * f64::from(o)).sum();
            let term = (-2.0 * f64::from(quantizer.scale) * offset).round();
            // Two terms and two products of 2^29 at most fit 32 bits.
            (term.abs() < f64::from(1 << 29) && row.len() <= MAX_COLUMNS / 4).then_some(term as i32)
        }
        Codes::Differences => Some(0),
    }
}
