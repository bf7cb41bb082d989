//! How much related rows pull: by how far their neighbourhoods are the same.

use super::relations::{Related, Relation};
use crate::csr::Csr;
use crate::error::Result;
use crate::math::exp;
use crate::optimize::joint::{Tie, Ties};
use crate::parallel;
use crate::params::AlignmentParams;
use crate::pulse::Pulse;

/// Pairs of one task: well below a millisecond.
const PAIRS_PER_TASK: usize = 512;

/// How many times as strong as umap-learn's a pull is: there a vertex gives way to it move by move, here once in an epoch
/// beside all other forces. On ten slices of 400 digits (250 shared with the next, 3 seeds) related points of consecutive
/// slices are 0.124 to 0.153 standard deviations apart with 1, 0.079 to 0.098 with this, and 0.114 in umap-learn;
/// trustworthiness is 0.977 to 0.979 (umap-learn 0.976).
const STRENGTH: f64 = 2.0;

/// Of each pair the similarity of neighbourhoods: neighbours in the earlier graph that have a row in the later one, and
/// neighbours there that have a row in the earlier one; the share of those that are in both (Jaccard's). 1 where there are
/// none, as in umap-learn.
pub async fn similarities([earlier, later]: [&Csr; 2], relation: &Relation, pulse: &Pulse) -> Result<Vec<f32>> {
    let (forth, back) = (relation.map_from(0, earlier.rows()), relation.map_from(1, later.rows()));
    let tasks = parallel::map(pulse, relation.pairs().chunks(PAIRS_PER_TASK), |pairs| {
        let similarity = |&[from, to]: &[u32; 2]| {
            let (of_from, of_to) = (earlier.row(from as usize).0, later.row(to as usize).0);
            let mapped = of_from.iter().map(|&row| forth[row as usize]).filter(|&row| row != u32::MAX);
            let (mut count, mut common) = (0, 0);
            for row in mapped {
                count += 1;
                common += usize::from(of_to.binary_search(&row).is_ok());
            }
            let all = count + of_to.iter().filter(|&&row| back[row as usize] != u32::MAX).count() - common;
            if all == 0 { 1.0 } else { common as f32 / all as f32 }
        };
        pairs.iter().map(similarity).collect::<Vec<f32>>()
    })
    .await?;
    Ok(tasks.concat())
}

/// The weighted pairs of a relation.
#[derive(Debug)]
pub(super) struct Weighted<'a> {
    related: &'a Related,
    weights: Vec<f32>,
}

/// Weights the relations: the regularisation, which falls, as umap-learn's, by e with each slice further.
pub(super) async fn weighted<'a>(
    related: &'a [Related],
    graphs: &[&Csr],
    params: &AlignmentParams,
    pulse: &Pulse,
) -> Result<Vec<Weighted<'a>>> {
    let (mut all, count) = (Vec::with_capacity(related.len()), related.len() as f64);
    for (i, related) in related.iter().enumerate() {
        let [earlier, later] = related.slices;
        let part = pulse.part(i as f64 / count, (i + 1) as f64 / count);
        let mut weights = similarities([graphs[earlier], graphs[later]], &related.relation, &part).await?;
        let distance = (later - earlier) as f64;
        let factor = (STRENGTH * params.alignment_regularisation * exp(1.0 - distance)) as f32;
        weights.iter_mut().for_each(|weight| *weight *= factor);
        all.push(Weighted { related, weights });
    }
    Ok(all)
}

/// The ties of the slices from `first` on, to all slices, both ways. Rows without a place have none.
pub(super) async fn ties(weighted: &[Weighted<'_>], graphs: &[&Csr], first: usize, pulse: &Pulse) -> Result<Vec<Ties>> {
    let has_place = |slice: usize, row: u32| graphs[slice].rows() == 1 || !graphs[slice].range(row as usize).is_empty();
    let mut all = Vec::with_capacity(graphs.len() - first);
    for slice in first..graphs.len() {
        let mut of = Vec::new();
        for Weighted { related: Related { slices, relation }, weights } in weighted {
            let Some(side) = slices.iter().position(|&of| of == slice) else { continue };
            let other = slices[1 - side];
            for (pair, &weight) in relation.pairs().iter().zip(weights) {
                let (own, vertex) = (pair[side], pair[1 - side]);
                if weight > 0.0 && has_place(slice, own) && has_place(other, vertex) {
                    of.push((own, Tie { layout: other as u32, vertex, weight }));
                }
            }
        }
        all.push(Ties::new(graphs[slice].rows(), &of));
        pulse.tick((slice - first) as f64 / (graphs.len() - first) as f64).await?;
    }
    Ok(all)
}
