use super::{ROWS, STEP, all_bits, digits, displacement, embeddings, finish, fit, overlapping, overlaps, start};
use crate::oracle::same_for_all_threads;
use crate::transform::{bits, model, places};
use umap_core::UmapError;
use umap_core::aligned::relations::Relations;
use umap_core::csr::Csr;
use umap_core::evaluate::{Beside, evaluate};
use umap_core::fuzzy::target::{Target, UNKNOWN};
use umap_core::metric::Metric;
use umap_core::optimize::force::UmapForce;
use umap_core::optimize::joint::{Joint, Tie, Ties};
use umap_core::optimize::{LayoutParams, LayoutState};
use umap_core::params::EvaluateParams;
use umap_core::points::Points;
use umap_core::pulse::{Computation, Pulse, Stage, block_on, native_clock};

#[test]
fn one_dataset_alone_is_what_umap_makes_of_it() {
    let data = digits(0, 300);
    let options = r#"{"nEpochs":50,"densmap":true}"#;
    let alone = fit(std::slice::from_ref(&data), options);
    assert_eq!(all_bits(&alone), [bits(&model(&data, 64, options).fitted.embedding)]);
    assert!(alone.diagnostics.related.is_empty() && alone.diagnostics.notes.is_empty());
}

#[test]
fn bits_do_not_depend_on_threads() {
    // In all more than one thread works on, of unequal rows, epochs and forces.
    let data: Vec<Vec<f32>> = [0..1797, 300..1797, 500..1500].map(|rows| digits(rows.start, rows.end)).into();
    let ids = [0..1797, 300..1797, 500..1500].map(Iterator::collect).into();
    let options = r#"{"nEpochs":[12,20,5],"minDist":[0.1,0.1,0.3],"densmap":[false,true,false]}"#;
    same_for_all_threads(|| {
        let relations = Relations::Ids(Clone::clone(&ids));
        all_bits(&finish(start(&data, 64, options, relations, Vec::new()).unwrap()))
    });
}

