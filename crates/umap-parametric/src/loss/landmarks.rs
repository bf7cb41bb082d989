//! Rows that have a place to be at.

use serde::{Deserialize, Serialize};
use umap_core::Result;
use umap_core::matrix::gather;
use umap_core::pulse::{Pulse, Question};

use crate::answer::checked;

/// What a landmark costs, from its distance to where it should be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum LandmarkLoss {
    /// The distance (umap-learn's).
    #[default]
    Euclidean,
    /// Its square.
    Squared,
    /// The distance, but not more than `limit`: a landmark that is farther away is let go.
    Truncated {
        /// In the embedding's units. More than 0.
        limit: f64,
    },
    /// What a function of the caller's says (TypeScript writes this where it is given one).
    #[cfg_attr(feature = "bindings", ts(skip))]
    Function,
}

/// Keeps the derivative of a distance finite at 0.
const NEAREST: f32 = 1e-10;

impl LandmarkLoss {
    /// The loss, and its derivative with respect to the squared distance.
    fn of(self, squared: f32) -> (f32, f32) {
        let distance = (squared + NEAREST).sqrt();
        match self {
            Self::Squared => (squared, 1.0),
            Self::Truncated { limit } if distance > limit as f32 => (limit as f32, 0.0),
            Self::Euclidean | Self::Truncated { .. } => (distance, 0.5 / distance),
            Self::Function => unreachable!("asked_landmark_loss is for these"),
        }
    }
}

fn is_landmark(target: &[f32]) -> bool {
    !target.iter().any(|x| x.is_nan())
}

/// `weight` times the mean loss of the rows of `z` that have a place in `targets` (those with NaN have none); its
/// derivatives are added to `dz`. 0 if no row has one.
pub fn landmark_loss(z: &[f32], dims: usize, targets: &[f32], loss: LandmarkLoss, weight: f64, dz: &mut [f32]) -> f64 {
    let count = targets.chunks_exact(dims).filter(|target| is_landmark(target)).count();
    if count == 0 {
        return 0.0;
    }
    let scale = weight / count as f64;
    let rows = z.chunks_exact(dims).zip(targets.chunks_exact(dims)).zip(dz.chunks_exact_mut(dims));
    let mut sum = 0.0;
    for ((z, target), dz) in rows.filter(|((_, target), _)| is_landmark(target)) {
        let squared = z.iter().zip(target).map(|(z, t)| (z - t) * (z - t)).sum();
        let (value, slope) = loss.of(squared);
        sum += f64::from(value);
        for ((dz, z), t) in dz.iter_mut().zip(z).zip(target) {
            *dz += 2.0 * slope * scale as f32 * (z - t);
        }
    }
    sum * scale
}

/// The same by a function of the caller's, for [`LandmarkLoss::Function`]: it gets all these rows with their places at
/// once, and gives its loss and the derivatives.
pub(crate) async fn asked_landmark_loss(
    z: &[f32],
    dims: usize,
    targets: &[f32],
    weight: f64,
    dz: &mut [f32],
    pulse: &Pulse,
) -> Result<f64> {
    let rows = targets.chunks_exact(dims).zip(0..);
    let marked: Vec<u32> = rows.filter(|(target, _)| is_landmark(target)).map(|(_, row)| row).collect();
    if marked.is_empty() {
        return Ok(0.0);
    }
    let matrices = vec![("positions", gather(z, &marked, dims)), ("targets", gather(targets, &marked, dims))];
    let answer = pulse.ask(Question { kind: "landmarkLoss", rows: marked.len(), matrices }).await?;
    let (loss, slopes) = answer.split_at(answer.len().min(1));
    let loss = checked("landmarkLoss: loss", loss.to_vec(), [1, 1])?[0];
    let slopes = checked("landmarkLoss: gradient", slopes.to_vec(), [marked.len(), dims])?;
    for (&row, slopes) in marked.iter().zip(slopes.chunks_exact(dims)) {
        dz[row as usize * dims..][..dims].iter_mut().zip(slopes).for_each(|(dz, slope)| *dz += weight as f32 * slope);
    }
    Ok(weight * f64::from(loss))
}
