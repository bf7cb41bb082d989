//! How strongly two vertices of the embedding act on each other.

use crate::math::pow;
use crate::simd::{F32x4, LANES};

/// A force law. Four pairs at once; the force on a vertex is the coefficient times (its position - the other's), so
/// attraction is negative. A family of layouts is a type that implements this; the compiler makes an epoch loop for each.
pub trait Force: Sync {
    /// Coefficients along edges, from the squared distances. Which edges they are matters to forces that depend on
    /// more than the distance: from `vertex` to each of `others`.
    fn attract(&self, vertex: u32, others: &[u32; LANES], squared: F32x4) -> F32x4;

    /// Coefficients between a vertex and random ones, from the squared distances.
    fn repel(&self, squared: F32x4) -> F32x4;

    /// Whether edges [`pull`](Self::pull).
    const PULLS: bool = false;

    /// Coefficients along edges that act in every epoch, not only when their turn to attract comes.
    #[inline(always)]
    fn pull(&self, _vertex: u32, _others: &[u32; LANES], _squared: F32x4) -> F32x4 {
        F32x4::splat(0.0)
    }

    /// Whether something outside of the layout [`holds`](Self::hold) vertices.
    const HOLDS: bool = false;

    /// Adds to the force on `vertex` what holds it, so many times.
    #[inline(always)]
    fn hold(&self, _vertex: usize, _times: f32, _force: &mut [f32]) {}
}

/// What comes on top of a force law: pulls along edges, or something outside of the layout that holds vertices.
pub trait Addition: Sync {
    /// As [`Force::PULLS`].
    const PULLS: bool = false;
    /// As [`Force::HOLDS`].
    const HOLDS: bool = false;

    /// As [`Force::pull`].
    #[inline(always)]
    fn pull(&self, _vertex: u32, _others: &[u32; LANES], _squared: F32x4) -> F32x4 {
        F32x4::splat(0.0)
    }

    /// As [`Force::hold`].
    #[inline(always)]
    fn hold(&self, _vertex: usize, _times: f32, _force: &mut [f32]) {}
}

/// A force law with an addition, of a kind that the law does not have yet.
#[derive(Debug)]
pub struct Extended<'a, F, A> {
    pub(super) base: &'a F,
    pub(super) addition: A,
}

impl<F: Force, A: Addition> Force for Extended<'_, F, A> {
    const PULLS: bool = F::PULLS || A::PULLS;
    const HOLDS: bool = F::HOLDS || A::HOLDS;

    #[inline(always)]
    fn attract(&self, vertex: u32, others: &[u32; LANES], squared: F32x4) -> F32x4 {
        self.base.attract(vertex, others, squared)
    }

    #[inline(always)]
    fn repel(&self, squared: F32x4) -> F32x4 {
        self.base.repel(squared)
    }

    #[inline(always)]
    fn pull(&self, vertex: u32, others: &[u32; LANES], squared: F32x4) -> F32x4 {
        const { assert!(!(F::PULLS && A::PULLS), "one of them pulls") };
        if A::PULLS { self.addition.pull(vertex, others, squared) } else { self.base.pull(vertex, others, squared) }
    }

    #[inline(always)]
    fn hold(&self, vertex: usize, times: f32, force: &mut [f32]) {
        self.base.hold(vertex, times, force);
        self.addition.hold(vertex, times, force);
    }
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
        let [attraction, repulsion] = tabulate(a, b, |squared, grown| {
            // -2ab D^(b-1) / (1 + a D^b), in a form that no exponent overflows.
            let attraction = -2.0 * b / (squared * (1.0 + 1.0 / grown));
            [attraction, 2.0 * repulsion_strength * b / ((0.001 + squared) * (1.0 + grown))]
        });
        Self { attraction, repulsion }
    }
}

/// Functions of the squared distance D and of a D^b.
pub(super) fn tabulate<const N: usize>(a: f64, b: f64, of: impl Fn(f64, f64) -> [f64; N]) -> [Table; N] {
    // D^b = 2^(exponent b) mantissa^b: some hundred powers instead of one for each cell.
    let mantissas: [f64; CELLS_PER_OCTAVE] = std::array::from_fn(mantissa);
    let mantissa_powers = mantissas.map(|mantissa| pow(mantissa, b));
    let mut tables = std::array::from_fn(|_| Table::default());
    for octave in 0..OCTAVES {
        // Below 2^-100 functions stay what they are there: b < 1 lets attraction grow without bound.
        let exponent = (octave as f64 - 127.0).max(-100.0);
        let (scale, power) = (pow(2.0, exponent), pow(2.0, exponent * b));
        for (within, (mantissa, mantissa_power)) in mantissas.into_iter().zip(mantissa_powers).enumerate() {
            let cell = octave * CELLS_PER_OCTAVE + within;
            let values = of(scale * mantissa, a * power * mantissa_power);
            tables.iter_mut().zip(values).for_each(|(table, value)| table.values[cell] = value as f32);
        }
    }
    tables
}

/// The middle of a cell, as a part of its octave's beginning.
fn mantissa(cell: usize) -> f64 {
    1.0 + (cell as f64 + 0.5) / CELLS_PER_OCTAVE as f64
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

/// Cells per octave, as a power of 2. With 256 cells to the octave both coefficients are within 6e-3 of their values, far
/// below the noise of sampling, and need one read each: neither a power nor a division, nor the second read of a
/// function that is linear between 64 cells (4e-4).
const CELL_BITS: u32 = 8;
const CELLS_PER_OCTAVE: usize = 1 << CELL_BITS;
/// All exponents of a 32-bit float, so that no scale of the embedding is out of range and nothing needs to be clamped;
/// the cells in use (some 20 octaves, 20 KB) stay in the first-level cache.
const OCTAVES: usize = 256;
const CELLS: usize = OCTAVES * CELLS_PER_OCTAVE;
/// Bits of a float below those that name the cell.
const WITHIN: u32 = 23 - CELL_BITS;

/// A function of a number that is not negative, in steps: a float's leading bits are its cell.
#[derive(Debug)]
pub(super) struct Table {
    values: Box<[f32; CELLS]>,
}

impl Default for Table {
    fn default() -> Self {
        Self { values: Box::new([0.0; CELLS]) }
    }
}

impl Table {
    #[inline(always)]
    pub(super) fn at(&self, x: F32x4) -> F32x4 {
        F32x4::load(&x.to_array().map(cell).map(|cell| self.values[cell]))
    }
}

#[inline(always)]
fn cell(x: f32) -> usize {
    // The mask says to the compiler what the missing sign bit ensures.
    (x.to_bits() >> WITHIN) as usize & (CELLS - 1)
}
