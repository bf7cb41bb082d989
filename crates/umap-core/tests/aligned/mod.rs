//! AlignedUMAP: relations, weights and turns against slow oracles and umap-learn, and what must hold for whole fits.

mod bits;
mod files;
mod fit;
mod options;
mod procrustes;
mod relations;
mod update;

use crate::transform::bits;
use umap_core::aligned::relations::Relations;
use umap_core::aligned::{AlignedFit, AlignedInputs, AlignedModel};
use umap_core::fuzzy::target::Target;
use umap_core::params::AlignedParams;
use umap_core::points::Points;
use umap_core::pulse::block_on;
use umap_core::{Result, UmapError};

/// Rows of each slice, of which the last are the first of the next one.
const ROWS: usize = 160;
const STEP: usize = 40;

/// A part of the digits.
fn digits(from: usize, to: usize) -> Vec<f32> {
    let bytes = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/../../datasets/digits.u8")).unwrap();
    bytes[from * 64..to * 64].iter().map(|&x| f32::from(x)).collect()
}

fn overlapping(slices: usize) -> Vec<Vec<f32>> {
    (0..slices).map(|i| digits(STEP * i, STEP * i + ROWS)).collect()
}

/// What overlaps of two consecutive slices.
fn overlap() -> Vec<[u32; 2]> {
    (STEP as u32..ROWS as u32).map(|row| [row, row - STEP as u32]).collect()
}

fn overlaps(slices: usize) -> Relations {
    Relations::Pairs(vec![Some(overlap()); slices - 1])
}

fn start(
    data: &[Vec<f32>],
    cols: usize,
    options: &str,
    relations: Relations,
    targets: Vec<Option<Target>>,
) -> Result<AlignedFit> {
    let params = AlignedParams::from_json(options)?;
    let points = data.iter().enumerate().map(|(i, data)| {
        let params = params.of(i)?;
        Points::stored(data, data.len() / cols, cols, params.metric(), params.store)
    });
    let points = points.collect::<Result<Vec<_>>>()?;
    AlignedFit::new(points, &params, AlignedInputs { relations, targets })
}

fn finish(fit: AlignedFit) -> AlignedModel {
    block_on(async |pulse| fit.run(pulse).await).unwrap()
}

fn fit(data: &[Vec<f32>], options: &str) -> AlignedModel {
    finish(start(data, 64, options, overlaps(data.len()), Vec::new()).unwrap())
}

fn embeddings(model: &AlignedModel) -> Vec<&[f32]> {
    model.slices.iter().map(|slice| slice.fitted.embedding.as_slice()).collect()
}

fn all_bits(model: &AlignedModel) -> Vec<Vec<u32>> {
    embeddings(model).into_iter().map(bits).collect()
}

/// Mean distance of related rows of consecutive slices, as a part of the embeddings' standard deviation.
fn displacement(embeddings: &[&[f32]], dims: usize) -> f64 {
    let between = embeddings.windows(2).map(|pair| {
        let place = |side: usize, row: u32| &pair[side][row as usize * dims..][..dims];
        let moved = overlap().into_iter().map(|[from, to]| {
            let squared = place(0, from).iter().zip(place(1, to)).map(|(a, b)| f64::from(a - b).powi(2));
            squared.sum::<f64>().sqrt()
        });
        let variance = pair.iter().map(|embedding| variance(embedding, dims)).sum::<f64>() / 2.0;
        moved.sum::<f64>() / overlap().len() as f64 / variance.sqrt()
    });
    between.sum::<f64>() / (embeddings.len() - 1) as f64
}

/// Mean over the axes.
fn variance(embedding: &[f32], dims: usize) -> f64 {
    let rows = (embedding.len() / dims) as f64;
    let of_axis = |axis: usize| {
        let values = || embedding.iter().skip(axis).step_by(dims).map(|&x| f64::from(x));
        let mean = values().sum::<f64>() / rows;
        values().map(|x| (x - mean).powi(2)).sum::<f64>() / rows
    };
    (0..dims).map(of_axis).sum::<f64>() / dims as f64
}

#[track_caller]
fn assert_refused<T: std::fmt::Debug>(result: Result<T>, expected: &str) {
    let message = result.map_err(|error: UmapError| error.to_string()).unwrap_err();
    assert_eq!(message, expected);
}
