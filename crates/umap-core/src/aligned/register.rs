//! One embedding onto another, by rows that correspond.

use super::relations::Relation;
use crate::error::{Result, UmapError};
use crate::procrustes::Similarity;
use crate::pulse::Pulse;

/// An embedding that was moved onto another.
#[derive(Clone, Debug, PartialEq)]
pub struct Registered {
    /// Coordinates, row-major.
    pub embedding: Vec<f32>,
    /// How it was moved.
    pub similarity: Similarity,
    /// Root mean square distance of the anchors from where they should be.
    pub deviation: f64,
}

/// Turns (or mirrors), scales and moves an embedding of `dims[0]` dimensions so that the anchors' rows in it come nearest to
/// their rows in the embedding `onto`, of `dims[1]`. Rows without a place (NaN) count for nothing.
pub async fn register(
    mut embedding: Vec<f32>,
    onto: &[f32],
    dims: [usize; 2],
    anchors: Vec<[u32; 2]>,
    pulse: &Pulse,
) -> Result<Registered> {
    let [d, of_onto] = dims;
    if d == 0 || d != of_onto {
        return Err(UmapError::shape("onto", format!("{d} columns, as the embedding has"), of_onto.to_string()));
    }
    let rows = [embedding.len() / d, onto.len() / d];
    let anchors = Relation::new("anchors", anchors, ["the embedding", "`onto`"], rows)?;
    let place = |row: u32| row as usize * d..(row as usize + 1) * d;
    let pairs = anchors.pairs().iter().map(|&[from, to]| [&embedding[place(from)], &onto[place(to)]]);
    let placed = pairs.filter(|pair| pair.iter().all(|row| row.iter().all(|x| x.is_finite())));
    let count = placed.clone().count();
    if count == 0 {
        return Err(UmapError::parameter("anchors", "rows that have coordinates in both", "none"));
    }
    let similarity = Similarity::of_pairs(placed, d, true, pulse).await?;
    similarity.apply(&mut embedding);
    let squared = |&[from, to]: &[u32; 2]| {
        let pair = embedding[place(from)].iter().zip(&onto[place(to)]);
        pair.map(|(x, y)| f64::from(x - y) * f64::from(x - y)).sum::<f64>()
    };
    let total: f64 = anchors.pairs().iter().map(squared).filter(|squared| !squared.is_nan()).sum();
    Ok(Registered { embedding, similarity, deviation: (total / count as f64).sqrt() })
}
