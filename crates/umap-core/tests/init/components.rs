//! Graphs in pieces: where their components lie, and how they are turned.

use super::{COLS, axis, blobs, check, correlation, covariance, csr, layout, neighbor_graph, no_edges, points};
use umap_core::init::{InitUsed, Placement};
use umap_core::params::Init;
use umap_core::procrustes::Similarity;
use umap_core::pulse::block_on;
use umap_core::random::{Random, Stream};

#[test]
fn blobs_are_apart_and_their_points_together() {
    use Placement::{Axes, Centroids, Pca, Random};
    for (count, placed, unseen) in
        [(2, Centroids, Axes), (5, Centroids, Random), (50, Centroids, Random), (600, Pca, Random)]
    {
        let size = if count > 100 { 20 } else { 60 };
        let data = blobs(count, size);
        let graph = neighbor_graph(&data, size, 8);
        for (points, placement) in [(Some(&points(&data, COLS)), placed), (None, unseen)] {
            let found = layout(points, &graph, Init::Spectral, 2);
            check(&found, count * size, 2);
            let components = count as u32;
            assert_eq!(found.used, InitUsed::SpectralComponents { components, placement }, "{:?}", found.note);
            // The room of a component reaches half way to its neighbours: few points are nearer to another's centre.
            let centers: Vec<[f32; 2]> = found.data.chunks(size * 2).map(center).collect();
            let near = |p: &[f32], c: &[f32; 2]| (p[0] - c[0]).powi(2) + (p[1] - c[1]).powi(2);
            let astray = found.data.chunks(2).enumerate().filter(|(i, p)| {
                let own = near(p, &centers[i / size]);
                centers.iter().any(|c| near(p, c) < own * 0.999)
            });
            let astray = astray.count() as f64 / (count * size) as f64;
            assert!(astray < 0.15, "{count} blobs: {astray} nearer to another blob's center");
        }
    }
}

/// Long blobs, each turned in its own way, one of them far from the others.
fn long_blobs(places: &[[f32; 2]], size: usize) -> Vec<f32> {
    let random = Random::new(3, Stream::Sample);
    let row = |i: usize| {
        let ([x, y], turn) = (places[i / size], 0.9 * (i / size) as f32);
        let [along, across] = [0, 1].map(|k| random.at(i as u32).normal(k));
        let (along, across) = (4.0 * along, across);
        let place = [x + along * turn.cos() - across * turn.sin(), y + along * turn.sin() + across * turn.cos()];
        [place[0], place[1], 0.01 * along, 0.0, 0.0, 0.0]
    };
    (0..places.len() * size).flat_map(row).collect()
}

#[test]
fn components_lie_and_are_turned_as_their_points() {
    let (size, k) = (150, 12);
    let places = [[0.0, 0.0], [30.0, 5.0], [20.0, 40.0], [160.0, 10.0]];
    let data = long_blobs(&places, size);
    let found = layout(Some(&points(&data, COLS)), &neighbor_graph(&data, size, k), Init::Spectral, 2);
    assert_eq!(found.used, InitUsed::SpectralComponents { components: 4, placement: Placement::Centroids });
    let distances = |data: &[f32], dims: usize, rows: &[usize]| -> Vec<f64> {
        let row = |i: usize| &data[i * dims..][..2];
        let pair =
            |i: usize, j: usize| row(i).iter().zip(row(j)).map(|(a, b)| f64::from((a - b) * (a - b))).sum::<f64>();
        rows.iter().flat_map(|&i| rows.iter().map(move |&j| pair(i, j).sqrt())).collect()
    };
    let some: Vec<usize> = (0..data.len() / COLS).step_by(7).collect();
    let kept = correlation(&distances(&data, COLS, &some), &distances(&found.data, 2, &some));
    assert!(kept > 0.93, "{kept}");
    // Each is turned as its points are, seen as the whole is.
    let mut seen: Vec<f32> = data.chunks_exact(COLS).flat_map(|row| [row[0], row[1]]).collect();
    let pairs = pairs_of(&seen, &found.data);
    let whole = block_on(async |pulse| Similarity::of_pairs(pairs, 2, true, pulse).await).unwrap();
    whole.apply(&mut seen);
    for (seen, own) in seen.chunks(size * 2).zip(found.data.chunks(size * 2)) {
        let product = |a: &[f32], b: &[f32]| {
            covariance(&axis(a, 2, 0), &axis(b, 2, 0)) + covariance(&axis(a, 2, 1), &axis(b, 2, 1))
        };
        let alike = product(seen, own) / (product(seen, seen) * product(own, own)).sqrt();
        // Eigenvectors bend a long component: not more.
        assert!(alike > 0.5, "{alike}");
    }
}

