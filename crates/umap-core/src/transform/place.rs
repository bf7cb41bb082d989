//! Where one new row goes: between its neighbours, then some epochs of the layout's forces with everything else fixed.

use std::ops::Range;

use crate::fuzzy::{BipartiteRow, Member};
use crate::knn::KnnGraph;
use crate::model::{Prepared, UmapModel};
use crate::optimize::schedule::fires;
use crate::points::Points;
use crate::random::{Random, Stream, h32};

/// Epochs where the model has no number of its own.
const EPOCHS: u32 = 100;
/// First steps, as a part of the model's learning rate.
const FIRST_STEP: f32 = 0.25;
/// Each axis of each force is cut to this, as in the layout.
const CLIP: f32 = 4.0;
/// Distances below this part of the scale of memberships do not make a neighbour count for more.
const NEAREST: f32 = 1e-3;
/// Forces in a task: about 2 ms.
const FORCES_PER_TASK: usize = 200_000;
const MOST_ROWS: usize = 64;

/// What places of all new rows depend on.
pub(super) struct Placing<'a> {
    prepared: &'a Prepared,
    queries: Option<&'a Points>,
    found: &'a KnnGraph,
    places: &'a [f32],
    dims: usize,
    epochs: u32,
    /// Negative samples per edge that acts.
    rate: u32,
    alpha: f32,
    random: Random,
}

impl<'a> Placing<'a> {
    pub(super) fn new(
        model: &'a UmapModel,
        prepared: &'a Prepared,
        queries: Option<&'a Points>,
        found: &'a KnnGraph,
    ) -> Self {
        let params = &model.params;
        Self {
            prepared,
            queries,
            found,
            places: prepared.places(model),
            dims: params.n_components as usize,
            epochs: params.n_epochs.map_or(EPOCHS, |epochs| epochs / 3),
            rate: params.negative_sample_rate,
            alpha: params.learning_rate as f32 * FIRST_STEP,
            random: Random::new(params.transform_seed, Stream::Transform),
        }
    }

    /// Forces on a row in an epoch, at most.
    fn forces(&self) -> usize {
        self.found.k * (1 + self.rate as usize)
    }

    /// Rows of a task. Nothing that is computed depends on it.
    pub(super) fn rows_per_task(&self) -> usize {
        let forces = (self.epochs as usize).saturating_mul(self.forces()).max(1);
        (FORCES_PER_TASK / forces).clamp(1, MOST_ROWS)
    }

    /// The epochs in parts, each of which is a task for a row at most: one, unless there are very many.
    pub(super) fn passes(&self) -> Vec<Range<u32>> {
        let step = (FORCES_PER_TASK / self.forces().max(1)).max(1) as u32;
        let first = 0..self.epochs.min(step);
        let others =
            (step..self.epochs).step_by(step as usize).map(|from| from..self.epochs.min(from.saturating_add(step)));
        std::iter::once(first).chain(others).collect()
    }

    /// Writes the places of the rows from `first` on after some more epochs. Those without a neighbour that has a place stay
    /// as they are; those that left the range of 32-bit floats are infinite.
    pub(super) fn place(&self, first: usize, places: &mut [f32], epochs: Range<u32>) {
        let (mut row, mut members, mut room) = (BipartiteRow::default(), Vec::new(), Vec::new());
        for (i, place) in (first..).zip(places.chunks_exact_mut(self.dims)) {
            self.prepared.bipartite.members(self.found, i, &mut row, &mut members);
            members.retain(|member| self.place_of(member.index)[0].is_finite());
            if members.is_empty() || place[0].is_infinite() {
                continue;
            }
            if epochs.start == 0 {
                self.between(&members, place);
            }
            // A row that did not come is known by its distances.
            let content = self.queries.map_or(self.found.row(i).1, |queries| queries.read([i as u32], &mut room)[0]);
            let random = self.random.at(hash(content));
            // The compiler unrolls the loops over axes for the usual numbers of them.
            match self.dims {
                2 => self.descend::<2>(&members, random, place, epochs.clone()),
                3 => self.descend::<3>(&members, random, place, epochs.clone()),
                _ => self.descend::<0>(&members, random, place, epochs.clone()),
            }
            if place.iter().any(|x| !x.is_finite()) {
                place.fill(f32::INFINITY);
            }
        }
    }

