//! Spectral layout of a graph that may have several components: each is laid out alone, in the room around its place.

use super::components::Components;
use super::eigen::{self, Spectrum};
use super::meta::{self, Placement};
use super::pca;
use super::rows::for_each_row;
use crate::boxed::boxed;
use crate::csr::Csr;
use crate::error::Result;
use crate::memory;
use crate::parallel;
use crate::points::Points;
use crate::procrustes::Similarity;
use crate::pulse::Pulse;
use crate::random::{Random, Stream};

/// Vertices between two ticks.
const TICK: usize = 1024;

/// A layout and what there is to say about it.
pub(crate) struct Layout {
    /// Row-major, `n` x `dims`.
    pub(crate) data: Vec<f32>,
    /// How many times as long as the others the first axis should be.
    pub(crate) stretch: f32,
    /// Components of two and more vertices.
    pub(crate) components: usize,
    /// How they were placed, where there are several.
    pub(crate) placement: Option<Placement>,
    /// What is worth telling the user.
    pub(crate) note: Option<String>,
}

/// `None` where the graph has too few vertices or no edges, or its eigenvectors were not found.
pub(crate) async fn layout(
    points: Option<&Points>,
    graph: &Csr,
    dims: usize,
    seed: u32,
    pulse: &Pulse,
) -> Result<Option<Layout>> {
    let components = Components::find(graph, &pulse.part(0.0, 0.05)).await?;
    let pulse = &pulse.part(0.05, 1.0);
    if components.len() == 1 {
        let spectrum = boxed(eigen::smallest(graph, dims, pulse)).await?;
        return Ok(spectrum.map(|spectrum| {
            let mut unsettled = Unsettled::default();
            unsettled.count(&spectrum);
            let (data, stretch) = (spectrum.vectors, spectrum.stretch);
            Layout { data, stretch, components: 1, placement: None, note: unsettled.note() }
        }));
    }
    // Isolated vertices pull nothing and are pulled by nothing: they take no room from the components.
    let linked: Vec<usize> = (0..components.len()).filter(|&c| components.vertices(c).len() > 1).collect();
    if linked.is_empty() {
        return Ok(None);
    }
    boxed(several(points, graph, &Pieces { components, linked }, dims, seed, pulse)).await.map(Some)
}

struct Pieces {
    components: Components,
    /// Components of two and more vertices.
    linked: Vec<usize>,
}

async fn several(
    points: Option<&Points>,
    graph: &Csr,
    parts: &Pieces,
    dims: usize,
    seed: u32,
    pulse: &Pulse,
) -> Result<Layout> {
    let random = Random::new(seed, Stream::Layout);
    let members: Vec<&[u32]> = parts.linked.iter().map(|&c| parts.components.vertices(c)).collect();
    let (coordinates, placement) = meta::positions(points, &members, dims, random.at(1), &pulse.part(0.0, 0.3)).await?;
    let radii = meta::radii(&coordinates, dims, &pulse.part(0.3, 0.35)).await?;
    let reach = coordinates.iter().map(|x| x.abs()).zip(radii.iter().flat_map(|&r| std::iter::repeat_n(r, dims)));
    let greatest = reach.fold(0.0f32, |a, (x, r)| if x + r > a { x + r } else { a });
    // Isolated vertices lie anywhere.
    let isolated = random.at(2);
    let mut data = memory::filled("initial layout", graph.rows(), dims, 0.0, &pulse.part(0.35, 0.35)).await?;
    for_each_row(&mut data, dims, &pulse.part(0.35, 0.35), |i, row| {
        let draw = |k: usize| greatest * (2.0 * isolated.at(i as u32).uniform(k as u32) - 1.0);
        row.iter_mut().enumerate().for_each(|(k, x)| *x = draw(k));
    })
    .await?;
    let (mut own, note) = alone(graph, parts, dims, &pulse.part(0.35, 0.95)).await?;
    if let (Some(points), Placement::Centroids | Placement::Pca) = (points, placement) {
        turn(&mut own, &members, points, &coordinates, dims, &pulse.part(0.95, 1.0)).await?;
    }
    let within = random.at(3);
    let coordinates = coordinates.chunks_exact(dims).zip(&radii);
    for ((members, own), (place, radius)) in members.iter().zip(&own).zip(coordinates) {
        for (at, &i) in members.iter().enumerate() {
            for (k, x) in data[i as usize * dims..][..dims].iter_mut().enumerate() {
                // Components too small for eigenvectors of their own are random within their room.
                let random = || 2.0 * within.at(i).uniform(k as u32) - 1.0;
                *x = place[k] + radius * own.as_ref().map_or_else(random, |own| own[at * dims + k]);
            }
            if (i as usize).is_multiple_of(TICK) {
                pulse.tick(1.0).await?;
            }
        }
    }
    Ok(Layout { data, stretch: 1.0, components: members.len(), placement: Some(placement), note })
}

