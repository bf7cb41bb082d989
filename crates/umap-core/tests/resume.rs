//! A fit that is cancelled anywhere, saved, loaded and resumed gives the bits of one that is not.

use crate::model::{load, save_fit};
use crate::oracle::{integers, with_threads};
use crate::transform::bits;
use umap_core::metric::Metric;
use umap_core::params::{Params, SaveParams, UmapParams};
use umap_core::points::Points;
use umap_core::pulse::{Pulse, block_on};
use umap_core::umap::Loaded;
use umap_core::umap::{FitInputs, UmapFit};
use umap_core::{Result, UmapError};

use std::cell::Cell;
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

/// A clock that gains 20 ms whenever it is read: every batch of tasks seems slow, so batches stay small and end within epochs,
/// however fast the machine is.
fn counting_clock() -> f64 {
    thread_local!(static NOW: Cell<f64> = const { Cell::new(0.0) });
    NOW.with(|now| now.replace(now.get() + 20.0))
}

/// Advances a fit by so many slices of no time, then cancels it; whether it was done before that.
pub(crate) fn run_some(fit: &mut UmapFit, slices: usize) -> Result<bool> {
    let pulse = Pulse::new(counting_clock);
    pulse.work_for(0.0);
    let mut future = pin!(fit.run(&pulse));
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..slices {
        if let Poll::Ready(result) = future.as_mut().poll(&mut context) {
            return result.map(|()| true);
        }
    }
    pulse.cancel();
    loop {
        if let Poll::Ready(result) = future.as_mut().poll(&mut context) {
            return match result {
                Err(UmapError::Cancelled) => Ok(false),
                other => other.map(|()| true),
            };
        }
    }
}

/// Stages and epochs that are done.
fn stages_done(fit: &UmapFit) -> u32 {
    let epochs = fit.layout.state().map_or(0, |state| 1 + state.epoch());
    u32::from(fit.graph.neighbors().is_some()) + u32::from(fit.graph.fuzzy().is_some()) + epochs
}

/// Whether it was interrupted within an epoch.
fn is_within_epoch(fit: &UmapFit) -> bool {
    fit.layout.state().is_some_and(|state| !state.progress().moved.is_empty())
}

/// Leaves a fit in the middle of an epoch.
pub(crate) fn interrupt_within_epoch(fit: &mut UmapFit) {
    block_on(async |pulse| fit.run_to(1, pulse).await).unwrap();
    let is_within = (1..20).any(|slices| !run_some(fit, slices).unwrap() && is_within_epoch(fit));
    assert!(is_within, "it was never interrupted within an epoch");
}

fn start(rows: usize, options: &str, init: Option<Vec<f32>>) -> UmapFit {
    let params = UmapParams::from_json(options).unwrap();
    let points = Points::from_slice(&integers(rows, 6, 3), rows, 6, Metric::Euclidean).unwrap();
    UmapFit::new(points, params, FitInputs { init, ..FitInputs::default() }).unwrap()
}

pub(crate) fn finish(mut fit: UmapFit) -> Vec<f32> {
    block_on(async |pulse| {
        fit.run(pulse).await.unwrap();
        fit.into_model(pulse).unwrap().fitted.embedding
    })
}

pub(crate) fn reloaded(fit: &UmapFit) -> UmapFit {
    match load(&save_fit(fit, &SaveParams::default()).unwrap()).unwrap() {
        Loaded::Fit(fit) => *fit,
        Loaded::Model(_) => panic!("it was not finished"),
    }
}

/// Interrupts every `step` slices, saving and loading each time.
pub(crate) fn in_pieces(mut fit: UmapFit, step: usize) -> Vec<f32> {
    loop {
        // A stage that is interrupted before its end starts anew, so pieces grow until it gets through.
        let done = (0..).map(|more| step << more).find_map(|slices| {
            let before = stages_done(&fit);
            match run_some(&mut fit, slices).unwrap() {
                true => Some(true),
                false => (stages_done(&fit) > before).then_some(false),
            }
        });
        if done == Some(true) {
            return finish(fit);
        }
        fit = reloaded(&fit);
    }
}

