//! New points into a model: `transform <rows> <cols> <new rows> <points.u8> <labels.u8> [threads] [options]`. The first
//! rows are fitted, the last ones are new. Says how long it takes, how good the labels of the 15 nearest rows of the model
//! are around the new ones, and how far rows of the model land from their place with noise of 1e-3 of the data's scale.

use std::time::Instant;

use umap_core::file::Reader;
use umap_core::metric::Metric;
use umap_core::params::{Params, SaveParams, UmapParams};
use umap_core::points::{Points, Store};
use umap_core::pulse::block_on;
use umap_core::random::{Random, Stream};
use umap_core::transform::{Transformed, transform};
use umap_core::umap::{FitInputs, UmapFit};
use umap_core::umap::{Loaded, UmapModel};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [rows, cols, new] = [0, 1, 2].map(|at| arguments[at].parse::<usize>().expect("a number"));
    let (data, labels) = (std::fs::read(&arguments[3]).unwrap(), std::fs::read(&arguments[4]).unwrap());
    let threads = arguments.get(5).map_or(2, |text| text.parse().expect("a number of threads"));
    let options = arguments.get(6).map_or("{}", String::as_str);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    pool.install(|| run(&data, &labels, [rows, cols, new], options));
}

fn run(data: &[u8], labels: &[u8], [rows, cols, new]: [usize; 3], options: &str) {
    let params = UmapParams::from_json(options).unwrap();
    let metric = params.metric;
    let points = Points::stored(&data[..rows * cols], rows, cols, metric.into(), Store::Auto).unwrap();
    let started = Instant::now();
    let mut fit = UmapFit::new(points, params, FitInputs::default()).unwrap();
    let model = block_on(async |pulse| {
        fit.run(pulse).await.unwrap();
        fit.into_model(pulse).unwrap()
    });
    println!("fit {:.2} s", started.elapsed().as_secs_f64());
    let queries = Points::stored(&data[data.len() - new * cols..], new, cols, metric.into(), Store::Auto).unwrap();
    let truth = &labels[labels.len() - new..];
    report("full", &model, data, labels, truth, [rows, cols], &queries);
    for raw_data in [true, false] {
        let started = Instant::now();
        let mut bytes = Vec::new();
        let how = SaveParams { raw_data, landmarks: None };
        block_on(async |pulse| model.save(&how, |_| Ok(()), |piece| bytes.extend_from_slice(piece), pulse).await)
            .unwrap();
        let saved = started.elapsed().as_secs_f64();
        let started = Instant::now();
        let mut reader = Reader::default();
        reader.push(&bytes).unwrap();
        let Loaded::Model(again) = block_on(async |pulse| Loaded::read(reader.finish()?, pulse).await).unwrap() else {
            panic!("a model was saved")
        };
        println!(
            "file {:.2} MB, saved in {saved:.2} s, loaded in {:.2} s",
            bytes.len() as f64 / 1e6,
            started.elapsed().as_secs_f64()
        );
        report(if raw_data { "loaded" } else { "compact" }, &again, data, labels, truth, [rows, cols], &queries);
    }
}

fn report(
    name: &str,
    model: &UmapModel,
    data: &[u8],
    labels: &[u8],
    truth: &[u8],
    [rows, cols]: [usize; 2],
    queries: &Points,
) {
    let place = |queries: &Points| match block_on(async |pulse| transform(model, queries, pulse).await).unwrap() {
        Transformed::Embedding(coordinates) => coordinates,
        Transformed::Graph(_) => panic!("no coordinates"),
    };
    let first = Instant::now();
    place(&Points::stored(&data[..cols], 1, cols, model.params.metric(), Store::Auto).unwrap());
    let first = first.elapsed().as_secs_f64();
    let stages = block_on(async |pulse| {
        transform(model, queries, pulse).await.unwrap();
        pulse.finish()
    });
    println!("{name}: {stages:?}");
    let started = Instant::now();
    let coordinates = place(queries);
    let took = started.elapsed().as_secs_f64();
    let one = Points::stored(&data[..cols], 1, cols, model.params.metric(), Store::Auto).unwrap();
    let started = Instant::now();
    (0..100).for_each(|_| drop(place(&one)));
    let single = started.elapsed().as_secs_f64() * 10.0;
    let embedding = &model.fitted.embedding;
    let dims = model.params.n_components as usize;
    let accuracy = accuracy(embedding, &labels[..rows], &coordinates, truth, dims);
    // Every so many rows of the model, with noise.
    let noisy: Vec<usize> = (0..rows).step_by((rows / 2000).max(1)).collect();
    let scale = {
        let mean = data.iter().map(|&x| f64::from(x)).sum::<f64>() / data.len() as f64;
        (data.iter().map(|&x| (f64::from(x) - mean).powi(2)).sum::<f64>() / data.len() as f64).sqrt()
    };
    let random = Random::new(7, Stream::Sample);
    let mut values = Vec::new();
    for &row in &noisy {
        let noise = |col: usize| random.at(row as u32).normal(col as u32) * (1e-3 * scale) as f32;
        values.extend((0..cols).map(|col| f32::from(data[row * cols + col]) + noise(col)));
    }
    let noisy_points = Points::stored(&values, noisy.len(), cols, model.params.metric(), Store::Auto).unwrap();
    let landed = place(&noisy_points);
    let centre: Vec<f64> = (0..dims)
        .map(|d| embedding.iter().skip(d).step_by(dims).map(|&x| f64::from(x)).sum::<f64>() / rows as f64)
        .collect();
    let squares: f64 = embedding
        .chunks_exact(dims)
        .flat_map(|row| row.iter().zip(&centre).map(|(&x, c)| (f64::from(x) - c).powi(2)))
        .sum();
    let radius = (squares / rows as f64).sqrt();
    let mut moved: Vec<f64> = noisy
        .iter()
        .zip(landed.chunks_exact(dims))
        .map(|(&row, place)| {
            let own = &embedding[row * dims..][..dims];
            own.iter().zip(place).map(|(a, b)| f64::from(a - b).powi(2)).sum::<f64>().sqrt() / radius
        })
        .collect();
    moved.sort_by(f64::total_cmp);
    let at = |part: f64| moved[((moved.len() - 1) as f64 * part) as usize];
    println!(
        "{name}: first {first:.2} s, {} rows in {took:.3} s, one in {single:.2} ms, accuracy {accuracy:.4}, moved {:.4} median, {:.4} 90 %, radius {radius:.2}",
        queries.rows(),
        at(0.5),
        at(0.9)
    );
}

fn accuracy(embedding: &[f32], labels: &[u8], coordinates: &[f32], truth: &[u8], dims: usize) -> f64 {
    let model = Points::from_slice(embedding, labels.len(), dims, Metric::Euclidean).unwrap();
    let asked = Points::from_slice(coordinates, truth.len(), dims, Metric::Euclidean).unwrap();
    let knn = block_on(async |pulse| {
        let index = umap_core::index::NeighborIndex::build(model, 15, 1, pulse).await?;
        index.query(&asked, 15, 1.0, pulse).await
    })
    .unwrap();
    let right = truth.iter().enumerate().filter(|&(row, &label)| {
        let mut votes = [0; 256];
        knn.row(row).0.iter().for_each(|&other| votes[labels[other as usize] as usize] += 1);
        (0..256).max_by_key(|&class| (votes[class], std::cmp::Reverse(class))) == Some(label as usize)
    });
    right.count() as f64 / truth.len() as f64
}
