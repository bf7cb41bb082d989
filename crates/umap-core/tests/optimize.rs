//! The layout against a sequential oracle, its forces against the gradient they stand for, and what must always hold.

mod extremes;
mod force;
mod schedule;

use crate::oracle::{counted, same_for_all_threads};
use umap_core::csr::Csr;
use umap_core::curve::find_ab;
use umap_core::error::UmapError;
use umap_core::optimize::force::{Force, UmapForce};
use umap_core::optimize::schedule::{fires, learning_rate, rates};
use umap_core::optimize::{LayoutParams, LayoutState};
use umap_core::pulse::{Computation, Pulse, block_on, native_clock};
use umap_core::random::{Random, Stream};
use umap_core::simd::F32x4;

const DEFAULTS: LayoutParams = LayoutParams { n_epochs: 30, learning_rate: 1.0, negative_sample_rate: 5, seed: 42 };

fn default_force() -> UmapForce {
    let (a, b) = find_ab(1.0, 0.1);
    UmapForce::new(a, b, 1.0)
}

/// A symmetric graph: neighbours in a ring and random others, random weights.
fn random_graph(rows: u32, seed: u32) -> Csr {
    let random = Random::new(seed, Stream::Sample);
    let mut edges = std::collections::BTreeMap::new();
    for i in 0..rows {
        for j in [(i + 1) % rows, (i + 2) % rows, random.at(i).below(0, rows), random.at(i).below(1, rows)] {
            if i != j {
                let weight = 0.01 + 0.99 * random.at(i.min(j)).uniform(i.max(j));
                edges.extend([((i, j), weight), ((j, i), weight)]);
            }
        }
    }
    graph_of(rows, edges.into_iter().map(|((i, j), weight)| (i, j, weight)))
}

/// From edges in the order of rows and columns.
fn graph_of(rows: u32, edges: impl IntoIterator<Item = (u32, u32, f32)>) -> Csr {
    let mut graph = Csr { indptr: vec![0; rows as usize + 1], ..Csr::default() };
    for (i, j, weight) in edges {
        graph.indptr[i as usize + 1] += 1;
        graph.indices.push(j);
        graph.data.push(weight);
    }
    (0..rows as usize).for_each(|i| graph.indptr[i + 1] += graph.indptr[i]);
    graph
}

fn start(rows: u32, dims: usize) -> Vec<f32> {
    let random = Random::new(9, Stream::Layout);
    (0..rows * dims as u32).map(|i| 10.0 * random.uniform(i)).collect()
}

fn layout(graph: &Csr, initial: Vec<f32>, dims: usize, params: LayoutParams) -> Vec<f32> {
    layout_by(graph, initial, dims, params, default_force())
}

fn layout_by(graph: &Csr, initial: Vec<f32>, dims: usize, params: LayoutParams, force: UmapForce) -> Vec<f32> {
    block_on(async |pulse| {
        let mut state = LayoutState::new(graph, initial, dims, force, params, pulse).await?;
        state.run_to(params.n_epochs, pulse).await?;
        umap_core::Result::Ok(state.into_embedding())
    })
    .unwrap()
}

fn bits(values: &[f32]) -> Vec<u32> {
    values.iter().map(|x| x.to_bits()).collect()
}

fn squared(coefficient: impl Fn(F32x4) -> F32x4, squared: f32) -> f32 {
    coefficient(F32x4::splat(squared)).to_array()[0]
}

fn attraction(force: &UmapForce, distance: f32) -> f32 {
    squared(|d| force.attract(0, &[0; 4], d), distance)
}

fn repulsion(force: &UmapForce, distance: f32) -> f32 {
    squared(|d| force.repel(d), distance)
}

