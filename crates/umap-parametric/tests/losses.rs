//! Every loss: its value and its derivatives against the definition in f64.

use crate::oracle::{assert_slopes, numbers, wide};
use umap_parametric::loss::correlation::correlation_loss;
use umap_parametric::loss::graph::{Curve, cross_entropy};
use umap_parametric::loss::landmarks::{LandmarkLoss, landmark_loss};
use umap_parametric::loss::reconstruction::ReconstructionLoss;

const DIMS: usize = 3;
const ROWS: usize = 12;

fn near(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-5 * expected.abs().max(1.0), "{found} instead of {expected}");
}

fn squared(z: &[f64], i: u32, j: u32) -> f64 {
    let row = |i: u32| &z[i as usize * DIMS..][..DIMS];
    row(i).iter().zip(row(j)).map(|(a, b)| (a - b).powi(2)).sum()
}

#[test]
fn cross_entropy_in_both_forms() {
    let (a, b, repulsion) = (1.577, 0.895, 1.3);
    let attracts: Vec<(u32, u32)> = (0..9).map(|i| (i, i + 3)).collect();
    let repels: Vec<(u32, u32)> = (0..30).map(|i| (i % 9, 11 - i % 7)).filter(|(i, j)| i != j).collect();
    for scale in [0.05, 1.0, 20.0] {
        for doubled in [false, true] {
            let z: Vec<f32> = numbers(ROWS * DIMS, 4).iter().map(|z| z * scale).collect();
            let loss = |z: &[f64]| {
                let pair = |&(i, j): &(u32, u32), is_near: bool| {
                    // Repulsion of the simple form takes the squared distance 0.001 greater.
                    let extra = if is_near || doubled { 0.0 } else { 1e-3 };
                    let logit = -(a * (squared(z, i, j) + extra).powf(b)).ln_1p();
                    let q = if doubled { 1.0 / (1.0 + (-logit).exp()) } else { logit.exp() };
                    if is_near { -q.ln() } else { -(1.0 - q).ln() * repulsion }
                };
                let sum: f64 =
                    attracts.iter().map(|p| pair(p, true)).chain(repels.iter().map(|p| pair(p, false))).sum();
                sum / (attracts.len() + repels.len()) as f64
            };
            let mut dz = vec![0.0; z.len()];
            let curve = Curve::new(a, b, repulsion, doubled);
            near(cross_entropy(&z, DIMS, &attracts, &repels, &curve, &mut dz), loss(&wide(&z)));
            assert_slopes(&format!("doubled: {doubled}, scale {scale}"), &dz, &wide(&z), loss);
        }
    }
}

#[test]
fn pairs_in_one_place_and_far_apart_have_finite_losses_and_do_not_push() {
    let z = [1.0, 2.0, 3.0, 1.0, 2.0, 3.0, 1e15, -1e15, 0.0];
    for doubled in [false, true] {
        let curve = Curve::new(1.577, 0.895, 1.0, doubled);
        for pairs in [[(0, 1)], [(0, 2)]] {
            let mut dz = vec![0.0; 9];
            assert!(cross_entropy(&z, DIMS, &pairs, &pairs, &curve, &mut dz).is_finite());
            assert!(dz.iter().all(|d| d.is_finite()), "{dz:?}");
            assert!(pairs != [(0, 1)] || dz == [0.0; 9]);
        }
    }
}

