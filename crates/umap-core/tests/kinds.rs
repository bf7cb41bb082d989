//! Kinds of rows besides rows of numbers: each gives what a slow oracle or the same rows in another kind give, through the
//! search, the fit, `transform`, the index and files.

use std::sync::Arc;

use crate::metrics::{data_for, every_metric};
use crate::oracle::same_for_all_threads;
use serde_json::json;
use umap_core::UmapError;
use umap_core::index::NeighborIndex;
use umap_core::kinds::{Bits, Distances, KnownDistances, SparseBuilder, SparsePoints, Strings};
use umap_core::knn::{KnnGraph, KnnMethod, NONE, Probe, exact, nearest_neighbors};
use umap_core::metric::{ColumnMap, Kind, Metric, MetricName};
use umap_core::params::{Params, SaveParams, UmapParams};
use umap_core::points::Points;
use umap_core::pulse::{Pulse, block_on};
use umap_core::random::{Random, Stream};
use umap_core::space::Space;
use umap_core::transform::{Transformed, transform};
use umap_core::umap::{FitInputs, Loaded, UmapFit, UmapModel};

fn search(space: &dyn Space, k: usize, force: bool) -> KnnGraph {
    block_on(async |pulse| nearest_neighbors(space, k, force, 3, pulse).await).unwrap().graph
}

/// Rows of numbers as sparse rows: entries in any order, some in two parts, zeros among them.
fn sparse(data: &[f32], cols: usize, metric: Metric) -> Result<SparsePoints, UmapError> {
    let (mut indptr, mut indices, mut values) = (vec![0], Vec::new(), Vec::new());
    for row in data.chunks_exact(cols) {
        for (col, &x) in row.iter().enumerate().rev() {
            if x != 0.0 || col % 3 == 0 {
                indices.push(col as u32);
                values.push(f64::from(x) * if col % 5 == 1 { 0.5 } else { 1.0 });
            }
            if col % 5 == 1 && x != 0.0 {
                indices.push(col as u32);
                values.push(f64::from(x) * 0.5);
            }
        }
        indptr.push(indices.len() as u32);
    }
    SparseBuilder::new(cols, metric)?.matrix(&indptr, &indices, &values)?.finish()
}

/// Two thirds of the values, and some rows, are zeros.
fn thinned(mut data: Vec<f32>, cols: usize) -> Vec<f32> {
    let random = Random::new(4, Stream::Noise);
    for (at, x) in data.iter_mut().enumerate() {
        if random.uniform(at as u32) < 0.66 || at / cols % 50 == 7 {
            *x = 0.0;
        }
    }
    data
}

const DENSE_ONLY: [MetricName; 7] = [
    MetricName::Haversine,
    MetricName::Mahalanobis,
    MetricName::Poincare,
    MetricName::SoftmaxHellinger,
    MetricName::Spearmanr,
    MetricName::SymmetricKl,
    MetricName::Wasserstein1d,
];

#[test]
fn sparse_rows_are_at_the_distances_of_dense_ones() {
    for (metric, _) in every_metric(2) {
        let (data, cols) = data_for(metric.name(), 60);
        let data = thinned(data, cols);
        let found = sparse(&data, cols, metric.clone());
        if DENSE_ONLY.contains(&metric.name()) {
            let error = found.unwrap_err().to_string();
            assert!(error.contains("make the rows dense"), "{error}");
            continue;
        }
        let (found, dense) = (found.unwrap(), Points::from_slice(&data, 60, cols, metric.clone()).unwrap());
        let all: Vec<u32> = (0..60).collect();
        let between = |space: &dyn Space| -> Vec<f32> {
            let (mut scratch, mut values) = (Vec::new(), vec![0.0; 3600]);
            let mut comparison = space.compare(space, &all, &mut scratch);
            comparison.with(&all, &mut |first, strip| {
                for (i, four) in strip.iter().enumerate() {
                    for (j, &value) in four.iter().enumerate() {
                        values[i * 60 + first + j] = space.distance(value);
                    }
                }
            });
            values
        };
        let (sparse, dense) = (between(&found), between(&dense));
        if let Some(all) = found.all_at_once() {
            let mut scratch = Vec::new();
            for i in 0..60 {
                all.values(i, &mut scratch, &mut |j, value| {
                    let expected = sparse[i as usize * 60 + j as usize];
                    assert_eq!(found.distance(value).to_bits(), expected.to_bits(), "{metric:?}, rows {i} and {j}");
                });
            }
        }
        for (at, (a, b)) in sparse.iter().zip(&dense).enumerate() {
            let (i, j) = (at / 60, at % 60);
            // The root of what rounding leaves of 0, in the dense rows.
            let close = (a - b).abs() <= 1e-6 * b.abs().max(1.0) || (i == j && (a - b).abs() < 1e-3);
            assert!(close, "{metric:?}, rows {i} and {j}: {a} for {b}");
            assert_eq!(a.to_bits(), sparse[j * 60 + i].to_bits(), "{metric:?}, rows {i} and {j} swapped");
            // Of a correlation of ll_dirichlet with itself umap-learn's approximations leave something.
            assert!(i != j || *a < 1e-3 || metric.name() == MetricName::InnerProduct, "{metric:?}: {a}");
        }
    }
}

