//! The fit of a and b, against the values that umap-learn 0.5.12 prints.

use umap_core::curve::find_ab;
use umap_core::math::{exp, pow};

/// (spread, min_dist, a, b).
const UMAP_LEARN: [(f64, f64, f64, f64); 9] = [
    (1.0, 0.1, 1.57694346, 0.89506088),
    (1.0, 0.0, 1.93280840, 0.79049497),
    (1.0, 0.01, 1.89560587, 0.80063784),
    (1.0, 0.25, 1.12143634, 1.05749988),
    (1.0, 0.5, 0.58303002, 1.33416699),
    (1.0, 0.99, 0.11930530, 1.91639042),
    (1.0, 1.0, 0.11497568, 1.92923714),
    (2.0, 0.5, 0.25887874, 1.05749970),
    (0.5, 0.1, 5.06930933, 1.00300543),
];

#[test]
fn equals_umap_learn_to_1e_5() {
    for (spread, min_dist, a, b) in UMAP_LEARN {
        let (found_a, found_b) = find_ab(spread, min_dist);
        assert!((found_a / a - 1.0).abs() < 1e-5, "spread {spread}, min_dist {min_dist}: a = {found_a}, not {a}");
        assert!((found_b / b - 1.0).abs() < 1e-5, "spread {spread}, min_dist {min_dist}: b = {found_b}, not {b}");
    }
}

fn squared_error(spread: f64, min_dist: f64, a: f64, b: f64) -> f64 {
    let error = |x: f64| {
        let target = if x < min_dist { 1.0 } else { exp((min_dist - x) / spread) };
        target - 1.0 / (1.0 + a * pow(x, 2.0 * b))
    };
    (0..300).map(|i| error(3.0 * spread * f64::from(i) / 299.0)).map(|e| e * e).sum()
}

#[test]
fn no_nearby_curve_is_closer_at_any_scale() {
    for spread in [1e-6, 1e-2, 1.0, 37.0, 1e5] {
        for part in [0.0, 0.05, 0.3, 0.8, 1.0] {
            let min_dist = part * spread;
            let (a, b) = find_ab(spread, min_dist);
            let least = squared_error(spread, min_dist, a, b);
            assert!(least.is_finite() && a > 0.0 && b > 0.0);
            for (by_a, by_b) in [(1.001, 1.0), (0.999, 1.0), (1.0, 1.001), (1.0, 0.999)] {
                let nearby = squared_error(spread, min_dist, a * by_a, b * by_b);
                assert!(nearby >= least, "spread {spread}, min_dist {min_dist}: {by_a} a, {by_b} b is closer");
            }
        }
    }
}
