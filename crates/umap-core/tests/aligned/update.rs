use std::rc::Rc;

use super::{
    ROWS, STEP, all_bits, assert_refused, displacement, embeddings, finish, fit, overlap, overlapping, overlaps, start,
};
use crate::oracle::same_for_all_threads;
use umap_core::aligned::relations::Relations;
use umap_core::aligned::{AlignedModel, AlignedUpdate, UpdateRelations};
use umap_core::evaluate::{Beside, evaluate};
use umap_core::fuzzy::target::Target;
use umap_core::metric::Metric;
use umap_core::params::EvaluateParams;
use umap_core::points::Points;
use umap_core::pulse::block_on;

pub(super) fn begin(
    model: &Rc<AlignedModel>,
    data: &[f32],
    relations: UpdateRelations,
    changes: &str,
) -> umap_core::Result<AlignedUpdate> {
    begin_of(model, data, 64, relations, changes)
}

pub(super) fn begin_of(
    model: &Rc<AlignedModel>,
    data: &[f32],
    cols: usize,
    relations: UpdateRelations,
    changes: &str,
) -> umap_core::Result<AlignedUpdate> {
    let params = model.next_params(changes)?;
    let points = Points::stored(data, data.len() / cols, cols, params.metric(), params.store)?;
    AlignedUpdate::new(Rc::clone(model), points, params, relations, None)
}

pub(super) fn updated(model: AlignedModel, data: &[f32], relations: UpdateRelations) -> AlignedModel {
    let update = begin(&Rc::new(model), data, relations, "{}").unwrap();
    block_on(async |pulse| update.run(pulse).await).unwrap()
}

/// Two datasets, and the rest one by one.
fn grown(data: &[Vec<f32>], options: &str) -> AlignedModel {
    let update = |model, data: &Vec<f32>| updated(model, data, UpdateRelations::Pairs(Some(overlap())));
    data[2..].iter().fold(fit(&data[..2], options), update)
}

#[test]
fn slices_that_are_there_keep_their_bits_and_new_ones_are_aligned_with_them() {
    let data = overlapping(5);
    let before = fit(&data[..2], "{}");
    let after = grown(&data, "{}");
    assert_eq!(all_bits(&after)[..2], all_bits(&before)[..]);
    assert_eq!(after.diagnostics.related, [120; 4]);
    let moved = displacement(&embeddings(&after), 2);
    assert!(moved < 0.3, "{moved}");
    let how = EvaluateParams { k: 10, ..EvaluateParams::default() };
    for (data, slice) in data.iter().zip(&after.slices) {
        let points = Points::from_slice(data, ROWS, 64, Metric::Euclidean).unwrap();
        let found =
            block_on(async |pulse| evaluate(&points, &slice.fitted.embedding, 2, Beside::default(), &how, pulse).await);
        assert!(found.unwrap().trustworthiness > 0.95);
    }
}