#[test]
fn interrupted_at_any_stage_it_goes_on_to_the_same_bits() {
    let init = Some((0..1200).map(|i| (i * 37 % 101) as f32).collect());
    for (options, init) in [(r#"{"nEpochs":25}"#, None), (r#"{"nEpochs":25}"#, init)] {
        let whole = finish(start(600, options, init.clone()));
        for step in [1, 7] {
            assert_eq!(bits(&in_pieces(start(600, options, init.clone()), step)), bits(&whole));
        }
    }
}

#[test]
fn interrupted_within_an_epoch_it_goes_on_with_any_number_of_threads() {
    let options = r#"{"nEpochs":6,"nComponents":40,"init":"random","nNeighbors":4}"#;
    let whole = finish(start(4000, options, None));
    for threads in [1, 3] {
        let resumed = with_threads(threads, || {
            let mut fit = start(4000, options, None);
            interrupt_within_epoch(&mut fit);
            in_pieces(reloaded(&fit), 3)
        });
        assert_eq!(bits(&resumed), bits(&whole));
    }
}

#[test]
fn it_runs_no_further_than_it_is_told_and_goes_on_to_the_same_bits() {
    let mut fit = start(300, r#"{"nEpochs":25}"#, None);
    let whole = finish(start(300, r#"{"nEpochs":25}"#, None));
    block_on(async |pulse| {
        assert_eq!(fit.embedding(), None);
        // The same epoch again does nothing; one beyond the last ends at the last.
        for (epoch, done) in [(0, 0), (1, 1), (1, 1), (7, 7), (3, 7), (40, 25)] {
            fit.run_to(epoch, pulse).await.unwrap();
            assert_eq!(stages_done(&fit), 3 + done);
            assert_eq!(fit.embedding().unwrap().len(), 600);
        }
    });
    assert_eq!(fit.n_epochs(), 25);
    assert_eq!(bits(fit.embedding().unwrap()), bits(&whole));
}

#[test]
fn a_layout_that_no_model_can_be_made_of_stays() {
    let mut fit = start(300, r#"{"nEpochs":25,"learningRate":3e38}"#, None);
    assert!(matches!(fit.check(), Err(UmapError::NotFitted(_))));
    block_on(async |pulse| fit.run(pulse).await).unwrap();
    assert!(matches!(fit.check(), Err(UmapError::InvalidParameter { .. })), "{:?}", fit.check());
    assert_eq!(fit.embedding().unwrap().len(), 600);
}

#[test]
fn an_unfinished_fit_needs_its_points() {
    let mut fit = start(300, "{}", None);
    assert!(!run_some(&mut fit, 3).unwrap());
    let error = save_fit(&fit, &SaveParams { raw_data: false, landmarks: None }).unwrap_err();
    assert!(error.to_string().starts_with("rawData"), "{error}");
}

/// Small fits that were interrupted: within the search, and within the layout.
pub(crate) fn interrupted() -> Vec<UmapFit> {
    let start = || {
        let params = UmapParams::from_json(r#"{"nEpochs":9,"nNeighbors":4}"#).unwrap();
        let points = Points::from_slice(&integers(12, 3, 1), 12, 3, Metric::Euclidean).unwrap();
        UmapFit::new(points, params, FitInputs { init: Some(vec![1.0; 24]), ..FitInputs::default() }).unwrap()
    };
    let mut late = start();
    while stages_done(&late) < 5 {
        let slices = (1..).find(|&slices| {
            late = start();
            !run_some(&mut late, slices).unwrap() && stages_done(&late) >= 5
        });
        assert!(slices.is_some());
    }
    vec![start(), late]
}