#[test]
fn landmarks_of_every_kind() {
    let (z, mut targets) = (numbers(ROWS * DIMS, 5), numbers(ROWS * DIMS, 6));
    (0..4).for_each(|row| targets[row * DIMS + row % DIMS] = f32::NAN);
    let kinds = [
        LandmarkLoss::Euclidean,
        LandmarkLoss::Squared,
        LandmarkLoss::Truncated { limit: 1.1 },
        LandmarkLoss::Truncated { limit: 100.0 },
    ];
    let wide_targets = wide(&targets);
    for kind in kinds {
        let loss = |z: &[f64]| {
            let rows = (4..ROWS).map(|row| {
                let of = |values: &[f64]| values[row * DIMS..][..DIMS].to_vec();
                let squared: f64 = of(z).iter().zip(of(&wide_targets)).map(|(z, t)| (z - t).powi(2)).sum();
                match kind {
                    LandmarkLoss::Euclidean => squared.sqrt(),
                    LandmarkLoss::Squared => squared,
                    LandmarkLoss::Truncated { limit } => squared.sqrt().min(limit),
                    LandmarkLoss::Function => unreachable!("not of these"),
                }
            });
            0.7 * rows.sum::<f64>() / (ROWS - 4) as f64
        };
        let mut dz = vec![0.0; z.len()];
        near(landmark_loss(&z, DIMS, &targets, kind, 0.7, &mut dz), loss(&wide(&z)));
        assert!(dz[..4 * DIMS].iter().all(|d| *d == 0.0));
        assert_slopes(&format!("{kind:?}"), &dz, &wide(&z), loss);
    }
    let mut dz = vec![0.0; z.len()];
    let none = vec![f32::NAN; z.len()];
    assert_eq!(landmark_loss(&z, DIMS, &none, LandmarkLoss::Euclidean, 1.0, &mut dz), 0.0);
    assert_eq!(landmark_loss(&z, DIMS, &z, LandmarkLoss::Squared, 1.0, &mut dz), 0.0);
    assert!(landmark_loss(&z, DIMS, &z, LandmarkLoss::Euclidean, 1.0, &mut dz) < 1e-4);
    assert!(dz.iter().all(|d| *d == 0.0));
}

#[test]
fn reconstructions() {
    let output: Vec<f32> = numbers(60, 7).iter().map(|y| y * 8.0).collect();
    let data: Vec<f32> = numbers(60, 8).iter().map(|x| 0.5 + 0.5 * x).collect();
    let each = |y: &[f64], of: &dyn Fn(f64, f64) -> f64| {
        0.4 * y.iter().zip(&data).map(|(&y, &x)| of(y, x.into())).sum::<f64>() / 60.0
    };
    let squares = |y: &[f64]| each(y, &|y, x| (y - x).powi(2));
    let (loss, slopes) = ReconstructionLoss::MeanSquared.of(&output, &data, 0.4);
    near(loss, squares(&wide(&output)));
    assert_slopes("mean squared", &slopes, &wide(&output), squares);
    let entropy = |y: &[f64]| {
        each(y, &|y, x| {
            let q = 1.0 / (1.0 + (-y).exp());
            -x * q.ln() - (1.0 - x) * (1.0 - q).ln()
        })
    };
    let (loss, slopes) = ReconstructionLoss::CrossEntropy.of(&output, &data, 0.4);
    near(loss, entropy(&wide(&output)));
    assert_slopes("cross-entropy", &slopes, &wide(&output), entropy);
    let (loss, _) = ReconstructionLoss::CrossEntropy.of(&[500.0, -500.0], &[1.0, 0.0], 1.0);
    assert!(loss.abs() < 1e-6);
}

#[test]
fn global_correlation() {
    let cols = 5;
    let (x, z) = (numbers(ROWS * cols, 9), numbers(ROWS * DIMS, 10));
    let order = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 3, 8, 10];
    let steps = |values: &[f64], cols: usize| -> Vec<f64> {
        let row = |i: u32| &values[i as usize * cols..][..cols];
        let step = |at: &[u32]| row(at[0]).iter().zip(row(at[1])).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt();
        order.windows(2).map(step).collect()
    };
    let wanted = steps(&wide(&x), cols);
    let loss = |z: &[f64]| {
        let found = steps(z, DIMS);
        let mean = |v: &[f64]| v.iter().sum::<f64>() / v.len() as f64;
        let (a, b) = (mean(&wanted), mean(&found));
        let product =
            |u: &[f64], p: f64, v: &[f64], q: f64| -> f64 { u.iter().zip(v).map(|(u, v)| (u - p) * (v - q)).sum() };
        let lengths = product(&wanted, a, &wanted, a) * product(&found, b, &found, b);
        -0.3 * product(&wanted, a, &found, b) / lengths.sqrt()
    };
    let mut dz = vec![0.0; z.len()];
    near(correlation_loss([&x, &z], [cols, DIMS], &order, 0.3, &mut dz), loss(&wide(&z)));
    // A step from a row to itself has no direction: the others are compared.
    assert_slopes("global correlation", &dz, &wide(&z), loss);
    let mut none = vec![0.0; z.len()];
    assert_eq!(correlation_loss([&x, &vec![1.0; z.len()]], [cols, DIMS], &order, 0.3, &mut none), 0.0);
    assert_eq!(correlation_loss([&x, &z], [cols, DIMS], &[4], 0.3, &mut none), 0.0);
}