#[test]
fn bits_of_a_new_slice_do_not_depend_on_threads() {
    let data = overlapping(3);
    same_for_all_threads(|| all_bits(&grown(&data, r#"{"nEpochs":20,"densmap":true}"#)));
}

#[test]
fn ids_say_the_same_as_relations() {
    let data = overlapping(5);
    let options = r#"{"nEpochs":20}"#;
    let ids = |slice: usize| (STEP * slice) as u32..(STEP * slice + ROWS) as u32;
    let two = start(&data[..2], 64, options, Relations::Ids((0..2).map(|i| ids(i).collect()).collect()), vec![]);
    let by_ids = (2..5).fold(finish(two.unwrap()), |model, new| {
        let window = new - model.reach()..=new;
        updated(model, &data[new], UpdateRelations::Ids(window.map(|i| ids(i).collect()).collect()))
    });
    let by_relations = grown(&data, options);
    assert_eq!(all_bits(&by_ids), all_bits(&by_relations));
    assert_eq!(by_ids.diagnostics.related, by_relations.diagnostics.related);
}

#[test]
fn the_window_reaches_back_through_relations_of_earlier_updates() {
    let data = overlapping(4);
    let with = |window: u32| all_bits(&grown(&data, &format!(r#"{{"nEpochs":20,"alignmentWindowSize":{window}}}"#)));
    let (one, two, many) = (with(1), with(2), with(3));
    assert_eq!(one[..2], two[..2]);
    assert_ne!(one[2], two[2]);
    assert_eq!(two[2], many[2]);
    assert_ne!(two[3], many[3]);
    assert_eq!(many, with(4000));
}

#[test]
fn options_of_a_new_slice_are_those_of_the_last_one_unless_it_has_its_own() {
    let data = overlapping(3);
    let model = Rc::new(fit(&data[..2], r#"{"nEpochs":[20,10],"minDist":[0.1,0.3]}"#));
    let params = model.next_params(r#"{"minDist":0.5}"#).unwrap();
    assert_eq!((params.n_epochs, params.min_dist), (Some(10), 0.5));
    for name in ["nComponents", "seed", "randomState", "nThreads"] {
        let expected = format!("{name}: expected no value: all datasets share that of the fit, got 3");
        assert_refused(model.next_params(&format!(r#"{{"{name}":3}}"#)), &expected);
    }
    assert_refused(model.next_params(r#"{"minDist":2}"#), "minDist: expected a number, 0 to spread (1), got 2");
    assert!(model.next_params(r#"{"alignmentWindowSize":2}"#).unwrap_err().to_string().starts_with("unknown option"));
}

#[test]
fn an_update_without_relations_is_said_and_later_ones_start_anew() {
    let data = overlapping(4);
    let model = fit(&data[..2], r#"{"nEpochs":20}"#);
    let model = updated(model, &data[2], UpdateRelations::Pairs(None));
    assert_eq!(model.diagnostics.related, [120, 0]);
    assert_eq!(
        model.diagnostics.notes,
        ["datasets[2] has no point that is related to one of its window: it is not aligned"]
    );
    let model = updated(model, &data[3], UpdateRelations::Pairs(Some(overlap())));
    assert_eq!((model.diagnostics.related.as_slice(), model.diagnostics.notes.len()), (&[120, 0, 120][..], 1));
}

#[test]
fn what_cannot_be_is_refused() {
    let data = overlapping(3);
    let model = Rc::new(fit(&data[..2], r#"{"nEpochs":5}"#));
    let refused = |relations| begin(&model, &data[2][..90 * 64], relations, "{}").map(|_| ());
    let reversed = overlap().iter().map(|&[from, to]| [to, from]).collect();
    assert_refused(
        refused(UpdateRelations::Pairs(Some(reversed))),
        "relations: expected rows of the new one, which has 90, got 90 as `to` of entry 50",
    );
    let reversed = (60..150).map(|row| [row - 60, row]).collect();
    assert_refused(
        refused(UpdateRelations::Pairs(Some(reversed))),
        "relations: expected rows of the new one, which has 90, got 90 as `to` of entry 30; the other way round all pairs fit: \
         they lead from earlier to later",
    );
    assert_refused(
        refused(UpdateRelations::Pairs(Some(vec![]))),
        "relations: expected at least one pair, or null where nothing is related, got none",
    );
    let ids = |from: [u32; 3]| {
        UpdateRelations::Ids(vec![
            (0..160).map(|i| from[0] + i).collect(),
            (0..160).map(|i| from[1] + i).collect(),
            (0..90).map(|i| from[2] + i).collect(),
        ])
    };
    let expected = "ids: expected ids that occur in the new dataset and in one of its window, got only ids that do not";
    assert_refused(refused(ids([0, 60, 1000])), expected);
    let target = Some(Target::Labels(vec![1, 2]));
    let (params, points) =
        (model.next_params("{}").unwrap(), Points::from_slice(&data[2], ROWS, 64, Metric::Euclidean).unwrap());
    let few = AlignedUpdate::new(Rc::clone(&model), points, params, UpdateRelations::Pairs(Some(overlap())), target);
    assert!(few.unwrap_err().to_string().starts_with("target: expected"));
}

#[test]
fn fits_of_one_slice_grow_too() {
    let data = overlapping(2);
    let one = finish(start(&data[..1], 64, r#"{"nEpochs":100}"#, overlaps(1), vec![]).unwrap());
    let two = updated(one, &data[1], UpdateRelations::Pairs(Some(overlap())));
    assert!(displacement(&embeddings(&two), 2) < 0.5);
}
