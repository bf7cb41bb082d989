//! The cross-entropy of the fuzzy graph: neighbours attract, random pairs repel.

use umap_core::math::{exp_neg, ln_normal};

/// The curve that turns distances into memberships, and how it is used.
///
/// UMAP's membership of a pair at distance d is q = 1 / (1 + x) with x = a d^(2b); a pair of neighbours costs -ln q, any
/// other -ln(1 - q). umap-learn's ParametricUMAP passes ln q through a sigmoid once more, so that its membership is
/// q = 1 / (2 + x): never more than a half, but the repulsion of near pairs is bounded. `doubled` is that one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Curve {
    a: f32,
    b: f32,
    /// What is added to x: 1 in the doubled form, else 0.
    shift: f32,
    repulsion: f32,
}

/// Added to the squared distance in the repulsion of the simple form, which has no bound without it (umap-learn's layout
/// does the same).
const NEAREST: f32 = 1e-3;

/// A pair's loss, and the derivative with respect to its squared distance.
type Pair = (f32, f32);

impl Curve {
    /// With the coefficients of the curve and the weight of repulsion.
    pub fn new(a: f64, b: f64, repulsion: f64, doubled: bool) -> Self {
        Self { a: a as f32, b: b as f32, shift: if doubled { 1.0 } else { 0.0 }, repulsion: repulsion as f32 }
    }

    /// a d^(2b), from the squared distance.
    #[inline(always)]
    fn grown(&self, squared: f32) -> f32 {
        let exponent = (self.b * ln_normal(squared.max(f32::MIN_POSITIVE))).clamp(-80.0, 80.0);
        let size = exp_neg(-exponent.abs());
        self.a * if exponent > 0.0 { 1.0 / size } else { size }
    }

    #[inline(always)]
    fn attract(&self, squared: f32) -> Pair {
        let x = self.grown(squared);
        let below = 1.0 + self.shift + x;
        (ln_normal(below), self.b * x / (squared * below))
    }

    #[inline(always)]
    fn repel(&self, squared: f32) -> Pair {
        let squared = if self.shift > 0.0 { squared } else { squared + NEAREST };
        let x = self.grown(squared);
        let (above, below) = (1.0 + self.shift + x, self.shift + x);
        let slope = -self.b * x / (squared * above * below);
        (self.repulsion * (ln_normal(above) - ln_normal(below)), self.repulsion * slope)
    }
}

/// Pairs of rows of a batch.
pub type Pairs = [(u32, u32)];

/// The mean loss of all pairs; its derivatives with respect to the places `z` are added to `dz`. A pair in one place is not
/// moved: it has no direction.
pub fn cross_entropy(z: &[f32], dims: usize, near: &Pairs, random: &Pairs, curve: &Curve, dz: &mut [f32]) -> f64 {
    let scale = 1.0 / (near.len() + random.len()).max(1) as f32;
    let mut sum = 0.0;
    let mut visit = |pairs: &Pairs, law: &dyn Fn(f32) -> Pair| {
        let mut delta = vec![0.0; dims];
        for &(i, j) in pairs {
            let (i, j) = (i as usize * dims, j as usize * dims);
            let mut squared = 0.0;
            for (axis, delta) in delta.iter_mut().enumerate() {
                *delta = z[i + axis] - z[j + axis];
                squared += *delta * *delta;
            }
            let (loss, slope) = law(squared);
            // What overflowed must not look like a distance.
            sum += if squared.is_finite() { f64::from(loss) } else { f64::NAN };
            if squared < f32::MIN_POSITIVE {
                continue;
            }
            for (axis, delta) in delta.iter().enumerate() {
                let change = 2.0 * slope * scale * delta;
                dz[i + axis] += change;
                dz[j + axis] -= change;
            }
        }
    };
    visit(near, &|squared| curve.attract(squared));
    visit(random, &|squared| curve.repel(squared));
    sum * f64::from(scale)
}
