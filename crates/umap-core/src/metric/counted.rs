//! Metrics of which columns are true (not 0) in two rows: they follow from four counts. Rows become zeros and ones, with the
//! number of ones after them; the kernel counts what is true in both.
//!
//! Formulas and zero rules are those of umap-learn (`umap/distances.py`), which for rogerstanimoto, russellrao, sokalsneath,
//! dice, jaccard and yule are scipy's.

use super::counts::{Counts, Share};
use super::facts::{Facts, Means};
use super::form::{Form, Given, Refused, put_tail, tail};
use super::kernel::{Accumulate, Parameters, strip};
use crate::simd::F32x4;

/// Of columns that differ, a part; 0 where none does.
fn part(differ: f64, of: f64) -> f64 {
    if differ == 0.0 { 0.0 } else { differ / of }
}

pub(super) const MATCHING: Facts = of(|n| n.differ() / n.all);
pub(super) const JACCARD: Facts = up_to_1(|n| part(n.differ(), n.both + n.differ()));
pub(super) const DICE: Facts = up_to_1(|n| part(n.differ(), 2.0 * n.both + n.differ()));
pub(super) const KULSINSKI: Facts = of(|n| match n.differ() {
    0.0 => 0.0,
    differ => (differ - n.both + n.all) / (differ + n.all),
});
pub(super) const ROGERSTANIMOTO: Facts = of(|n| 2.0 * n.differ() / (n.all + n.differ()));
pub(super) const RUSSELLRAO: Facts = of(|n| match n.differ() {
    0.0 => 0.0,
    _ => (n.all - n.both) / n.all,
});
pub(super) const SOKALSNEATH: Facts = of(|n| part(n.differ(), 0.5 * n.both + n.differ()));
pub(super) const YULE: Facts = of(|n| {
    let half = n.first * n.second;
    part(2.0 * half, n.both * n.neither() + half)
});

const fn of(share: Share) -> Facts {
    let facts = Facts::of_sums(strip::<Both>).with_form(Form::of(truth).with_tail());
    Facts { share: Some(share), means: Means::Unlike, ..facts }
}

const fn up_to_1(share: Share) -> Facts {
    Facts { disconnection_distance: 1.0, ..of(share) }
}

fn truth(row: &mut [f32], cols: usize, _: &Given) -> Result<(), Refused> {
    row[..cols].iter_mut().for_each(|x| *x = if *x == 0.0 { 0.0 } else { 1.0 });
    let count = row[..cols].iter().sum();
    put_tail(row, count);
    Ok(())
}

/// Columns that are true in both, then the distance.
#[derive(Clone, Copy)]
struct Both {
    all: f64,
    share: Option<Share>,
}

impl Accumulate for Both {
    type Acc = F32x4;
    const HAS_TAIL: bool = true;

    fn with(parameters: &Parameters) -> Self {
        Self { all: parameters.cols.into(), share: parameters.share }
    }

    #[inline(always)]
    fn start() -> F32x4 {
        F32x4::splat(0.0)
    }

    #[inline(always)]
    fn step(self, acc: F32x4, a: F32x4, b: F32x4) -> F32x4 {
        acc + a * b
    }

    #[inline(always)]
    fn finish(self, acc: F32x4, a: &[f32], b: &[f32]) -> f32 {
        let both = f64::from(acc.sum());
        let counts = Counts::new(both, [tail(a), tail(b)].map(f64::from), self.all);
        self.share.map_or(0.0, |share| share(counts)) as f32
    }
}