    #[inline(always)]
    fn place_of(&self, row: u32) -> &[f32] {
        &self.places[row as usize * self.dims..][..self.dims]
    }

    /// The mean of the neighbours' places, by membership over distance: so that a row which (nearly) coincides with one of
    /// the model starts (nearly) at its place.
    fn between(&self, members: &[Member], place: &mut [f32]) {
        let signed = self.prepared.bipartite.is_signed();
        let share = |member: &Member| {
            // Of inner products the nearest one's distance is 0 by definition.
            if signed { member.weight } else { member.weight / (member.scaled_distance + NEAREST) }
        };
        let total: f32 = members.iter().map(share).sum();
        place.fill(0.0);
        for member in members {
            let part = share(member) / total;
            place.iter_mut().zip(self.place_of(member.index)).for_each(|(x, &y)| *x += part * y);
        }
    }

    /// umap-learn's sequential descent, for one vertex; but the negative samples of an edge act together: four times as fast.
    fn descend<const D: usize>(&self, members: &[Member], random: Random, place: &mut [f32], epochs: Range<u32>) {
        let place = if D > 0 { &mut place[..D] } else { place };
        // As parts of 1, not of the greatest weight of a row or a batch: MNIST's labels come out as well (0.956) in half the time.
        let rates: Vec<u32> = members.iter().map(|member| rate_of(member.weight, self.epochs)).collect();
        let drawable = self.prepared.placed.as_ref().map_or(self.prepared.index.points().rows(), Vec::len) as u32;
        let mut total = vec![0.0; place.len()];
        for epoch in epochs {
            let alpha = self.alpha * (1.0 - epoch as f32 / self.epochs as f32);
            let draws = random.at(epoch);
            for (at, (member, &rate)) in (0..).zip(members.iter().zip(&rates)) {
                if !fires(at, rate, epoch) {
                    continue;
                }
                let other = self.place_of(member.index);
                let coefficient = self.prepared.force.attraction_at(squared::<D>(place, other));
                step::<D>(place, other, coefficient, alpha);
                // From one position, so that they need not wait for each other.
                total.fill(0.0);
                for sample in at * self.rate..(at + 1) * self.rate {
                    let drawn = draws.below(sample, drawable);
                    let row = self.prepared.placed.as_ref().map_or(drawn, |placed| placed[drawn as usize]);
                    let other = self.place_of(row);
                    let coefficient = self.prepared.force.repulsion_at(squared::<D>(place, other));
                    add::<D>(&mut total, place, other, coefficient);
                }
                place.iter_mut().zip(&total).for_each(|(x, force)| *x += alpha * force);
            }
        }
    }
}

/// How often an edge acts, see [`fires`]; never if that is less than once.
fn rate_of(weight: f32, epochs: u32) -> u32 {
    if weight * (epochs as f32) < 1.0 { 0 } else { (f64::from(weight) * 4_294_967_296.0) as u32 }
}

#[inline(always)]
fn squared<const D: usize>(a: &[f32], b: &[f32]) -> f32 {
    let len = if D > 0 { D } else { a.len() };
    a[..len].iter().zip(&b[..len]).fold(0.0, |sum, (x, y)| sum + (x - y) * (x - y))
}

#[inline(always)]
fn step<const D: usize>(place: &mut [f32], other: &[f32], coefficient: f32, alpha: f32) {
    let len = if D > 0 { D } else { place.len() };
    place[..len].iter_mut().zip(&other[..len]).for_each(|(x, &y)| *x += alpha * clipped(coefficient * (*x - y)));
}

#[inline(always)]
fn add<const D: usize>(total: &mut [f32], place: &[f32], other: &[f32], coefficient: f32) {
    let len = if D > 0 { D } else { place.len() };
    for ((total, &x), &y) in total[..len].iter_mut().zip(&place[..len]).zip(&other[..len]) {
        *total += clipped(coefficient * (x - y));
    }
}

#[inline(always)]
fn clipped(force: f32) -> f32 {
    let force = if force > CLIP { CLIP } else { force };
    if force < -CLIP { -CLIP } else { force }
}

/// A hash of a row's values; both zeros are the same.
fn hash(values: &[f32]) -> u32 {
    values.iter().fold(0x9e37_79b9, |hash: u32, &x| h32(hash.rotate_left(5) ^ if x == 0.0 { 0 } else { x.to_bits() }))
}
