//! Memberships of new rows, and where they lead.

use super::{model, options, placed, places};
use crate::oracle::{self, integers};
use umap_core::csr::Csr;
use umap_core::metric::Metric;
use umap_core::random::{Random, Stream};
use umap_core::transform::Transformed;
use umap_core::umap::UmapModel;

/// In f64: the nearest 8 rows with their distances, and the scale at which their memberships sum to log2(8).
fn nearest_and_scale(metric: Metric, data: &[f32], row: &[f32]) -> (Vec<(f64, u32)>, f64) {
    let distances = data.chunks_exact(row.len()).map(|other| oracle::distance(&metric, row, other));
    let mut near: Vec<(f64, u32)> = distances.zip(0..).collect();
    near.sort_by(|a, b| a.partial_cmp(b).unwrap());
    near.truncate(9);
    let sum = |sigma: f64| near[1..8].iter().map(|(d, _)| (-d / sigma).exp()).sum::<f64>();
    let (mut low, mut high) = (0.0, 1e9);
    for _ in 0..200 {
        let middle = (low + high) / 2.0;
        if sum(middle) > 3.0 { high = middle } else { low = middle }
    }
    (near, low)
}

#[test]
fn memberships_are_umap_learns() {
    for metric in [Metric::Euclidean, Metric::Cosine, Metric::Manhattan] {
        let (data, asked) = (integers(300, 7, 8), integers(40, 7, 9));
        let graph = memberships(&model(&data, 7, &options(metric.clone(), r#","transformMode":"graph""#)), &asked);
        assert_eq!((graph.rows(), graph.indptr[40]), (40, graph.indices.len() as u32));
        for (i, row) in asked.chunks_exact(7).enumerate() {
            let (mut near, scale) = nearest_and_scale(metric.clone(), &data, row);
            let tied = near[7].0 == near[8].0;
            near.truncate(8);
            let (columns, weights) = graph.row(i);
            assert!(columns.is_sorted() && columns.len() == 8);
            let mut expected: Vec<f64> = near.iter().map(|(d, _)| (-d / scale).exp()).collect();
            let mut found: Vec<f64> = weights.iter().map(|&x| x.into()).collect();
            expected.sort_by(f64::total_cmp);
            found.sort_by(f64::total_cmp);
            assert!(
                found.iter().zip(&expected).all(|(a, b)| (a - b).abs() < 1e-3),
                "{metric:?}: {found:?} {expected:?}"
            );
            if !tied {
                let mut rows: Vec<u32> = near.iter().map(|&(_, row)| row).collect();
                rows.sort_unstable();
                assert_eq!(columns, rows, "{metric:?}");
            }
        }
    }
}

/// In f64, around every neighbour: the mean of those that lie closest together and have a third of the shares.
#[test]
fn rows_go_to_where_their_neighbours_lie_closest_together() {
    for dims in [2, 3] {
        let noise = Random::new(3, Stream::Noise);
        let data: Vec<f32> = (0..300 * 7).map(|i| noise.normal(i)).collect();
        let asked: Vec<f32> = (5000..5000 + 60 * 7).map(|i| noise.normal(i)).collect();
        let fitted = model(&data, 7, &options(Metric::Euclidean, &format!(r#","nComponents":{dims}"#)));
        let place_of = |row: u32| fitted.fitted.embedding[row as usize * dims..][..dims].iter().map(|&x| f64::from(x));
        let distance = |a: u32, b: u32| place_of(a).zip(place_of(b)).map(|(x, y)| (x - y).powi(2)).sum::<f64>().sqrt();
        let found = places(&fitted, &asked);
        for (row, found) in asked.chunks_exact(7).zip(found.chunks_exact(dims)) {
            let (near, scale) = nearest_and_scale(Metric::Euclidean, &data, row);
            let shares: Vec<(u32, f64)> =
                near[..8].iter().map(|&(d, id)| (id, (-d / scale).exp() / (d / scale + 1e-3))).collect();
            let wanted = shares.iter().map(|(_, share)| share).sum::<f64>() / 3.0;
            let balls = shares.iter().map(|&(centre, _)| {
                let mut others: Vec<(f64, u32, f64)> =
                    shares.iter().map(|&(id, share)| (distance(centre, id), id, share)).collect();
                others.sort_by(|a, b| a.partial_cmp(b).unwrap());
                let (mut sum, mut count) = (0.0, 0);
                while sum < wanted {
                    sum += others[count].2;
                    count += 1;
                }
                others.truncate(count);
                (others[count - 1].0, others)
            });
            let (_, closest) = balls.min_by(|a, b| a.0.total_cmp(&b.0)).unwrap();
            let total: f64 = closest.iter().map(|(_, _, share)| share).sum();
            let mut expected = vec![0.0; dims];
            for (_, id, share) in closest {
                expected.iter_mut().zip(place_of(id)).for_each(|(x, y)| *x += share / total * y);
            }
            for (&found, expected) in found.iter().zip(&expected) {
                assert!((f64::from(found) - expected).abs() < 1e-3, "{found} {expected}");
            }
        }
    }
}

fn memberships(model: &UmapModel, asked: &[f32]) -> Csr {
    match placed(model, asked).unwrap() {
        Transformed::Graph(graph) => graph,
        Transformed::Embedding(_) => panic!("no graph"),
    }
}

#[test]
fn rows_without_neighbours_have_no_place_and_rows_of_the_model_without_one_attract_nobody() {
    let mut data = integers(200, 5, 2);
    data[5..10].fill(500.0);
    let far = r#","disconnectionDistance":50"#;
    let fitted = model(&data, 5, &options(Metric::Euclidean, far));
    assert!(fitted.fitted.embedding[2].is_nan());
    // The second is near the row that has no place, the third is near nothing.
    let asked = [&data[50..55], &[501.0; 5][..], &[-900.0; 5][..], &data[60..65]].concat();
    let found = places(&fitted, &asked);
    let finite: Vec<bool> = found.chunks_exact(2).map(|place| place.iter().all(|x| x.is_finite())).collect();
    assert_eq!(finite, [true, false, false, true]);
    assert!(found[2..6].iter().all(|x| x.is_nan()));
    let graph = memberships(
        &model(&data, 5, &options(Metric::Euclidean, &format!(r#"{far},"transformMode":"graph""#))),
        &asked,
    );
    assert_eq!((graph.row(1).0, graph.row(2).0), (&[1][..], &[][..]));
}
