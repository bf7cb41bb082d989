//! A kind of data of which the crate knows nothing: strings, compared by edit distance. All that it takes is the one
//! implementation of `Space` below.

use std::any::Any;
use std::sync::Arc;

use crate::oracle::same_for_all_threads;
use umap_core::evaluate::{Beside, evaluate};
use umap_core::file::Section;
use umap_core::index::NeighborIndex;
use umap_core::init::InitUsed;
use umap_core::knn::{KnnMethod, Probe, exact, nearest_neighbors};
use umap_core::metric::Metric;
use umap_core::params::{EvaluateParams, Params, SaveParams, UmapParams};
use umap_core::points::{Points, StoreUsed};
use umap_core::pulse::block_on;
use umap_core::random::{Random, Stream};
use umap_core::space::{Comparison, Geometry, PairByPair, Space, SpaceInfo};
use umap_core::transform::{Transformed, transform};
use umap_core::umap::{FitInputs, UmapFit, UmapModel};
use umap_core::{Result, UmapError};

#[derive(Clone, Debug)]
struct Words(Vec<String>);

impl Space for Words {
    fn rows(&self) -> usize {
        self.0.len()
    }

    fn cost(&self) -> usize {
        1000
    }

    fn geometry(&self) -> Geometry {
        Geometry { is_signed: false, is_squared: false, disconnection_distance: f32::INFINITY }
    }

    fn info(&self) -> SpaceInfo {
        SpaceInfo { cols: 0, metric: Metric::Hamming, store: StoreUsed::F32 }
    }

    fn distance(&self, value: f32) -> f32 {
        value
    }

    fn check_queries(&self, queries: &dyn Space) -> Result<()> {
        match (queries as &dyn Any).is::<Self>() {
            true => Ok(()),
            false => Err(UmapError::parameter("points", "strings", "other values")),
        }
    }

    fn compare<'a>(&'a self, queries: &'a dyn Space, rows: &[u32], _: &'a mut Vec<f32>) -> Box<dyn Comparison + 'a> {
        let queries: &Self = (queries as &dyn Any).downcast_ref().unwrap();
        let value = |row: u32, other: u32| edits(&queries.0[row as usize], &self.0[other as usize]);
        Box::new(PairByPair::new(rows, value))
    }

    fn sections(&self) -> Vec<Section<'_>> {
        unreachable!("no test saves strings")
    }
}

