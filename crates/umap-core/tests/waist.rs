//! The graph as the waist: to it without a layout, and from it without points.

use crate::oracle::{integers, same_for_all_threads};
use crate::transform::bits;
use umap_core::csr::Csr;
use umap_core::graph::{Asymmetric, GraphFit, GraphInputs, given_graph};
use umap_core::init::InitUsed;
use umap_core::metric::Metric;
use umap_core::params::{OF_GRAPH, OF_LAYOUT, Params, UmapParams};
use umap_core::points::Points;
use umap_core::pulse::block_on;
use umap_core::umap::{FitInputs, UmapFit, UmapModel, fit_graph};
use umap_core::{Result, UmapError};

const OPTIONS: &str = r#"{"nEpochs":40,"nNeighbors":8}"#;

fn points() -> Points {
    Points::from_slice(&integers(400, 6, 3), 400, 6, Metric::Euclidean).unwrap()
}

fn fitted(options: &str) -> UmapModel {
    let mut fit = UmapFit::new(points(), UmapParams::from_json(options).unwrap(), FitInputs::default()).unwrap();
    block_on(async |pulse| {
        fit.run(pulse).await?;
        fit.into_model(pulse)
    })
    .unwrap()
}

fn csr(rows: &[&[(u32, f32)]]) -> Csr {
    let mut csr = Csr { indptr: vec![0], ..Csr::default() };
    for row in rows {
        csr.indices.extend(row.iter().map(|entry| entry.0));
        csr.data.extend(row.iter().map(|entry| entry.1));
        csr.indptr.push(csr.indices.len() as u32);
    }
    csr
}

fn given(matrix: Csr, asymmetric: Asymmetric) -> Result<Csr> {
    block_on(async |pulse| given_graph(matrix, asymmetric, pulse).await).map(|fuzzy| fuzzy.graph)
}

#[test]
fn a_graph_alone_is_that_of_a_fit() {
    let mut fit = GraphFit::new(points(), UmapParams::from_json(OPTIONS).unwrap(), GraphInputs::default()).unwrap();
    block_on(async |pulse| fit.run(pulse).await).unwrap();
    assert_eq!(fit.finish().unwrap().fuzzy, fitted(OPTIONS).fitted.fuzzy);
}

#[test]
fn a_graph_that_is_laid_out_without_its_points_gets_the_bits_of_the_fit() {
    for options in [OPTIONS, r#"{"nEpochs":40,"nNeighbors":8,"init":"random","nComponents":3}"#] {
        let model = fitted(options);
        // Of one component, the start asks for no points.
        assert!(!matches!(model.fitted.diagnostics.init, InitUsed::SpectralComponents { .. }));
        let params = UmapParams::from_json(options).unwrap();
        let embedding = same_for_all_threads(|| {
            let graph = model.fitted.fuzzy.graph.clone();
            let work = async |pulse: &_| fit_graph(graph, Asymmetric::Refused, params.clone(), None, pulse).await;
            bits(&block_on(work).unwrap().embedding)
        });
        assert_eq!(embedding, bits(&model.fitted.embedding));
    }
}

#[test]
fn a_model_that_is_laid_out_anew_is_that_of_a_fit_from_there() {
    let random = r#"{"nEpochs":40,"nNeighbors":8,"init":"random"}"#;
    let (model, expected) = (fitted(OPTIONS), fitted(random));
    let params = UmapParams::from_json(random).unwrap();
    let anew = block_on(async |pulse| model.from_start(params.clone(), None, pulse).await).unwrap();
    assert_eq!(bits(&anew.fitted.embedding), bits(&expected.fitted.embedding));
    assert_eq!((anew.fitted.diagnostics.init, &anew.fitted.fuzzy), (InitUsed::Random, &model.fitted.fuzzy));
    let of_graph = |init: Option<Vec<f32>>| {
        let (graph, params) = (model.fitted.fuzzy.graph.clone(), params.clone());
        block_on(async |pulse| {
            let laid_out = fit_graph(graph, Asymmetric::Refused, params.clone(), None, pulse).await?;
            laid_out.from_start(params, init, pulse).await
        })
    };
    assert_eq!(bits(&of_graph(None).unwrap().embedding), bits(&expected.fitted.embedding));
    let start: Vec<f32> = (0..800).map(|i| (i % 37) as f32).collect();
    assert_eq!(of_graph(Some(start)).unwrap().diagnostics.init, InitUsed::Given);
    assert!(matches!(of_graph(Some(vec![0.0; 7])), Err(UmapError::ShapeMismatch { .. })));
}

