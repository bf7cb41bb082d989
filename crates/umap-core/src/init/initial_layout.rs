//! Where a layout starts: the method that was asked for, or the next one that serves.

use super::finish::{self, AxisLengths};
use super::meta::Placement;
use super::rows::for_each_row;
use super::{given, pca, spectral};
use crate::csr::Csr;
use crate::error::Result;
use crate::memory;
use crate::params::Init;
use crate::points::Points;
use crate::pulse::Pulse;
use crate::random::{Random, Stream};

/// Where the layout starts, and how it was found.
#[derive(Clone, Debug, PartialEq)]
pub struct InitialLayout {
    /// Coordinates, row-major; every axis runs from 0 to 10, or is 0 where all points are equal on it. Along a sheet much
    /// longer than wide the first axis runs as many times as far; of several components only the longest axis reaches 10.
    pub data: Vec<f32>,
    /// The method that made it, not always the one that was asked for.
    pub used: InitUsed,
    /// Why another method was used than asked for, and other things worth knowing.
    pub note: Option<String>,
}

/// The method that made an initial layout.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(tag = "method", rename_all = "snake_case")]
pub enum InitUsed {
    /// Eigenvectors of the whole, connected graph.
    Spectral,
    /// Eigenvectors of each connected component, in its own place.
    SpectralComponents {
        /// Components of two and more points; isolated points are placed at random.
        components: u32,
        /// How they were placed.
        placement: Placement,
    },
    /// Principal components.
    Pca,
    /// Uniformly random.
    Random,
    /// The user's array.
    Given,
}

/// The initial layout of `graph` (symmetric) in `dims` dimensions. `points` serve principal components and the placing of
/// components; the layout can do without.
pub async fn initial_layout(
    points: Option<&Points>,
    graph: &Csr,
    method: Init,
    dims: usize,
    seed: u32,
    pulse: &Pulse,
) -> Result<InitialLayout> {
    let work = pulse.part(0.0, 0.95);
    let mut notes = Vec::new();
    let mut found = None;
    if method == Init::Spectral {
        found = spectral(points, graph, dims, seed, &work, &mut notes).await?;
        if found.is_none() {
            let next = if points.is_some() { "principal components" } else { "a random layout" };
            notes.push(format!(
                "the graph of {} points has no {dims} eigenvectors to start from: {next} instead",
                graph.rows()
            ));
        }
    }
    if found.is_none() && method != Init::Random {
        found = pca(points, dims, &work, &mut notes).await?;
    }
    let Found { mut data, used, stretch } = match found {
        Some(mut found) => {
            finish::scale_with_noise(&mut found.data, dims, seed, &pulse.part(0.95, 0.98)).await?;
            found
        }
        None => Found { data: random(graph.rows(), dims, seed, &work).await?, used: InitUsed::Random, stretch: 1.0 },
    };
    let axes = match used {
        InitUsed::SpectralComponents { .. } => AxisLengths::InProportion,
        _ => AxisLengths::Equal(stretch),
    };
    finish::rescale(&mut data, dims, axes, &pulse.part(0.98, 1.0)).await?;
    Ok(InitialLayout { data, used, note: join(notes) })
}

/// The user's array (row-major, `rows` x `dims`) as the initial layout.
pub async fn given_layout(given: &[f32], rows: usize, dims: usize, seed: u32, pulse: &Pulse) -> Result<InitialLayout> {
    let (mut data, note) = given::checked(given, rows, dims, seed, &pulse.part(0.0, 0.9)).await?;
    finish::rescale(&mut data, dims, AxisLengths::Equal(1.0), &pulse.part(0.9, 1.0)).await?;
    Ok(InitialLayout { data, used: InitUsed::Given, note })
}

/// What a method found.
struct Found {
    data: Vec<f32>,
    used: InitUsed,
    /// How many times as long as the others the first axis becomes.
    stretch: f32,
}

async fn spectral(
    points: Option<&Points>,
    graph: &Csr,
    dims: usize,
    seed: u32,
    pulse: &Pulse,
    notes: &mut Vec<String>,
) -> Result<Option<Found>> {
    let Some(layout) = spectral::layout(points, graph, dims, seed, pulse).await? else {
        return Ok(None);
    };
    notes.extend(layout.note);
    let used = match layout.placement {
        None => InitUsed::Spectral,
        Some(placement) => InitUsed::SpectralComponents { components: layout.components as u32, placement },
    };
    Ok(Some(Found { data: layout.data, used, stretch: layout.stretch }))
}

async fn pca(points: Option<&Points>, dims: usize, pulse: &Pulse, notes: &mut Vec<String>) -> Result<Option<Found>> {
    let Some(points) = points else {
        notes.push("there are no points to take principal components of: a random layout instead".into());
        return Ok(None);
    };
    let scores = pca::scores(points, dims, pulse).await?;
    if scores.iter().all(|x| x.is_finite()) {
        return Ok(Some(Found { data: scores, used: InitUsed::Pca, stretch: 1.0 }));
    }
    notes.push("the points' principal components pass 32-bit floats: a random layout instead".into());
    Ok(None)
}

async fn random(rows: usize, dims: usize, seed: u32, pulse: &Pulse) -> Result<Vec<f32>> {
    let random = Random::new(seed, Stream::Layout);
    let mut data = memory::filled("initial layout", rows, dims, 0.0, pulse).await?;
    for_each_row(&mut data, dims, pulse, |i, row| {
        row.iter_mut().enumerate().for_each(|(k, x)| *x = random.at(i as u32).uniform(k as u32));
    })
    .await?;
    Ok(data)
}

fn join(notes: Vec<String>) -> Option<String> {
    (!notes.is_empty()).then(|| notes.join("; "))
}