#[test]
fn sparse_rows_are_searched_as_dense_ones() {
    for (metric, _) in every_metric(2) {
        if DENSE_ONLY.contains(&metric.name()) || metric.kind() != Kind::Numbers {
            continue;
        }
        let (data, cols) = data_for(metric.name(), 1500);
        let found = sparse(&data, cols, metric.clone()).unwrap();
        let probe = block_on(async |pulse| Probe::new(&found, 10, 3, pulse).await).unwrap();
        let graph = search(&found, 10, true);
        assert!(probe.recall(&graph) > 0.93, "{metric:?}: {}", probe.recall(&graph));
    }
}

fn refused<T>(result: Result<T, UmapError>, message: &str) {
    let error = result.err().expect("refused").to_string();
    assert!(error.contains(message), "{error}");
}

#[test]
fn sparse_arrays_are_checked() {
    let build = |indptr: &[u32], indices: &[u32], data: &[f64], metric| {
        SparseBuilder::new(4, metric)?.matrix(indptr, indices, data).and_then(SparseBuilder::finish)
    };
    let cosine = || Metric::Cosine;
    refused(build(&[0], &[], &[], cosine()), "0 x 4");
    refused(build(&[1, 2], &[0, 0], &[1.0, 1.0], cosine()), "points.indptr: expected integers that start at 0");
    refused(build(&[0, 2, 1], &[0], &[1.0], cosine()), "1 after 2 at index 2");
    refused(build(&[0, 2], &[0], &[1.0, 2.0], cosine()), "points.indices: expected 2 values");
    refused(build(&[0, 1], &[4], &[1.0], cosine()), "points.indices: expected 0 to 3, got 4 in row 0");
    refused(build(&[0, 1], &[u32::MAX], &[1.0], cosine()), "got -1 in row 0");
    refused(build(&[0, 1], &[2], &[f64::NAN], cosine()), "points[0, 2] is NaN");
    // Two of a column are added: that too has to be a number of 32 bits.
    refused(build(&[0, 2], &[2, 2], &[3e38, 3e38], cosine()), "points[0, 2] is ");
    refused(
        build(&[0, 1], &[2], &[-1.0], Metric::Hellinger),
        "values of at least 0 with hellinger, got points[0, 2] = -1",
    );
}

#[test]
fn sparse_rows_are_refused_where_the_metric_has_numbers_of_other_columns() {
    let metric = Metric::Seuclidean.of_columns(ColumnMap::Scales(vec![1.0, 2.0]));
    refused(SparseBuilder::new(4, metric), "expected numbers of 4 columns, as points have, got of 2");
}

/// They became NaN in unit forms.
#[test]
fn sparse_rows_that_32_bits_round_to_0_are_zero_rows() {
    let rows = SparseBuilder::new(4, Metric::Cosine).unwrap();
    let rows = rows.matrix(&[0, 2, 2, 3], &[0, 3, 1], &[1e-60, -1e-50, 2.0]).unwrap().finish().unwrap();
    let mut scratch = Vec::new();
    let mut values = Vec::new();
    rows.compare(&rows, &[0], &mut scratch).with(&[1, 2], &mut |_, strip| values.extend_from_slice(&strip[0][..2]));
    assert_eq!(values.iter().map(|&value| rows.distance(value)).collect::<Vec<_>>(), [0.0, 1.0]);
}