/// The same epochs, one vertex and one sample after the other.
fn slow_layout(graph: &Csr, initial: &[f32], dims: usize, params: LayoutParams, force: &UmapForce) -> Vec<f32> {
    let edges = block_on(async |pulse| rates(graph, params.n_epochs, pulse).await).unwrap();
    let rows = graph.rows();
    let mut position = initial.to_vec();
    let (mut mean, mut square) = (vec![0.0_f32; rows * dims], vec![0.0_f32; rows * dims]);
    let (mut power1, mut power2) = (1.0_f32, 1.0_f32);
    for epoch in 0..params.n_epochs {
        let random = Random::new(params.seed, Stream::Negative).at(epoch);
        let alpha = learning_rate(params.learning_rate, epoch, params.n_epochs) as f32;
        (power1, power2) = (power1 * 0.7, power2 * 0.9);
        let before = position.clone();
        for i in 0..rows {
            // Forces are summed in four lanes, as samples come.
            let mut lanes = vec![[0.0_f32; 4]; dims];
            let mut add = |other: usize, lane: usize, factor: f32, coefficient: &dyn Fn(f32) -> f32| {
                let difference: Vec<f32> = (0..dims).map(|a| before[i * dims + a] - before[other * dims + a]).collect();
                let squared = difference.iter().fold(0.0, |sum, d| sum + d * d);
                for (axis, d) in difference.iter().enumerate() {
                    lanes[axis][lane] += (coefficient(squared) * d).clamp(-4.0, 4.0) * factor;
                }
            };
            let range = edges.range(i);
            let acting: Vec<u32> =
                range.filter(|&e| fires(e as u32, edges.data[e], epoch)).map(|e| edges.indices[e]).collect();
            for (sample, &other) in acting.iter().enumerate() {
                add(other as usize, sample % 4, 2.0, &|d| attraction(force, d));
            }
            let first = random.at(1).bits(i as u32) % 256 * 4;
            for sample in 0..acting.len() as u32 * params.negative_sample_rate {
                let drawn = random.at(0).at(i as u32 / 256).below((first + sample) % 1024, rows as u32);
                add(drawn as usize, sample as usize % 4, 1.0, &|d| repulsion(force, d));
            }
            for (axis, [a, b, c, d]) in lanes.into_iter().enumerate() {
                let (at, total) = (i * dims + axis, (a + c) + (b + d));
                mean[at] = 0.7 * mean[at] + (1.0 - 0.7) * total;
                square[at] = 0.9 * square[at] + (1.0 - 0.9) * (total * total);
                let unbiased = (square[at] * (1.0 / (1.0 - power2))).sqrt();
                position[at] = before[at] + alpha / (1.0 - power1) * mean[at] / (unbiased + 0.1);
            }
        }
    }
    position
}

#[test]
fn equals_the_sequential_oracle_bit_for_bit() {
    for (rows, dims) in [(300, 2), (300, 3), (70, 1), (300, 7)] {
        let (graph, initial) = (random_graph(rows, 1), start(rows, dims));
        let params = LayoutParams { n_epochs: 12, ..DEFAULTS };
        let slow = slow_layout(&graph, &initial, dims, params, &default_force());
        assert_eq!(bits(&layout(&graph, initial, dims, params)), bits(&slow), "{rows} x {dims}");
    }
}

#[test]
fn many_negative_samples_wrap_around_the_pool() {
    let (graph, initial) = (random_graph(40, 2), start(40, 2));
    let params = LayoutParams { n_epochs: 3, negative_sample_rate: 1000, ..DEFAULTS };
    let slow = slow_layout(&graph, &initial, 2, params, &default_force());
    assert_eq!(bits(&layout(&graph, initial, 2, params)), bits(&slow));
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let (graph, initial) = (random_graph(5000, 3), start(5000, 2));
    same_for_all_threads(|| bits(&layout(&graph, initial.clone(), 2, DEFAULTS)));
}

#[test]
fn any_steps_give_the_same_bits() {
    let (graph, initial) = (random_graph(2500, 4), start(2500, 3));
    let stepped = block_on(async |pulse| {
        let mut state = LayoutState::new(&graph, initial.clone(), 3, default_force(), DEFAULTS, pulse).await?;
        for epoch in [0, 1, 2, 9, 9, 28, 30] {
            state.run_to(epoch, pulse).await?;
            assert_eq!(state.epoch(), epoch);
        }
        // Not past the end, which the learning rate is scheduled for.
        state.run_to(99, pulse).await?;
        assert_eq!((state.epoch(), state.n_epochs()), (30, 30));
        umap_core::Result::Ok(state.into_embedding())
    });
    assert_eq!(bits(&stepped.unwrap()), bits(&layout(&graph, initial, 3, DEFAULTS)));
}