#[test]
fn the_more_regularisation_the_less_related_rows_move() {
    let data = overlapping(4);
    for dims in [2, 3, 5] {
        let moved = [0.0, 0.01, 0.1, 1.0].map(|weight| {
            let options = format!(r#"{{"alignmentRegularisation":{weight},"nComponents":{dims},"nEpochs":200}}"#);
            displacement(&embeddings(&fit(&data, &options)), dims)
        });
        assert!(moved.is_sorted_by(|a, b| a > b), "{dims}: {moved:?}");
        assert!(moved[1] < 0.3 && moved[3] < 0.03, "{dims}: {moved:?}");
    }
}

#[test]
fn neighbourhoods_are_kept_in_every_slice() {
    let data = overlapping(4);
    let how = EvaluateParams { k: 10, ..EvaluateParams::default() };
    for (data, slice) in data.iter().zip(&fit(&data, "{}").slices) {
        let points = Points::from_slice(data, ROWS, 64, Metric::Euclidean).unwrap();
        let found =
            block_on(async |pulse| evaluate(&points, &slice.fitted.embedding, 2, Beside::default(), &how, pulse).await);
        assert!(found.unwrap().trustworthiness > 0.95);
    }
}

#[test]
fn the_window_reaches_both_ways_and_the_last_dataset() {
    let data = overlapping(3);
    let with = |window: u32, relations: Relations| {
        let options = format!(r#"{{"alignmentWindowSize":{window},"nEpochs":30}}"#);
        all_bits(&finish(start(&data, 64, &options, relations, Vec::new()).unwrap()))
    };
    let free = all_bits(&fit(&data, r#"{"alignmentRegularisation":0,"nEpochs":30}"#));
    let (one, two) = (with(1, overlaps(3)), with(2, overlaps(3)));
    for slice in 0..3 {
        assert_ne!(one[slice], free[slice]);
        assert_ne!(two[slice], one[slice]);
    }
    assert_eq!(with(9, overlaps(3)), two);
    let rows = |slice: usize| (STEP * slice) as u32..(STEP * slice + ROWS) as u32;
    let ids = (0..3).map(|slice| rows(slice).collect()).collect();
    assert_eq!(with(2, Relations::Ids(ids)), two, "ids say the same as overlaps");
}

#[test]
fn datasets_without_relations_are_fitted_and_said() {
    let data = overlapping(3);
    let relations = Relations::Pairs(vec![Some(super::overlap()), None]);
    let model = finish(start(&data, 64, r#"{"nEpochs":10}"#, relations, Vec::new()).unwrap());
    assert_eq!(model.diagnostics.related, [120, 0]);
    let alone = "datasets[2] has no point that is related to one of its window: it is not aligned";
    assert_eq!(model.diagnostics.notes, [alone]);
    assert_eq!(all_bits(&model)[2], bits(&crate::transform::model(&data[2], 64, r#"{"nEpochs":10}"#).fitted.embedding));
}

#[test]
fn datasets_may_differ_in_rows_and_columns() {
    let data = [digits(0, 120), digits(0, 120)[..64 * 90].to_vec()];
    let points = [
        Points::from_slice(&data[0], 120, 64, Metric::Euclidean).unwrap(),
        // The same rows, of which only half the pixels are seen.
        Points::from_slice(&data[1].chunks(2).map(|x| x[0]).collect::<Vec<_>>(), 90, 32, Metric::Euclidean).unwrap(),
    ];
    let params = umap_core::params::AlignedParams::from_json(r#"{"nEpochs":100}"#).unwrap();
    let pairs = (0..90).map(|row| [row, row]).collect();
    let inputs =
        umap_core::aligned::AlignedInputs { relations: Relations::Pairs(vec![Some(pairs)]), targets: Vec::new() };
    let model = finish(umap_core::aligned::AlignedFit::new(points.into(), &params, inputs).unwrap());
    let [first, second] = embeddings(&model).try_into().unwrap();
    assert_eq!((first.len(), second.len()), (240, 180));
    let apart: f32 = first.iter().zip(second).map(|(a, b)| (a - b).abs()).sum::<f32>() / 180.0;
    assert!(apart < 1.0, "{apart}");
}

#[test]
fn targets_act_on_their_datasets() {
    let data = overlapping(2);
    let labels = |of: usize| {
        Target::Labels((0..ROWS as u32).map(|i| if i % 5 == 0 { UNKNOWN } else { i % 2 + of as u32 }).collect())
    };
    let with = |targets| {
        all_bits(&finish(
            start(&data, 64, r#"{"nEpochs":20,"alignmentRegularisation":0}"#, overlaps(2), targets).unwrap(),
        ))
    };
    let (none, second) = (with(vec![]), with(vec![None, Some(labels(0))]));
    assert_eq!(second[0], none[0]);
    assert_ne!(second[1], none[1]);
    let few = start(&data, 64, "{}", overlaps(2), vec![None, Some(Target::Labels(vec![1, 2]))]);
    assert!(few.unwrap_err().to_string().starts_with("datasets[1]: target: expected"));
}

#[test]
fn densities_are_kept_with_densmap() {
    let data: Vec<Vec<f32>> = overlapping(2);
    let density = |options: &str| {
        let model = fit(&data, options);
        let radii = model.slices.iter().map(|slice| slice.fitted.radii.as_ref().unwrap());
        radii.map(|radii| correlation(&radii.input, &radii.embedding)).fold(1.0, f64::min)
    };
    let (plain, dense) = (density(r#"{"outputDens":true}"#), density(r#"{"outputDens":true,"densmap":true}"#));
    assert!(dense > 0.8 && dense > plain + 0.1, "{dense}, {plain} without");
}

fn correlation(x: &[f32], y: &[f32]) -> f64 {
    let mean = |x: &[f32]| x.iter().map(|&x| f64::from(x)).sum::<f64>() / x.len() as f64;
    let (mx, my) = (mean(x), mean(y));
    let sum = |x: &[f32], mx: f64, y: &[f32], my: f64| {
        x.iter().zip(y).map(|(&x, &y)| (f64::from(x) - mx) * (f64::from(y) - my)).sum::<f64>()
    };
    sum(x, mx, y, my) / (sum(x, mx, x, mx) * sum(y, my, y, my)).sqrt()
}

#[test]
fn rows_without_a_place_are_nan_and_pull_nothing() {
    // Row 3 of the second dataset is far from all: it has no neighbour within the limit.
    let mut data = overlapping(2);
    data[1][3 * 64..4 * 64].fill(1000.0);
    let model = fit(&data, r#"{"nEpochs":20,"disconnectionDistance":100}"#);
    let [first, second] = embeddings(&model).try_into().unwrap();
    assert!(first.iter().all(|x| x.is_finite()));
    assert!(second.iter().enumerate().all(|(at, x)| x.is_nan() == (at / 2 == 3)));
}

#[test]
fn new_rows_find_their_places_in_any_slice() {
    let data = overlapping(2);
    let model = fit(&data, r#"{"nEpochs":100}"#);
    for (data, slice) in data.iter().zip(&model.slices) {
        let found = places(slice, &data[..20 * 64]);
        let apart = found.iter().zip(&slice.fitted.embedding).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(apart < 1.0, "{apart}");
    }
    assert!(model.slice(2).unwrap_err().to_string().starts_with("slice: expected the number of a dataset, 0 to 1"));
}

#[test]
fn it_says_which_dataset_is_at_work_and_stops_when_it_is_cancelled() {
    let data = overlapping(3);
    let seen = |cancels: Option<(Stage, Option<u32>)>| {
        let (pulse, fit) = (Pulse::new(native_clock), start(&data, 64, "{}", overlaps(3), Vec::new()).unwrap());
        let inside = pulse.clone();
        let mut job = Computation::new(&pulse, async move { fit.run(&inside).await });
        let mut seen = Vec::new();
        loop {
            if let Some(done) = job.step(0.0) {
                return (seen, done.map(|_| ()));
            }
            let now = (pulse.stage(), pulse.dataset());
            if seen.last() != Some(&now) {
                seen.push(now);
            }
            if Some(now) == cancels {
                pulse.cancel();
            }
        }
    };
    let (whole, done) = seen(None);
    done.unwrap();
    let stages = [Stage::Knn, Stage::Fuzzy, Stage::Init];
    for slice in 0..3 {
        assert!(stages.iter().all(|&stage| whole.contains(&(stage, Some(slice)))), "{whole:?}");
    }
    assert!(whole.contains(&(Stage::Optimize, None)));
    for cancels in [(Stage::Fuzzy, Some(1)), (Stage::Optimize, None)] {
        assert_eq!(seen(Some(cancels)).1, Err(UmapError::Cancelled));
    }
}

/// Two vertices, an edge between them.
fn pair(initial: [f32; 4]) -> LayoutState {
    let graph = Csr { indptr: vec![0, 1, 2], indices: vec![1, 0], data: vec![1.0, 1.0] };
    let params = LayoutParams { n_epochs: 60, learning_rate: 1.0, negative_sample_rate: 0, seed: 1 };
    let force = UmapForce::new(1.577, 0.895, 1.0);
    block_on(async |pulse| LayoutState::new(&graph, initial.to_vec(), 2, force, params, pulse).await).unwrap()
}

#[test]
fn ties_pull_to_where_the_other_is() {
    let fixed = [0.0, 0.0, 20.0, -5.0];
    let tie = |layout, vertex, weight| Tie { layout, vertex, weight };
    let mut layout = pair([3.0, 3.0, 4.0, 4.0]);
    let ties = vec![Ties::new(2, &[(1, tie(0, 1, 2.0))])];
    block_on(async |pulse| Joint { fixed: vec![&fixed], moving: vec![&mut layout], ties }.run(pulse).await).unwrap();
    let place = layout.embedding();
    // The edge holds the first vertex by the second, which the tie holds.
    assert!((place[2] - 20.0).abs() < 0.5 && (place[3] + 5.0).abs() < 0.5, "{place:?}");
    assert!((place[0] - 20.0).abs() < 1.5 && (place[1] + 5.0).abs() < 1.5, "{place:?}");

    // Two that move meet half way: neither is taken before the other.
    let mut layouts = [pair([0.0, 0.0, 0.0, 0.1]), pair([10.0, 0.0, 10.0, 0.1])];
    let ties = [1, 0].map(|other| Ties::new(2, &[0, 1].map(|vertex| (vertex, tie(other, vertex, 1.0)))));
    let moving = layouts.iter_mut().collect();
    block_on(async |pulse| Joint { fixed: vec![], moving, ties: ties.into() }.run(pulse).await).unwrap();
    let [left, right] = layouts.each_ref().map(|layout| layout.embedding()[0]);
    assert!((left + right - 10.0).abs() < 1e-3 && (right - left).abs() < 0.5, "{left}, {right}");
}
