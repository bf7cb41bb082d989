//! densMAP: radii against umap-learn's, the climb against the gradient of what it climbs, and what must always hold.

mod fits;

use crate::oracle::{fixture, floats, numbers, order};
use umap_core::csr::Csr;
use umap_core::fuzzy::radii::log_radii;
use umap_core::fuzzy::{FuzzyParams, fuzzy_simplicial_set};
use umap_core::knn::KnnGraph;
use umap_core::metric::Metric;
use umap_core::optimize::density::{Density, DensityParams};
use umap_core::optimize::force::{Force, UmapForce};
use umap_core::optimize::schedule::rates;
use umap_core::pulse::block_on;
use umap_core::random::{Random, Stream};
use umap_core::simd::F32x4;

const PARAMS: DensityParams = DensityParams { lambda: 2.0, frac: 0.3, var_shift: 0.1 };

fn nearest(points: &[f32], cols: usize, k: usize) -> KnnGraph {
    let mut graph = KnnGraph { k, ..KnnGraph::default() };
    for (row, others) in order(&Metric::Euclidean, points, cols).into_iter().enumerate() {
        let nearest = std::iter::once((0.0, row)).chain(others).take(k);
        graph.indices.extend(nearest.clone().map(|(_, id)| id as u32));
        graph.distances.extend(nearest.map(|(distance, _)| distance as f32));
    }
    graph
}

#[track_caller]
fn assert_near(found: &[f32], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    for (row, (&found, expected)) in found.iter().zip(expected).enumerate() {
        assert!((f64::from(found) - expected).abs() <= tolerance, "row {row}: {found} is not {expected}");
    }
}

#[test]
fn radii_of_points_are_umap_learns() {
    let fixture = fixture("density");
    let knn = nearest(&floats(&fixture["points"]), 4, fixture["k"].as_u64().unwrap() as usize);
    let params = FuzzyParams {
        set_op_mix_ratio: 1.0,
        local_connectivity: 1.0,
        disconnection_distance: f32::INFINITY,
        signed_distances: false,
    };
    let radii = block_on(async |pulse| {
        let fuzzy = fuzzy_simplicial_set(&knn, params, pulse).await?;
        log_radii(&fuzzy.graph, &knn, pulse).await
    });
    assert_near(&radii.unwrap(), &numbers(&fixture["radii"]), 1e-3);
}

#[test]
fn radii_of_a_layout_are_umap_learns() {
    let fixture = fixture("density");
    let integers = |name: &str| numbers(&fixture["graph"][name]).iter().map(|&x| x as u32).collect();
    let data = floats(&fixture["graph"]["data"]);
    let graph = Csr { indptr: integers("indptr"), indices: integers("indices"), data };
    let (a, b) = (fixture["a"].as_f64().unwrap(), fixture["b"].as_f64().unwrap());
    let density = Density::new(&floats(&fixture["radii"]), a, b, PARAMS);
    let radii = block_on(async |pulse| {
        let edges = rates(&graph, 4000, pulse).await?;
        density.radii(&edges, &floats(&fixture["embedding"]), 2, pulse).await
    });
    let radii = radii.unwrap();
    // The curve is a table, within 6e-3.
    assert_near(&radii.logs(), &numbers(&fixture["layout_radii"]), 5e-3);
    let close = |found: f64, name: &str| (found / fixture[name].as_f64().unwrap() - 1.0).abs() < 2e-3;
    assert!(close(radii.variance(), "variance") && close(radii.covariance(), "covariance"), "{radii:?}");
}

/// A ring with chords and random weights.
fn ring(rows: u32) -> Csr {
    let random = Random::new(4, Stream::Sample);
    let mut graph = Csr { indptr: vec![0], ..Csr::default() };
    for i in 0..rows {
        let mut others: Vec<u32> = [1, 2, 7, rows - 7, rows - 2, rows - 1].map(|step| (i + step) % rows).to_vec();
        others.sort_unstable();
        graph.data.extend(others.iter().map(|&j| 0.05 + 0.95 * random.at(i.min(j)).uniform(i.max(j))));
        graph.indices.extend(others);
        graph.indptr.push(graph.indices.len() as u32);
    }
    graph
}

