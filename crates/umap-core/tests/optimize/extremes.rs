//! Tiny graphs, copies of a point, large scales, vertices without edges: what must stay finite.

use super::{DEFAULTS, bits, graph_of, layout, layout_by, random_graph, start};
use umap_core::csr::Csr;
use umap_core::curve::find_ab;
use umap_core::optimize::LayoutParams;
use umap_core::optimize::force::UmapForce;

#[test]
fn tiny_graphs_and_points_in_one_place_stay_finite() {
    for rows in [2_u32, 3] {
        let pairs = (0..rows).flat_map(|i| (0..rows).map(move |j| (i, j))).filter(|(i, j)| i != j);
        let graph = graph_of(rows, pairs.map(|(i, j)| (i, j, 1.0)));
        for initial in [start(rows, 2), vec![3.0; rows as usize * 2]] {
            assert!(layout(&graph, initial, 2, DEFAULTS).iter().all(|x| x.is_finite()));
        }
    }
    let one_place = layout(&random_graph(300, 10), vec![1.0; 600], 2, DEFAULTS);
    assert!(one_place.iter().all(|x| x.is_finite()));
    let alone = Csr { indptr: vec![0, 0], ..Csr::default() };
    assert_eq!(layout(&alone, vec![1.0, 2.0], 2, DEFAULTS), [1.0, 2.0]);
    assert!(layout(&Csr { indptr: vec![0], ..Csr::default() }, vec![], 2, DEFAULTS).is_empty());
}

#[test]
fn copies_of_a_point_come_apart() {
    // Two vertices in one place with the same neighbours, and others elsewhere.
    let (graph, mut initial) = (random_graph(300, 11), start(300, 2));
    initial.copy_within(20..22, 22);
    let embedding = layout(&graph, initial, 2, DEFAULTS);
    assert_ne!(embedding[20..22], embedding[22..24]);
}

#[test]
fn large_scales_stay_finite_and_keep_their_scale() {
    for spread in [1e-3, 1e3, 1e5] {
        let (a, b) = find_ab(spread, 0.1 * spread);
        let params = LayoutParams { n_epochs: 100, ..DEFAULTS };
        let initial = start(400, 2).iter().map(|x| x * 1e4).collect();
        let embedding = layout_by(&random_graph(400, 12), initial, 2, params, UmapForce::new(a, b, 1.0));
        assert!(embedding.iter().all(|x| x.is_finite()));
    }
}

#[test]
fn vertices_without_edges_are_nan_and_disturb_nobody() {
    let lone = [3_u32, 77, 149];
    let full = random_graph(150, 13);
    let edges = (0..150_u32).flat_map(|i| {
        let (columns, weights) = full.row(i as usize);
        columns.iter().zip(weights).map(move |(&j, &weight)| (i, j, weight)).collect::<Vec<_>>()
    });
    let graph = graph_of(150, edges.filter(|(i, j, _)| !lone.contains(i) && !lone.contains(j)));
    let here = layout(&graph, start(150, 2), 2, DEFAULTS);
    let mut moved = start(150, 2);
    lone.iter().for_each(|&i| moved[i as usize * 2] = -5e3);
    let there = layout(&graph, moved, 2, DEFAULTS);
    assert_eq!(bits(&here), bits(&there));
    for i in 0..150 {
        assert_eq!(here[2 * i].is_nan() && here[2 * i + 1].is_nan(), lone.contains(&(i as u32)));
    }
    let none = Csr { indptr: vec![0; 5], ..Csr::default() };
    assert!(layout(&none, start(4, 2), 2, DEFAULTS).iter().all(|x| x.is_nan()));
}