#[test]
fn columns_in_any_order_loops_and_zeros_are_understood() {
    let matrix = csr(&[&[(2, 0.5), (0, 1.0), (1, 0.25)], &[(0, 0.25), (2, 0.0)], &[(0, 0.5)]]);
    let expected = csr(&[&[(1, 0.25), (2, 0.5)], &[(0, 0.25)], &[(0, 0.5)]]);
    assert_eq!(given(matrix, Asymmetric::Refused).unwrap(), expected);
}

#[test]
fn what_is_not_symmetric_is_refused_or_mixed() {
    let matrix = csr(&[&[(1, 0.5)], &[(0, 0.25), (2, 0.75)], &[]]);
    let refused = given(matrix.clone(), Asymmetric::Refused).unwrap_err().to_string();
    assert!(refused.contains("symmetrize: true") && refused.contains("row 0, column 1"), "{refused}");
    let union = csr(&[&[(1, 0.625)], &[(0, 0.625), (2, 0.75)], &[(1, 0.75)]]);
    assert_eq!(given(matrix.clone(), Asymmetric::Mixed(1.0)).unwrap(), union);
    assert_eq!(given(matrix, Asymmetric::Mixed(0.0)).unwrap(), csr(&[&[(1, 0.125)], &[(0, 0.125)], &[]]));
}

#[test]
fn what_is_no_graph_is_refused() {
    for (matrix, says) in [
        (Csr::default(), "graph.indptr: expected one value more than rows, at least 2, got 0 values"),
        (csr(&[&[(3, 0.5)], &[], &[]]), "columns below 3"),
        (csr(&[&[(1, 0.5), (1, 0.5)], &[(0, 0.5)]]), "column 1 twice"),
        (csr(&[&[(1, f32::NAN)], &[]]), "a weight from 0 to 1, got NaN"),
        (csr(&[&[(1, -0.5)], &[]]), "got -0.5"),
        (csr(&[&[(1, 1.5)], &[]]), "got 1.5"),
        (Csr { indptr: vec![0, 2, 1], indices: vec![0], data: vec![1.0] }, "never decrease"),
        (Csr { indptr: vec![0, 1], indices: vec![0], data: vec![] }, "graph.data: expected 1 values"),
        (Csr { indptr: vec![0, 9], indices: vec![0], data: vec![1.0] }, "graph.indices: expected 9 values"),
    ] {
        let message = given(matrix, Asymmetric::Mixed(1.0)).unwrap_err().to_string();
        assert!(message.contains(says), "{message}");
    }
}

#[test]
fn densmap_needs_more_than_a_graph() {
    let params = UmapParams::from_json(r#"{"densmap":true}"#).unwrap();
    let graph = fitted(OPTIONS).fitted.fuzzy.graph;
    let refused = block_on(async |pulse| fit_graph(graph, Asymmetric::Refused, params, None, pulse).await);
    assert!(refused.unwrap_err().to_string().contains("no distances"));
}

#[test]
fn parts_take_their_options_only() {
    let refused = UmapParams::of_part(&OF_LAYOUT, r#"{"nNeighbors":5}"#).unwrap_err().to_string();
    assert!(refused.starts_with("unknown option: `nNeighbors`"), "{refused}");
    assert!(UmapParams::of_part(&OF_GRAPH, r#"{"minDist":0.5}"#).is_err());
    assert_eq!(UmapParams::of_part(&OF_GRAPH, r#"{"nJobs":2,"randomState":7}"#).unwrap().seed, 7);
}
