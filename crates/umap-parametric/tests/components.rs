//! Encoders that learn from principal components.

use umap_core::points::Points;
use umap_core::pulse::block_on;
use umap_core::umap::Fitted;
use umap_parametric::train::{Edges, Trainer, TrainingData};

use crate::fits::whole_fit;
use crate::training::{bits, blobs, fitted, places, trainer};

const JSON: &str = r#"{"nNeighbors":10,"nEpochs":100,"distillationSteps":10,"trainingSteps":30,"batchSize":100,
    "inputComponents":5,"parametricReconstruction":true,"globalCorrelationLossWeight":0.1}"#;

fn trained(points: &Points, fitted: &Fitted, keeps_inputs: bool) -> Trainer {
    let of_training = JSON.replace(r#""nNeighbors":10,"nEpochs":100,"#, "");
    let mut trainer = trainer(points, &of_training);
    block_on(async |pulse| {
        let inputs = trainer.networks.inputs(points, pulse).await?;
        assert_eq!(inputs.as_ref().map(|inputs| (inputs.rows(), inputs.cols())), Some((300, 5)));
        let mut edges = Edges::new(fitted.fuzzy.graph.clone());
        edges.prepare(pulse).await?;
        let (inputs, layout) = (inputs.as_ref().filter(|_| keeps_inputs), Some(fitted.embedding.as_slice()));
        let data =
            TrainingData { points, inputs, edges: &edges, layout, landmark_positions: None, validation: Some(points) };
        trainer.run(&data, pulse).await
    })
    .unwrap();
    trainer
}

#[test]
fn inputs_that_are_kept_change_no_bit() {
    let points = blobs(300, 31);
    let fitted = fitted(&points);
    let (kept, made_again) = (trained(&points, &fitted, true), trained(&points, &fitted, false));
    assert_eq!(kept.networks.encoder.inputs(), 5);
    assert!(bits(&kept) == bits(&made_again) && kept.history() == made_again.history());
}

#[test]
fn a_fit_ends_with_an_encoder_of_columns_that_gives_the_same_places() {
    let points = blobs(300, 32);
    let unfolded = trained(&points, &fitted(&points), true);
    let (model, whole) = whole_fit(&points, JSON, None);
    assert_eq!((model.trainer.networks.encoder.inputs(), model.trainer.networks.cols()), (8, 8));
    let weights: Vec<_> = model.trainer.networks.encoder.parameters().map(|weights| weights.shape.clone()).collect();
    assert_eq!(weights[..2], [vec![8, 100], vec![100]]);
    let expected = places(&unfolded, &points);
    let greatest = expected.iter().fold(0.0f32, |most, place| most.max(place.abs()));
    for (found, expected) in whole.embedding.iter().zip(&expected) {
        assert!((found - expected).abs() < 1e-5 * greatest, "{found}, not {expected}");
    }
    assert!(places(&model.trainer, &points) == whole.embedding);
}

#[test]
fn columns_are_learned_from_where_components_would_not_do() {
    let points = blobs(60, 33);
    let inputs = |json: &str| trainer(&points, json).networks.encoder.inputs();
    assert_eq!(inputs(r#"{"inputComponents":5}"#), 5);
    assert_eq!(inputs(r#"{"inputComponents":5,"encoder":{"layers":[]}}"#), 5);
    for json in [
        "{}",
        r#"{"inputComponents":0}"#,
        r#"{"inputComponents":8}"#,
        r#"{"inputComponents":5,"inputScaling":"none"}"#,
        r#"{"inputComponents":5,"encoder":{"layers":[{"type":"dense","units":9,"l2":0.1}]}}"#,
        r#"{"inputComponents":5,"encoder":{"layers":[{"type":"layerNormalization"}]}}"#,
        r#"{"inputComponents":5,"encoder":{"inputShape":[2,2,2],"layers":[{"type":"flatten"}]}}"#,
    ] {
        assert_eq!(inputs(json), 8, "{json}");
    }
}
