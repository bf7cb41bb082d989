//! How strongly two vertices of the embedding act on each other.

use crate::math::{log2, pow};
use crate::simd::{F32x4, LANES};

/// A force law. Four pairs at once; the force on a vertex is the coefficient times (its position - the other's), so
/// attraction is negative. A family of layouts is a type that implements this; the compiler makes an epoch loop for each.
pub trait Force: Sync {
    /// Coefficients along edges, from the squared distances. Which edges they are matters to forces that depend on
    /// more than the distance: from `vertex` to each of `others`.
    fn attract(&self, vertex: u32, others: &[u32; LANES], squared: F32x4) -> F32x4;

    /// Coefficients between a vertex and random ones, from the squared distances.
    fn repel(&self, squared: F32x4) -> F32x4;
}

/// UMAP's force: the gradient of the cross-entropy between the graph and the curve 1 / (1 + a d^(2b)).
#[derive(Debug)]
pub struct UmapForce {
    attraction: Table,
    repulsion: Table,
}

impl UmapForce {
    /// For the curve's coefficients and the weight of repulsion.
    pub fn new(a: f64, b: f64, repulsion_strength: f64) -> Self {
        // a D^b = 1 here: what happens, happens around it, whatever the scale of the embedding.
        let middle = -log2(a) / b;
        let attraction = |squared: f64| -2.0 * a * b * pow(squared, b - 1.0) / (1.0 + a * pow(squared, b));
        let repulsion = |squared: f64| 2.0 * repulsion_strength * b / ((0.001 + squared) * (1.0 + a * pow(squared, b)));
        Self { attraction: Table::new(middle, attraction), repulsion: Table::new(middle, repulsion) }
    }
}

impl Force for UmapForce {
    #[inline(always)]
    fn attract(&self, _vertex: u32, _others: &[u32; LANES], squared: F32x4) -> F32x4 {
        self.attraction.at(squared)
    }

    #[inline(always)]
    fn repel(&self, squared: F32x4) -> F32x4 {
        self.repulsion.at(squared)
    }
}

/// Cells per octave, as a power of 2. Linear within 64 cells to the octave both coefficients are within 4e-4 of their
/// values, far below the noise of sampling, and need neither a power nor a division.
const CELL_BITS: u32 = 6;
/// Bits of a float below those that name the cell.
const WITHIN: u32 = 23 - CELL_BITS;
const CELLS: usize = 4096;
/// The table starts 2^-28 below the middle and ends 2^36 above it; beyond its ends it is constant.
const OCTAVES_BELOW: f64 = 28.0;

/// A function of a positive number, linear between values at floats with the last bits zero: a float's leading bits are
/// its cell.
#[derive(Debug)]
struct Table {
    /// The bits of the first cell's start.
    start: i32,
    values: Box<[f32; CELLS]>,
}

impl Table {
    fn new(middle: f64, function: impl Fn(f64) -> f64) -> Self {
        let exponent = (middle - OCTAVES_BELOW).floor().clamp(-126.0, 126.0 - (CELLS >> CELL_BITS) as f64);
        let start = (exponent as i32 + 127) << 23;
        let mut values = Box::new([0.0; CELLS]);
        for (value, cell) in values.iter_mut().zip(0..) {
            let exact = function(f64::from(f32::from_bits((start + (cell << WITHIN)) as u32)));
            // Steep curves leave the range of f32 at their ends, where a clipped force is all that matters.
            *value = exact.clamp(-1e30, 1e30) as f32;
        }
        Self { start, values }
    }

    #[inline(always)]
    fn at(&self, x: F32x4) -> F32x4 {
        // The last cell has no end: it stops at the last value.
        const LAST: i32 = ((CELLS as i32 - 1) << WITHIN) - 1;
        // Bits of a float that is not negative are a positive i32 in the order of the floats.
        let offsets = x.to_array().map(|x| (x.to_bits() as i32).wrapping_sub(self.start).clamp(0, LAST));
        let cells = offsets.map(|offset| (offset >> WITHIN) as usize);
        let parts = offsets.map(|offset| (offset & ((1 << WITHIN) - 1)) as f32 * (1.0 / (1 << WITHIN) as f32));
        // The masks say to the compiler what `clamp` ensures.
        let low = F32x4::load(&cells.map(|cell| self.values[cell & (CELLS - 1)]));
        let high = F32x4::load(&cells.map(|cell| self.values[(cell + 1) & (CELLS - 1)]));
        low + (high - low) * F32x4::load(&parts)
    }
}