/// Levenshtein's distance.
fn edits(a: &str, b: &str) -> f32 {
    let mut row: Vec<u32> = (0..=b.len() as u32).collect();
    for (i, x) in (1..).zip(a.bytes()) {
        let mut diagonal = std::mem::replace(&mut row[0], i);
        for (j, y) in b.bytes().enumerate() {
            let replaced = diagonal + u32::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()] as f32
}

const CLUSTERS: usize = 12;

/// Words of 12 letters around as many others, of which up to five letters are replaced: word `i` is of cluster `i % 12`.
fn words(count: usize, seed: u32) -> Words {
    let letter = |random: Random, at: u32| char::from(b'a' + random.below(at, 26) as u8);
    let center = |cluster: usize| (0..12).map(move |at| letter(Random::new(1, Stream::Noise).at(cluster as u32), at));
    let word = |i: usize| {
        let random = Random::new(seed, Stream::Sample).at(i as u32);
        let mut word: Vec<char> = center(i % CLUSTERS).collect();
        (0..5).for_each(|edit| word[random.below(edit, 12) as usize] = letter(random, 100 + edit));
        word.into_iter().collect()
    };
    Words((0..count).map(word).collect())
}

fn fitted(options: &str) -> UmapModel {
    let params = UmapParams::from_json(options).unwrap();
    let mut fit = UmapFit::new(Arc::new(words(600, 1)) as Arc<dyn Space>, params, FitInputs::default()).unwrap();
    block_on(async |pulse| {
        fit.run(pulse).await?;
        fit.into_model(pulse)
    })
    .unwrap()
}

#[test]
fn the_approximate_search_finds_the_neighbors_of_any_kind() {
    let words = words(3000, 2);
    let found =
        same_for_all_threads(|| block_on(async |pulse| nearest_neighbors(&words, 10, true, 7, pulse).await).unwrap());
    assert_eq!((found.method, found.quantized), (KnnMethod::NnDescent, false));
    let probe = block_on(async |pulse| Probe::new(&words, 10, 3, pulse).await).unwrap();
    assert!(probe.recall(&found.graph) > 0.95 && found.recall > 0.95);
    // The distances are those of the strings.
    let (ids, distances) = found.graph.row(17);
    assert!(ids.iter().zip(distances).all(|(&id, &d)| d == edits(&words.0[17], &words.0[id as usize])));
}

#[test]
fn the_exact_search_compares_all_pairs_of_any_kind() {
    let words = words(300, 3);
    let graph = block_on(async |pulse| exact(&words, 8, pulse).await).unwrap();
    for row in [0, 123, 299] {
        let mut all: Vec<(u32, u32)> = (0..300)
            .filter(|&i| i != row)
            .map(|i| (edits(&words.0[row as usize], &words.0[i as usize]) as u32, i))
            .collect();
        all.sort_unstable();
        let (ids, distances) = graph.row(row as usize);
        assert!(ids[0] == row && distances[0] == 0.0);
        let found = ids[1..].iter().zip(&distances[1..]).map(|(&id, &distance)| (distance as u32, id));
        assert!(found.eq(all.into_iter().take(7)));
    }
}

#[test]
fn a_model_of_any_kind_places_new_rows_and_can_be_measured() {
    let model = same_for_all_threads(|| fitted(r#"{"nEpochs":100,"nNeighbors":8}"#).fitted.embedding).to_vec();
    assert!(model.iter().all(|x| x.is_finite()));
    let model = fitted(r#"{"nEpochs":100,"nNeighbors":8}"#);
    let new = words(24, 9);
    let Transformed::Embedding(placed) = block_on(async |pulse| transform(&model, &new, pulse).await).unwrap() else {
        panic!("not an embedding");
    };
    let embedding = &model.fitted.embedding;
    let square = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(x, y)| (x - y).powi(2)).sum::<f32>();
    let right = placed.chunks_exact(2).enumerate().filter(|(i, place)| {
        let nearest =
            embedding.chunks_exact(2).enumerate().min_by(|a, b| square(a.1, place).total_cmp(&square(b.1, place)));
        nearest.unwrap().0 % CLUSTERS == i % CLUSTERS
    });
    assert!(right.count() > 20);
    let labels: Vec<i32> = (0..600).map(|i| i % CLUSTERS as i32).collect();
    let beside = Beside { labels: Some(&labels), reference: None };
    let params = EvaluateParams::from_json("{}").unwrap();
    let quality = block_on(async |pulse| evaluate(model.space(), embedding, 2, beside, &params, pulse).await).unwrap();
    assert!(quality.label_accuracy.unwrap() > 0.95 && quality.trustworthiness > 0.85, "{quality:?}");
    assert_eq!(quality.centroid_correlation, None, "strings have no means");
}

#[test]
fn an_index_of_any_kind_is_searched_and_says_what_it_cannot() {
    let words = words(3000, 4);
    let mut index =
        block_on(async |pulse| NeighborIndex::build(Arc::new(words.clone()) as Arc<dyn Space>, 10, 1, pulse).await)
            .unwrap();
    let queries = self::words(40, 5);
    let found = block_on(async |pulse| index.query(&queries, 5, 0.1, pulse).await).unwrap();
    let hits: usize = (0..40)
        .map(|row| {
            let distance = |word: &String| edits(&queries.0[row], word);
            let mut all: Vec<f32> = words.0.iter().map(distance).collect();
            all.sort_unstable_by(f32::total_cmp);
            found.row(row).1.iter().filter(|&&d| d <= all[4]).count()
        })
        .sum();
    assert!(hits >= 190, "{hits} of 200");
    let numbers = Points::from_slice(&[0.0f32; 4], 2, 2, Metric::Euclidean).unwrap();
    let refused = block_on(async |pulse| index.query(&numbers, 1, 0.1, pulse).await).unwrap_err();
    assert!(refused.to_string().contains("expected strings"), "{refused}");
    assert!(block_on(async |pulse| index.add(&queries, pulse).await).is_err());
}

#[test]
fn what_needs_columns_is_left_out_or_refused() {
    let model = fitted(r#"{"nEpochs":20,"nNeighbors":8,"init":"pca"}"#);
    assert_eq!(model.fitted.diagnostics.init, InitUsed::Random);
    let notes = &model.fitted.diagnostics.notes;
    assert!(notes.iter().any(|note| note.contains("principal components")), "{notes:?}");
    let how = SaveParams::from_json(r#"{"rawData":false}"#).unwrap();
    let refused = block_on(async |pulse| model.save(&how, |_| Ok(()), |_| (), pulse).await).unwrap_err();
    assert!(refused.to_string().contains("rows of numbers"), "{refused}");
}
