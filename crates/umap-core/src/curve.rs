//! The low-dimensional curve 1 / (1 + a d^(2b)).

use crate::math::{exp, ln, pow};

/// Coefficients (a, b) of the curve closest (least squares at 300 distances from 0 to `3 spread`, as in umap-learn) to
/// 1 up to `min_dist` and exp(-(d - min_dist) / spread) beyond it.
///
/// Fitted by Levenberg-Marquardt from (1, 1) with distances in units of `spread`: d = spread u gives
/// a = a' spread^(-2b), so convergence depends on `min_dist / spread` alone.
pub fn find_ab(spread: f64, min_dist: f64) -> (f64, f64) {
    let samples = samples(min_dist / spread);
    let (mut a, mut b) = (1.0, 1.0);
    let mut fit = Fit::at(&samples, a, b);
    let mut damping = 1e-3;
    for _ in 0..200 {
        let (da, db) = fit.step(damping);
        let tried = Fit::at(&samples, a + da, b + db);
        // The curve means nothing for a or b at or below 0.
        if a + da > 0.0 && b + db > 0.0 && tried.cost <= fit.cost {
            (a, b, fit) = (a + da, b + db, tried);
            damping *= 0.1;
            if da.abs() < 1e-12 * a && db.abs() < 1e-12 * b {
                break;
            }
        } else {
            damping *= 10.0;
            // No step however short gets closer: converged to rounding.
            if damping > 1e12 {
                break;
            }
        }
    }
    (a * pow(spread, -2.0 * b), b)
}

/// ln u and the target at each u; at u = 0 curve and target are both 1 whatever a and b, so it is left out.
fn samples(min_dist: f64) -> Vec<(f64, f64)> {
    let target = |u: f64| if u < min_dist { 1.0 } else { exp(min_dist - u) };
    (1..300).map(|i| 3.0 * f64::from(i) / 299.0).map(|u| (ln(u), target(u))).collect()
}

/// The normal equations at one (a, b): J'J as (aa, ab, bb), J'r as (a, b), and the sum of squared residuals.
struct Fit {
    hessian: (f64, f64, f64),
    gradient: (f64, f64),
    cost: f64,
}

impl Fit {
    fn at(samples: &[(f64, f64)], a: f64, b: f64) -> Self {
        let mut fit = Self { hessian: (0.0, 0.0, 0.0), gradient: (0.0, 0.0), cost: 0.0 };
        for &(ln_u, target) in samples {
            let power = exp(2.0 * b * ln_u);
            let curve = 1.0 / (1.0 + a * power);
            let by_a = -curve * curve * power;
            let by_b = by_a * a * 2.0 * ln_u;
            let residual = target - curve;
            fit.hessian.0 += by_a * by_a;
            fit.hessian.1 += by_a * by_b;
            fit.hessian.2 += by_b * by_b;
            fit.gradient.0 += by_a * residual;
            fit.gradient.1 += by_b * residual;
            fit.cost += residual * residual;
        }
        fit
    }

    /// Solves (J'J + damping diag(J'J)) step = J'r.
    fn step(&self, damping: f64) -> (f64, f64) {
        let (aa, ab, bb) = self.hessian;
        let (aa, bb) = (aa * (1.0 + damping), bb * (1.0 + damping));
        let determinant = aa * bb - ab * ab;
        let (ga, gb) = self.gradient;
        ((bb * ga - ab * gb) / determinant, (aa * gb - ab * ga) / determinant)
    }
}