fn start(rows: u32, dims: usize, scale: f32) -> Vec<f32> {
    let random = Random::new(9, Stream::Layout);
    (0..rows * dims as u32).map(|i| scale * random.uniform(i)).collect()
}

/// What is climbed, in f64.
fn objective(edges: &Csr<u32>, wanted: &[f64], positions: &[f64], dims: usize, (a, b): (f64, f64)) -> f64 {
    let n = wanted.len() as f64;
    let radius = |i: usize| {
        let (mut sum, mut total) = (0.0, 0.0);
        for &j in edges.row(i).0 {
            let pairs = positions[i * dims..][..dims].iter().zip(&positions[j as usize * dims..][..dims]);
            let squared = pairs.map(|(x, y)| (x - y).powi(2)).sum::<f64>();
            let phi = 1.0 / (1.0 + a * squared.powf(b));
            (sum, total) = (sum + phi * squared, total + phi);
        }
        (sum / total + 1e-6 * a.powf(-1.0 / b)).ln()
    };
    let radii: Vec<f64> = (0..wanted.len()).map(radius).collect();
    let mean = radii.iter().sum::<f64>() / n;
    let variance = radii.iter().map(|r| (r - mean).powi(2)).sum::<f64>() / n;
    let covariance = radii.iter().zip(wanted).map(|(r, w)| r * w).sum::<f64>() / n;
    let memberships = edges.data.iter().map(|&rate| f64::from(rate)).sum::<f64>() / 4_294_967_296.0;
    PARAMS.lambda * memberships * covariance / (variance + PARAMS.var_shift).sqrt()
}

#[test]
fn the_climb_is_the_gradient_of_the_correlation() {
    let rows = 40;
    let graph = ring(rows);
    let random = Random::new(6, Stream::Sample);
    let log_radii: Vec<f32> = (0..rows).map(|i| 3.0 * random.uniform(i)).collect();
    let n = f64::from(rows);
    let mean = log_radii.iter().map(|&x| f64::from(x)).sum::<f64>() / n;
    let deviation = (log_radii.iter().map(|&x| (f64::from(x) - mean).powi(2)).sum::<f64>() / n).sqrt();
    let wanted: Vec<f64> = log_radii.iter().map(|&x| (f64::from(x) - mean) / deviation).collect();
    for (dims, scale, (a, b)) in [(2, 3.0, (1.577, 0.895)), (3, 1.0, (0.583, 1.334)), (5, 2.0, (1.9, 0.7))] {
        let positions = start(rows, dims, scale);
        let density = Density::new(&log_radii, a, b, PARAMS);
        let base = UmapForce::new(a, b, 1.0);
        let (edges, climb) = block_on(async |pulse| {
            let edges = rates(&graph, 500, pulse).await?;
            let radii = density.radii(&edges, &positions, dims, pulse).await?;
            let force = density.force(&base, &edges, &radii, pulse).await?;
            let mut climb = vec![0.0_f64; positions.len()];
            for i in 0..rows as usize {
                for &j in edges.row(i).0 {
                    let difference = |axis: usize| positions[i * dims + axis] - positions[j as usize * dims + axis];
                    let squared = (0..dims).map(|axis| difference(axis).powi(2)).sum::<f32>();
                    let [pull, ..] = force.pull(i as u32, &[j; 4], F32x4::splat(squared)).to_array();
                    (0..dims).for_each(|axis| climb[i * dims + axis] += f64::from(pull * difference(axis)));
                }
            }
            umap_core::Result::Ok((edges, climb))
        })
        .unwrap();
        let mut positions: Vec<f64> = positions.iter().map(|&x| x.into()).collect();
        let mut value_at = |at: usize, step: f64| {
            let before = positions[at];
            positions[at] = before + step;
            let value = objective(&edges, &wanted, &positions, dims, (a, b));
            positions[at] = before;
            value
        };
        let slopes: Vec<f64> = (0..climb.len()).map(|at| (value_at(at, 1e-5) - value_at(at, -1e-5)) / 2e-5).collect();
        let norm = |values: &[f64]| values.iter().map(|x| x * x).sum::<f64>().sqrt();
        let off: Vec<f64> = climb.iter().zip(&slopes).map(|(x, y)| x - y).collect();
        assert!(norm(&off) < 0.01 * norm(&slopes), "{dims} dimensions: {} of {}", norm(&off), norm(&slopes));
    }
}