fn pairs_of<'a>(from: &'a [f32], to: &'a [f32]) -> impl Iterator<Item = [&'a [f32]; 2]> + Clone {
    from.chunks_exact(2).zip(to.chunks_exact(2)).map(|(from, to)| [from, to])
}

#[test]
fn components_of_equal_points_lie_anywhere() {
    for count in [2, 4, 5, 40] {
        let (size, data) = (10, vec![2.5; count * 10 * COLS]);
        let graph = neighbor_graph(&data, size, 4);
        let found = layout(Some(&points(&data, COLS)), &graph, Init::Spectral, 2);
        check(&found, count * size, 2);
        let placement = if count <= 4 { Placement::Axes } else { Placement::Random };
        assert_eq!(found.used, InitUsed::SpectralComponents { components: count as u32, placement });
    }
}

#[test]
fn components_around_one_centre_have_room() {
    let size = 200;
    let ring = |i: usize| {
        let (angle, radius) = (i as f32 / size as f32 * std::f32::consts::TAU, 1.0 + 4.0 * (i / size) as f32);
        [radius * angle.cos(), radius * angle.sin(), 0.0, 0.0, 0.0, 0.0]
    };
    let data: Vec<f32> = (0..3 * size).flat_map(ring).collect();
    let found = layout(Some(&points(&data, COLS)), &neighbor_graph(&data, size, 6), Init::Spectral, 2);
    check(&found, 3 * size, 2);
    for rows in found.data.chunks(size * 2) {
        let width = |k: usize| {
            let values = axis(rows, 2, k);
            values.iter().copied().fold(f64::NEG_INFINITY, f64::max)
                - values.iter().copied().fold(f64::INFINITY, f64::min)
        };
        assert!(width(0) > 0.3 && width(1) > 0.3, "{} x {}", width(0), width(1));
    }
}

fn center(rows: &[f32]) -> [f32; 2] {
    let mean = |k: usize| rows.iter().skip(k).step_by(2).sum::<f32>() / (rows.len() / 2) as f32;
    [mean(0), mean(1)]
}

#[test]
fn thousands_of_isolated_points_and_of_pairs() {
    let n = 6000;
    let data = blobs(1, n);
    let with = points(&data, COLS);
    // All isolated: nothing for eigenvectors, so principal components, or random without points.
    let found = layout(Some(&with), &no_edges(n), Init::Spectral, 2);
    check(&found, n, 2);
    assert_eq!(found.used, InitUsed::Pca);
    assert!(found.note.unwrap().contains("principal components instead"));
    assert_eq!(layout(None, &no_edges(n), Init::Spectral, 2).used, InitUsed::Random);
    // Pairs: components too small for eigenvectors.
    let pairs: Vec<_> = (0..n as u32).map(|i| [(i ^ 1, 1.0)].into()).collect();
    let found = layout(Some(&with), &csr(&pairs), Init::Spectral, 2);
    check(&found, n, 2);
    assert_eq!(found.used, InitUsed::SpectralComponents { components: 3000, placement: Placement::Pca });
    // One component among isolated points keeps its room.
    let mut graph = neighbor_graph(&data[..200 * COLS], 200, 8);
    graph.indptr.resize(n + 1, graph.data.len() as u32);
    let found = layout(Some(&with), &graph, Init::Spectral, 3);
    check(&found, n, 3);
    let own = axis(&found.data[..600], 3, 0);
    let width = own.iter().copied().fold(0.0, f64::max) - own.iter().copied().fold(10.0, f64::min);
    assert!(width > 5.0, "the component has room: {width}");
}
