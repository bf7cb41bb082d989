//! How metrics follow from the columns that two rows have in common: what a value adds where the other row has 0 is summed once
//! for each row; of a pair only the common columns are visited, and what they add alone is taken off again.
//!
//! All sums are in 64 bits and in the order of the columns, however rows are compared. So what equal rows take off is the same
//! bits as their sums, and they are at distance 0.

use crate::error::{Result, UmapError};
use crate::metric::{Counts, Metric, MetricName, Share, log_beta, log_single_beta};

/// What is summed over a row alone.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct RowFacts {
    /// How many entries it has.
    pub(super) count: u32,
    /// What its entries add alone.
    pub(super) alone: [f64; 2],
    /// Sums that only the end needs.
    pub(super) own: [f64; 2],
}

/// A metric of common columns.
pub(super) trait Scheme: Copy {
    /// What a value adds where the other row has 0.
    fn alone(self, x: f64) -> [f64; 2];
    /// What two values in one column add, less what both add alone.
    fn shared(self, x: f64, y: f64) -> [f64; 2];
    /// What the kernel of the metric would compute of all columns.
    fn finish(self, sums: [f64; 2], a: &RowFacts, b: &RowFacts) -> f64;
    /// Sums of a row that only the end needs.
    fn own(self, _: &[f32]) -> [f64; 2] {
        [0.0; 2]
    }
}

/// Calls `$then` with the scheme of a metric.
macro_rules! with_scheme {
    ($metric:expr, $cols:expr, $then:expr) => {{
        use $crate::kinds::sparse::{scheme as s, sums};
        use $crate::metric::MetricName as N;
        let (metric, n) = (&$metric, $cols as f64);
        match metric.name() {
            N::Manhattan => $then(sums::Absolute),
            N::Minkowski => $then(sums::Powers(metric.parameter().into())),
            N::Canberra => $then(sums::Canberra),
            N::Braycurtis => $then(sums::BrayCurtis),
            N::Hamming => $then(sums::Hamming),
            N::InnerProduct => $then(sums::InnerProduct),
            N::Correlation => $then(s::Correlation(n)),
            N::LlDirichlet => $then(s::Dirichlet),
            _ => match metric.share() {
                Some(share) => $then(s::Truth { share, all: n }),
                None => $then(sums::Squares { has_axis: metric.form().has_axis() }),
            },
        }
    }};
}
pub(super) use with_scheme;

/// Errs unless there is a scheme for the metric.
pub(super) fn check(metric: &Metric) -> Result<()> {
    use MetricName::{
        Cosine, Dot, Euclidean, Haversine, Hellinger, Mahalanobis, Poincare, Seuclidean, SoftmaxHellinger, Spearmanr,
        Sqeuclidean, SymmetricKl, TrueAngular, Wasserstein1d,
    };
    match metric.name() {
        Haversine | Mahalanobis | Poincare | SoftmaxHellinger | Spearmanr | SymmetricKl | Wasserstein1d => {
            let expected = "a metric of sparse rows: this one would compare zeros too, so make the rows dense";
            Err(UmapError::parameter("metric", expected, metric.label()))
        }
        // Sums of squares, of rows in their form.
        Cosine | Dot | Euclidean | Hellinger | Seuclidean | Sqeuclidean | TrueAngular => Ok(()),
        _ => Ok(()),
    }
}

/// What is summed over a row alone.
pub(super) fn facts(metric: &Metric, row: &[f32]) -> RowFacts {
    fn of<S: Scheme>(scheme: S, row: &[f32]) -> RowFacts {
        let mut facts = RowFacts { count: row.len() as u32, own: scheme.own(row), ..RowFacts::default() };
        for &x in row {
            let alone = scheme.alone(x.into());
            facts.alone[0] += alone[0];
            facts.alone[1] += alone[1];
        }
        facts
    }
    // The greatest difference is no sum.
    if metric.name() == MetricName::Chebyshev {
        return RowFacts { count: row.len() as u32, ..RowFacts::default() };
    }
    // No scheme's sums of one row depend on the number of columns.
    with_scheme!(*metric, 0, |scheme| of(scheme, row))
}

/// Products, from which the means of so many columns are taken at the end. Twice the distance, as between rows of length 1.
#[derive(Clone, Copy)]
pub(super) struct Correlation(pub(super) f64);

/// Of the squares of a row, what rounding may leave where the row is constant.
const CONSTANT: f64 = 1e-12;

impl Scheme for Correlation {
    #[inline(always)]
    fn alone(self, _: f64) -> [f64; 2] {
        [0.0; 2]
    }
    #[inline(always)]
    fn shared(self, x: f64, y: f64) -> [f64; 2] {
        [x * y, 0.0]
    }
    fn finish(self, [product, _]: [f64; 2], a: &RowFacts, b: &RowFacts) -> f64 {
        let variance = |row: &RowFacts| match row.own[1] - row.own[0] * row.own[0] / self.0 {
            rest if rest > CONSTANT * row.own[1] => rest,
            _ => 0.0,
        };
        let (x, y, both) = (variance(a), variance(b), product - a.own[0] * b.own[0] / self.0);
        match (x == 0.0, y == 0.0) {
            (true, true) => 0.0,
            (false, false) => 2.0 * (1.0 - both / (x * y).sqrt()).max(0.0),
            _ => 2.0,
        }
    }
    fn own(self, row: &[f32]) -> [f64; 2] {
        let mut own = [0.0; 2];
        for x in row.iter().map(|&x| f64::from(x)) {
            own[0] += x;
            own[1] += x * x;
        }
        own
    }
}

/// umap-learn's log-likelihood distance of counts.
#[derive(Clone, Copy)]
pub(super) struct Dirichlet;

impl Scheme for Dirichlet {
    fn alone(self, _: f64) -> [f64; 2] {
        [0.0; 2]
    }
    fn shared(self, x: f64, y: f64) -> [f64; 2] {
        [log_beta(x, y), 0.0]
    }
    fn finish(self, [beta, _]: [f64; 2], a: &RowFacts, b: &RowFacts) -> f64 {
        crate::metric::dirichlet_of(beta, a.own, b.own)
    }
    fn own(self, row: &[f32]) -> [f64; 2] {
        let mut own = [0.0; 2];
        for x in row.iter().map(|&x| f64::from(x)) {
            own[0] += x;
            own[1] += log_single_beta(x);
        }
        own
    }
}

/// Counts of what is true, of so many columns.
#[derive(Clone, Copy)]
pub(super) struct Truth {
    pub(super) share: Share,
    pub(super) all: f64,
}

impl Scheme for Truth {
    #[inline(always)]
    fn alone(self, _: f64) -> [f64; 2] {
        [0.0; 2]
    }
    #[inline(always)]
    fn shared(self, _: f64, _: f64) -> [f64; 2] {
        [1.0, 0.0]
    }
    fn finish(self, [both, _]: [f64; 2], a: &RowFacts, b: &RowFacts) -> f64 {
        (self.share)(Counts::new(both, [f64::from(a.count), f64::from(b.count)], self.all))
    }
}