/// Words of 12 letters around as many others: word `i` is of cluster `i % 12`.
fn words(count: usize, seed: u32) -> Strings {
    let letter = |random: Random, at: u32| char::from(b'a' + random.below(at, 26) as u8);
    let center = |cluster: usize| (0..12).map(move |at| letter(Random::new(1, Stream::Noise).at(cluster as u32), at));
    let (mut text, mut ends) = (String::new(), Vec::new());
    for i in 0..count {
        let random = Random::new(seed, Stream::Sample).at(i as u32);
        let mut word: Vec<char> = center(i % 12).collect();
        (0..5).for_each(|edit| word[random.below(edit, 12) as usize] = letter(random, 100 + edit));
        word.truncate(10 + i % 3);
        text.extend(word);
        text.push(if i % 2 == 0 { 'ß' } else { '\u{1F600}' });
        ends.push(text.len() as u32);
    }
    Strings::new(text.as_bytes(), &ends, Metric::Levenshtein).unwrap()
}

fn bits(count: usize, seed: u32, metric: Metric) -> Bits {
    let random = Random::new(seed, Stream::Sample);
    let center =
        |row: usize, at: usize| Random::new(1, Stream::Noise).at((row % 12) as u32).below(at as u32, 256) as u8;
    let noise = |row: usize, at: usize| 1u8.checked_shl(random.at(row as u32).below(at as u32, 40)).unwrap_or(0);
    let bytes: Vec<u8> = (0..count * 21).map(|i| center(i / 21, i % 21) ^ noise(i / 21, i % 21)).collect();
    let mut found = Bits::new(count, 21, metric).unwrap();
    bytes.chunks(50).for_each(|piece| found.push(piece).unwrap());
    found.finish().unwrap()
}

fn distances_of(points: &Points, rows: std::ops::Range<usize>, cols: usize) -> Distances {
    let mut found = Distances::new(rows.len(), cols).unwrap();
    let mut scratch = Vec::new();
    for row in rows {
        let all: Vec<f64> = (0..cols)
            .map(|col| {
                let [a, b] = points.read([row as u32, col as u32], &mut scratch);
                points.distance(points.kernel().pair(a, b)).into()
            })
            .collect();
        found.push(all.into_iter()).unwrap();
    }
    found
}

fn fitted(space: Arc<dyn Space>, options: &str) -> UmapModel {
    let params = UmapParams::from_json(options).unwrap();
    let mut fit = UmapFit::new(space, params, FitInputs::default()).unwrap();
    block_on(async |pulse| {
        fit.run(pulse).await?;
        fit.into_model(pulse)
    })
    .unwrap()
}

fn placed(model: &UmapModel, new: &dyn Space) -> Vec<f32> {
    match block_on(async |pulse| transform(model, new, pulse).await).unwrap() {
        Transformed::Embedding(coordinates) => coordinates,
        Transformed::Graph(_) => panic!("not an embedding"),
    }
}

fn saved_and_loaded(model: &UmapModel) -> UmapModel {
    let mut bytes = Vec::new();
    let how = SaveParams::default();
    block_on(async |pulse: &Pulse| model.save(&how, |_| Ok(()), |piece| bytes.extend_from_slice(piece), pulse).await)
        .unwrap();
    let mut reader = umap_core::file::Reader::default();
    reader.push(&bytes).unwrap();
    match block_on(async |pulse: &Pulse| Loaded::read(reader.finish().unwrap(), pulse).await).unwrap() {
        Loaded::Model(model) => *model,
        Loaded::Fit(_) => panic!("a model was saved"),
    }
}

