//! Trains on MNIST and measures what new rows' neighbours say: `train ROWS THREADS FILE LABELS [OPTIONS [UMAP]]`. FILE holds
//! 70,000 x 784 bytes, LABELS 70,000; the last 10,000 rows are the new ones. OPTIONS and UMAP are JSON.

use std::time::Instant;

use rayon::prelude::*;
use umap_core::params::{Params, UmapParams};
use umap_core::points::Points;
use umap_core::pulse::block_on;
use umap_core::umap::{FitInputs, fit};
use umap_parametric::model::Networks;
use umap_parametric::params::{TrainingParams, default_steps};
use umap_parametric::train::{Edges, Trainer, TrainingData};

const COLS: usize = 784;
const NEW: usize = 10_000;
const K: usize = 15;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let number = |i: usize| args[i].parse::<usize>().expect("a number");
    let (rows, threads) = (number(0), number(1));
    let (data, labels) = (std::fs::read(&args[2]).expect("a file"), std::fs::read(&args[3]).expect("labels"));
    let json = |i: usize| args.get(i).map_or("{}", String::as_str);
    let params: TrainingParams = umap_core::params::from_json(json(4)).expect("options");
    let umap = UmapParams::from_json(json(5)).expect("options of UMAP");
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
    pool.install(|| {
        block_on(async |pulse| {
            let points = |from: usize, rows: usize| {
                let data = &data[from * COLS..(from + rows) * COLS];
                Points::stored(data, rows, COLS, umap.metric(), umap.store).expect("points")
            };
            let (old, new) = (points(0, rows), points(data.len() / COLS - NEW, NEW));
            let (old_labels, new_labels) = (&labels[..rows], &labels[labels.len() - NEW..]);
            let start = Instant::now();
            let distils = params.distillation_steps > 0;
            let how = UmapParams { n_epochs: if distils { umap.n_epochs } else { Some(0) }, ..umap.clone() };
            let fitted = fit(old.clone(), &how, FitInputs::default(), pulse).await.expect("a layout");
            println!("graph and layout {:.1} s", start.elapsed().as_secs_f64());
            if distils {
                println!(
                    "layout accuracy {:.4}",
                    accuracy(&fitted.embedding, old_labels, &fitted.embedding, old_labels, 1)
                );
            }
            let mut edges = Edges::new(fitted.fuzzy.graph.clone());
            edges.prepare(pulse).await.expect("edges");
            let networks = Networks::new(&params, &old, 2, umap.seed, pulse).await.expect("networks");
            let inputs = networks.inputs(&old, pulse).await.expect("components");
            println!("with components {:.1} s", start.elapsed().as_secs_f64());
            let layout = distils.then_some(fitted.embedding.as_slice());
            let (points, inputs, edges) = (&old, inputs.as_ref(), &edges);
            let data = TrainingData { points, inputs, edges, layout, landmark_positions: None, validation: None };
            let steps = params.training_steps.unwrap_or_else(|| default_steps(rows));
            let total = params.distillation_steps + steps;
            let mut trainer = Trainer::new(networks, params.clone(), &umap);
            let mut spent = start.elapsed().as_secs_f64();
            let stops = args.get(6).map_or(4, |stops| stops.parse::<u32>().expect("a number"));
            for stop in 1..=stops {
                let start = Instant::now();
                trainer.run_to(total * stop / stops, &data, pulse).await.expect("trained");
                spent += start.elapsed().as_secs_f64();
                let places = trainer.networks.transform(&old, pulse).await.expect("places");
                let start = Instant::now();
                let new_places = trainer.networks.transform(&new, pulse).await.expect("places");
                let took = start.elapsed().as_secs_f64();
                let found = accuracy(&places, old_labels, &new_places, new_labels, 0);
                let report = trainer.history().last();
                println!(
                    "{:6} steps {spent:6.1} s held-out {found:.4}, old {:.4}, transform {:.0} ms, {:?}",
                    total * stop / stops,
                    accuracy(&places, old_labels, &places, old_labels, 1),
                    took * 1e3,
                    report.map(|report| (report.loss, report.distillation, report.graph))
                );
            }
        });
    });
}

/// The share of `places` whose label is the most frequent among their 15 nearest `old` ones, `skip` left out.
fn accuracy(old: &[f32], old_labels: &[u8], places: &[f32], labels: &[u8], skip: usize) -> f64 {
    let places: Vec<_> = places.chunks_exact(2).zip(labels).step_by(if skip > 0 { 7 } else { 1 }).collect();
    let right = places.par_iter().filter(|(place, label)| {
        let mut nearest = [(f32::INFINITY, 0_u8); K + 1];
        let kept = &mut nearest[..K + skip];
        for (other, &label) in old.chunks_exact(2).zip(old_labels) {
            let squared = (place[0] - other[0]).powi(2) + (place[1] - other[1]).powi(2);
            if squared < kept[kept.len() - 1].0 {
                let at = kept.partition_point(|(near, _)| *near <= squared);
                kept[at..].rotate_right(1);
                kept[at] = (squared, label);
            }
        }
        let mut votes = [0; 10];
        kept[skip..].iter().for_each(|(_, label)| votes[*label as usize] += 1);
        let most = (0..10).max_by_key(|&label| (votes[label], std::cmp::Reverse(label))).expect("ten");
        most == usize::from(**label)
    });
    right.count() as f64 / places.len() as f64
}
