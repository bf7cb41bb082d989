//! Adam (Kingma and Ba 2015, <https://arxiv.org/abs/1412.6980>) with short memories, for forces that are noisy and
//! change with every epoch.

use std::array::from_fn;

use crate::simd::LANES;

/// Memory of the force.
const BETA1: f32 = 0.7;
/// Memory of its square.
const BETA2: f32 = 0.9;
/// Forces well below it move less than a full step. At 1e-7, the usual value for networks, the tiniest force makes a
/// full step, which throws duplicates and small components about; from 0.01 to 2 the layouts are equally good.
const EPSILON: f32 = 0.1;

/// Running means of each coordinate's force and squared force.
#[derive(Debug)]
pub(super) struct Adam {
    means: Vec<f32>,
    squares: Vec<f32>,
    /// BETA1 and BETA2 to the number of epochs done.
    powers: (f32, f32),
}

/// The means of a block of coordinates: of forces and of squares.
pub(super) type Moments<'a> = (&'a mut [f32], &'a mut [f32]);

fn next(powers: (f32, f32)) -> (f32, f32) {
    (powers.0 * BETA1, powers.1 * BETA2)
}

/// What all coordinates share in an epoch.
#[derive(Clone, Copy)]
pub(super) struct Step {
    length: f32,
    unbias_square: f32,
}

impl Adam {
    pub(super) fn new(coordinates: usize) -> Self {
        Self::after(0, vec![0.0; coordinates], vec![0.0; coordinates])
    }

    /// With the means that there were after so many epochs.
    pub(super) fn after(epochs: u32, means: Vec<f32>, squares: Vec<f32>) -> Self {
        // They change no more long before that.
        let powers = (0..epochs.min(10_000)).fold((1.0, 1.0), |powers, _| next(powers));
        Self { means, squares, powers }
    }

    /// Means of forces and of squared forces.
    pub(super) fn moments(&self) -> (&[f32], &[f32]) {
        (&self.means, &self.squares)
    }

    /// The step of an epoch with learning rate `alpha`; the moments from coordinate `from` on come in blocks of `block`.
    pub(super) fn step(
        &mut self,
        alpha: f32,
        from: usize,
        block: usize,
    ) -> (Step, impl ExactSizeIterator<Item = Moments<'_>>) {
        let powers = next(self.powers);
        let step = Step { length: alpha / (1.0 - powers.0), unbias_square: 1.0 / (1.0 - powers.1) };
        (step, self.means[from..].chunks_mut(block).zip(self.squares[from..].chunks_mut(block)))
    }

    /// Ends an epoch.
    pub(super) fn end(&mut self) {
        self.powers = next(self.powers);
    }
}

impl Step {
    /// Replaces the forces in `next` by the positions to which they move `before`.
    pub(super) fn apply(self, before: &[f32], next: &mut [f32], (means, squares): Moments<'_>) {
        let (next, next_rest) = next.as_chunks_mut::<LANES>();
        let (before, before_rest) = before.as_chunks::<LANES>();
        let (means, means_rest) = means.as_chunks_mut::<LANES>();
        let (squares, squares_rest) = squares.as_chunks_mut::<LANES>();
        for (((next, before), mean), square) in next.iter_mut().zip(before).zip(means).zip(squares) {
            (*next, *mean, *square) = self.coordinates(*before, *next, *mean, *square);
        }
        let rest = next_rest.iter_mut().zip(before_rest).zip(means_rest).zip(squares_rest);
        for (((next, before), mean), square) in rest {
            ([*next], [*mean], [*square]) = self.coordinates([*before], [*next], [*mean], [*square]);
        }
    }

    /// The new positions, means and squares of some coordinates; vectors of four are not found by the compiler itself.
    #[inline(always)]
    fn coordinates<const N: usize>(
        self,
        before: [f32; N],
        force: [f32; N],
        mean: [f32; N],
        square: [f32; N],
    ) -> ([f32; N], [f32; N], [f32; N]) {
        let mean: [f32; N] = from_fn(|i| BETA1 * mean[i] + (1.0 - BETA1) * force[i]);
        let square: [f32; N] = from_fn(|i| BETA2 * square[i] + (1.0 - BETA2) * (force[i] * force[i]));
        let scale: [f32; N] = from_fn(|i| (square[i] * self.unbias_square).sqrt() + EPSILON);
        (from_fn(|i| before[i] + self.length * mean[i] / scale[i]), mean, square)
    }
}