/// Rows in twelve groups, row `i` in group `i % 12`: a fit, new rows, a file, an index.
fn through_everything(space: Arc<dyn Space>, new: &dyn Space, metric: &str) {
    let options = json!({ "nEpochs": 100, "nNeighbors": 8, "metric": metric }).to_string();
    let embed = || fitted(Arc::clone(&space), &options).fitted.embedding;
    let embedding = same_for_all_threads(embed);
    let model = fitted(Arc::clone(&space), &options);
    let found = placed(&model, new);
    let square = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(x, y)| (x - y).powi(2)).sum::<f32>();
    let right = found.chunks_exact(2).enumerate().filter(|(i, place)| {
        let distance = |row: &[f32]| square(row, place);
        let nearest = embedding.chunks_exact(2).enumerate().min_by(|a, b| distance(a.1).total_cmp(&distance(b.1)));
        nearest.unwrap().0 % 12 == i % 12
    });
    let right = right.count();
    assert!(right * 10 >= new.rows() * 9, "{metric}: {right} of {}", new.rows());
    let loaded = saved_and_loaded(&model);
    assert_eq!(loaded.fitted.embedding, embedding);
    assert_eq!(placed(&loaded, new), found, "{metric}: the same after loading");

    let index = block_on(async |pulse| NeighborIndex::build(Arc::clone(&space), 10, 1, pulse).await).unwrap();
    let asked = block_on(async |pulse| index.query(new, 5, 0.1, pulse).await).unwrap();
    let mut bytes = Vec::new();
    block_on(async |pulse: &Pulse| index.save(|_| Ok(()), |piece| bytes.extend_from_slice(piece), pulse).await)
        .unwrap();
    let mut reader = umap_core::file::Reader::default();
    reader.push(&bytes).unwrap();
    let again = block_on(async |pulse| NeighborIndex::read(reader.finish().unwrap(), pulse).await).unwrap();
    assert_eq!(block_on(async |pulse| again.query(new, 5, 0.1, pulse).await).unwrap(), asked, "{metric}");
}

#[test]
fn strings_go_through_everything() {
    through_everything(Arc::new(words(600, 1)), &words(24, 9), "levenshtein");
}

#[test]
fn bits_go_through_everything() {
    for (name, metric) in [("bit_hamming", Metric::BitHamming), ("bit_jaccard", Metric::BitJaccard)] {
        through_everything(Arc::new(bits(600, 1, metric.clone())), &bits(24, 9, metric), name);
    }
}

/// In groups, as the others are.
fn grouped(rows: usize, seed: u32) -> Vec<f32> {
    let random = Random::new(seed, Stream::Sample);
    let center = |row: usize, col: usize| Random::new(1, Stream::Noise).at((row % 12) as u32).uniform(col as u32);
    (0..rows * 30)
        .map(|at| {
            let (row, col) = (at / 30, at % 30);
            let center = center(row, col);
            if center < 0.7 { 0.0 } else { center + 0.05 * random.normal(at as u32) }
        })
        .collect()
}

#[test]
fn sparse_rows_go_through_everything() {
    for (name, metric) in [("cosine", Metric::Cosine), ("manhattan", Metric::Manhattan), ("jaccard", Metric::Jaccard)] {
        let rows = |count, seed| sparse(&grouped(count, seed), 30, metric.clone()).unwrap();
        through_everything(Arc::new(rows(600, 1)), &rows(24, 9), name);
    }
}