#[test]
fn slices_change_nothing_and_frames_come_in_order() {
    let (graph, initial) = (random_graph(3000, 5), start(3000, 2));
    let expected = layout(&graph, initial.clone(), 2, DEFAULTS);
    let pulse = Pulse::new(native_clock);
    pulse.request_frames(7);
    let inside = pulse.clone();
    let mut job = Computation::new(&pulse, async move {
        let mut state = LayoutState::new(&graph, initial, 2, default_force(), DEFAULTS, &inside).await?;
        state.run_to(30, &inside).await?;
        Ok(state.into_embedding())
    });
    let (mut frames, mut ticks) = (Vec::new(), 0);
    let embedding = loop {
        // A budget of nothing: every tick ends a slice.
        if let Some(result) = job.step(0.0) {
            break result.unwrap();
        }
        match pulse.take_frame() {
            Some(frame) => frames.push(frame),
            None => ticks += 1,
        }
    };
    assert_eq!(bits(&embedding), bits(&expected));
    assert_eq!(frames.iter().map(|frame| frame.epoch).collect::<Vec<_>>(), [7, 14, 21, 28, 30]);
    assert_eq!(bits(&frames[4].embedding), bits(&expected));
    assert!(ticks >= 60, "{ticks} ticks");
}

#[test]
fn an_epoch_of_many_vertices_is_interruptible() {
    let graph = random_graph(100_000, 6);
    let ticks = block_on(async |pulse| {
        let params = LayoutParams { n_epochs: 2, ..DEFAULTS };
        let mut state = LayoutState::new(&graph, start(100_000, 2), 2, default_force(), params, pulse).await.unwrap();
        let (done, ticks) = counted(pulse, state.run_to(1, pulse)).await;
        done.unwrap();
        ticks
    });
    assert!(ticks >= 4, "{ticks} ticks");
}

#[test]
fn cancelling_stops_within_an_epoch() {
    let pulse = Pulse::new(native_clock);
    pulse.cancel();
    let inside = pulse.clone();
    let mut job = Computation::new(&pulse, async move {
        LayoutState::new(&random_graph(50, 7), start(50, 2), 2, default_force(), DEFAULTS, &inside).await.map(|_| ())
    });
    assert_eq!(job.step(1e9), Some(Err(UmapError::Cancelled)));
}

#[test]
fn two_groups_come_apart() {
    let inside = |i: u32, j: u32| i != j && i / 30 == j / 30;
    let pairs = (0..60).flat_map(|i| (0..60).map(move |j| (i, j)));
    let graph = graph_of(60, pairs.filter(|&(i, j)| inside(i, j)).map(|(i, j)| (i, j, 0.5)));
    let embedding = layout(&graph, start(60, 2), 2, LayoutParams { n_epochs: 200, ..DEFAULTS });
    let distance =
        |i: usize, j: usize| (embedding[2 * i] - embedding[2 * j]).hypot(embedding[2 * i + 1] - embedding[2 * j + 1]);
    let mean = |same: bool| {
        let pairs = (0..60).flat_map(|i| (0..i).map(move |j| (i, j))).filter(|&(i, j)| (i / 30 == j / 30) == same);
        let distances: Vec<f32> = pairs.map(|(i, j)| distance(i, j)).collect();
        distances.iter().sum::<f32>() / distances.len() as f32
    };
    assert!(mean(false) > 3.0 * mean(true), "{} between, {} within", mean(false), mean(true));
}

#[test]
fn no_epochs_return_the_start_and_wrong_starts_are_refused() {
    let graph = random_graph(20, 14);
    assert_eq!(layout(&graph, start(20, 2), 2, LayoutParams { n_epochs: 0, ..DEFAULTS }), start(20, 2));
    let refused = |initial: Vec<f32>| {
        block_on(async |pulse| LayoutState::new(&graph, initial, 2, default_force(), DEFAULTS, pulse).await)
            .map(|_| ())
            .unwrap_err()
    };
    assert!(matches!(refused(vec![0.0; 39]), UmapError::ShapeMismatch { .. }));
    let mut broken = start(20, 2);
    broken[7] = f32::NAN;
    assert!(matches!(refused(broken), UmapError::NotFinite { row: 3, col: 1, .. }));
}