/// Turns the layout of each component as near as it gets to the principal components of its points, seen as the coordinates of
/// the components see them: eigenvectors say nothing of how components lie to each other.
async fn turn(
    own: &mut [Option<Vec<f32>>],
    members: &[&[u32]],
    points: &Points,
    coordinates: &[f32],
    dims: usize,
    pulse: &Pulse,
) -> Result<()> {
    let mut scores = pca::scores(points, dims, &pulse.part(0.0, 0.5)).await?;
    if !scores.iter().all(|x| x.is_finite()) {
        return Ok(());
    }
    let centres: Vec<f32> = members.iter().flat_map(|members| meta::mean(&scores, members, dims)).collect();
    let pairs = centres.chunks_exact(dims).zip(coordinates.chunks_exact(dims)).map(|(from, to)| [from, to]);
    Similarity::of_pairs(pairs, dims, false, &pulse.part(0.5, 0.6)).await?.apply(&mut scores);
    for (own, members) in own.iter_mut().zip(members) {
        let Some(own) = own else { continue };
        let seen = members.iter().map(|&i| &scores[i as usize * dims..][..dims]);
        let pairs = own.chunks_exact(dims).zip(seen).map(|(from, to)| [from, to]);
        let similarity = Similarity::of_pairs(pairs, dims, false, &pulse.part(0.6, 1.0)).await?;
        // In the room around its place it stays centred as it was.
        Similarity { shift: vec![0.0; dims], ..similarity }.apply(own);
    }
    Ok(())
}

/// The eigenvectors of each component, the greatest magnitude 1, and what there is to say about them. `None` for tiny
/// components (umap-learn's limits).
async fn alone(
    graph: &Csr,
    parts: &Pieces,
    dims: usize,
    pulse: &Pulse,
) -> Result<(Vec<Option<Vec<f32>>>, Option<String>)> {
    let size = |c: usize| parts.components.vertices(c).len();
    // Small ones are one task each.
    let part = pulse.part(0.0, 0.2);
    let small = parallel::map(&part, &parts.linked, |&c| {
        let fits = size(c) >= 2 * dims && size(c) <= eigen::DENSE;
        if fits { eigen::smallest_dense(&parts.components.small_subgraph(graph, c), dims) } else { None }
    });
    let mut own = small.await?;
    let (mut unsettled, mut done) = (Unsettled::default(), 0);
    let large = parts.linked.iter().zip(&mut own).filter(|(c, _)| size(**c) > eigen::DENSE && size(**c) >= 2 * dims);
    for (&c, own) in large {
        let from = done as f64 / graph.rows() as f64;
        done += size(c);
        let part = pulse.part(0.2 + 0.8 * from, 0.2 + 0.8 * done as f64 / graph.rows() as f64);
        let sub = parts.components.subgraph(graph, c, &part).await?;
        let spectrum = boxed(eigen::smallest(&sub, dims, &part)).await?;
        spectrum.iter().for_each(|spectrum| unsettled.count(spectrum));
        *own = spectrum.map(|spectrum| spectrum.vectors);
    }
    for own in own.iter_mut().flatten() {
        let greatest = own.iter().fold(0.0f32, |a, &x| if x.abs() > a { x.abs() } else { a });
        own.iter_mut().for_each(|x| *x /= greatest);
    }
    Ok((own, unsettled.note()))
}

/// Counts eigenvectors that were not settled within the bound on work.
#[derive(Default)]
struct Unsettled {
    components: usize,
    residual: f64,
    products: u32,
}

impl Unsettled {
    fn count(&mut self, spectrum: &Spectrum) {
        if !spectrum.converged {
            self.components += 1;
            self.residual = self.residual.max(spectrum.residual);
            self.products = self.products.max(spectrum.products);
        }
    }

    fn note(&self) -> Option<String> {
        let Self { components, residual, products } = self;
        (*components > 0).then(|| {
            format!(
                "eigenvectors of {components} components are approximate: residual up to {residual:.1e} after \
                 {products} products with the graph"
            )
        })
    }
}