#[test]
fn distances_go_through_everything_and_give_what_their_points_give() {
    let data = [grouped(600, 1), grouped(24, 9)].concat();
    let points = Points::from_slice(&data, 624, 30, Metric::Euclidean).unwrap();
    let own = Points::from_slice(&data[..600 * 30], 600, 30, Metric::Euclidean).unwrap();
    let among = distances_of(&points, 0..600, 600).finish_symmetric().unwrap();
    assert_eq!(search(&among, 8, true), search(&own, 8, false));
    let new = distances_of(&points, 600..624, 600).finish().unwrap();
    through_everything(Arc::new(among.clone()), &new, "precomputed");
    let options = r#"{"nEpochs":50,"nNeighbors":8,"init":"random""#;
    let of_points = fitted(Arc::new(own), &format!("{options}}}"));
    let of_distances = fitted(Arc::new(among), &format!(r#"{options},"metric":"precomputed"}}"#));
    assert_eq!(of_points.fitted.embedding, of_distances.fitted.embedding);
}

#[test]
fn distances_of_a_triangle_and_of_some_pairs() {
    let triangle: Vec<f64> = (0..15 * 7).map(|i| f64::from((i * 37) % 101) + 1.0).collect();
    let whole = Distances::of_triangle(&triangle, 15).unwrap();
    let graph = search(&whole, 15, false);
    // All pairs, as a sparse matrix.
    let (mut indptr, mut indices, mut data) = (vec![0], Vec::new(), Vec::new());
    let at = |i: usize, j: usize| triangle[i * 15 - i * (i + 1) / 2 + j - i - 1];
    for i in 0..15 {
        for j in (0..15).filter(|&j| j != i) {
            indices.push(j as u32);
            data.push(at(i.min(j), i.max(j)));
        }
        indptr.push(indices.len() as u32);
    }
    let build = |indptr: &[u32], indices: &[u32], data: &[f64]| {
        let built = SparseBuilder::new(15, Metric::Precomputed)?.matrix(indptr, indices, data)?;
        built.finish_distances().and_then(KnownDistances::symmetric)
    };
    let known = build(&indptr, &indices, &data).unwrap();
    assert_eq!(search(&known, 15, false), graph);
    let compared = block_on(async |pulse| exact(&known, 15, pulse).await).unwrap();
    assert_eq!(compared, graph);
    // Without the pair of rows 0 and 1, and with all that row 14 has.
    let few = build(&[0, 0, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2], &[2, 1], &[3.0, 3.0]).unwrap();
    let found = search(&few, 3, false);
    assert_eq!((found.row(0).0, found.row(1).0), (&[0, NONE, NONE][..], &[1, 2, NONE][..]));
    let mut lopsided = data.clone();
    lopsided[3] += 1.0;
    refused(build(&indptr, &indices, &lopsided), "a symmetric matrix of distances, got points[0, 4] = ");
    refused(build(&[0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1], &[1], &[1.0]), "points[1, 0] = none");
    refused(Distances::of_triangle(&triangle[1..], 15), "points.condensed: expected 105 distances of 15 rows, got 104");
}

#[test]
fn distances_are_checked() {
    let matrix = |values: &[f64], rows, cols| {
        let mut found = Distances::new(rows, cols)?;
        found.push(values.iter().copied())?;
        found.finish_symmetric()
    };
    refused(
        matrix(&[0.0, 1.0, 1.0, 0.0, 1.0, 1.0], 2, 3),
        "a square matrix of distances, with metric precomputed, got 2 x 3",
    );
    refused(matrix(&[0.0, 1.0, 2.0, 0.0], 2, 2), "points[0, 1] = 1 and points[1, 0] = 2");
    refused(matrix(&[0.0, 1.0, 1.0, 0.5], 2, 2), "0 on the diagonal, got points[1, 1] = 0.5");
    refused(matrix(&[0.0, -1.0, -1.0, 0.0], 2, 2), "distances of at least 0, got points[0, 1] = -1");
    refused(matrix(&[0.0, f64::NAN, 1.0, 0.0], 2, 2), "points[0, 1] is NaN");
    refused(matrix(&[0.0, 1.0], 2, 2), "4 distances (2 x 2), got 2");
    let all = matrix(&[0.0, 1.0, 1.0, 0.0], 2, 2).unwrap();
    let other = Distances::new(1, 3).unwrap();
    refused(all.check_queries(&other), "expected 2 columns, the distances from the rows there are, got 3");
    refused(words(3, 1).check_queries(&all), "expected strings");
    refused(all.check_queries(&words(3, 1)), "expected distances");
}

#[test]
fn other_kinds_are_searched_approximately() {
    for space in [&words(3000, 2) as &dyn Space, &bits(3000, 2, Metric::BitHamming), &bits(3000, 2, Metric::BitJaccard)]
    {
        let found = same_for_all_threads(|| {
            block_on(async |pulse| nearest_neighbors(space, 10, true, 7, pulse).await).unwrap()
        });
        assert_eq!(found.method, KnnMethod::NnDescent);
        let probe = block_on(async |pulse| Probe::new(space, 10, 3, pulse).await).unwrap();
        assert!(probe.recall(&found.graph) > 0.95, "{:?}: {}", space.info().metric, probe.recall(&found.graph));
    }
}

#[test]
fn strings_must_be_whole() {
    refused(Strings::new(b"", &[], Metric::Levenshtein), "0 x 1");
    refused(Strings::new("é".as_bytes(), &[1, 2], Metric::Levenshtein), "other bytes in string 0");
    refused(Strings::new(b"abc", &[2, 1], Metric::Levenshtein), "other bytes in string 1");
    refused(
        Strings::new(&[b'a'; 70_000], &[70_000], Metric::Levenshtein),
        "at most 65536 code points, got 70000 in string 0",
    );
    refused(
        Points::from_slice(&[1.0f32; 4], 2, 2, Metric::Levenshtein),
        "expected what levenshtein compares (strings)",
    );
}
