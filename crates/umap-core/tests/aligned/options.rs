use super::{all_bits, assert_refused, fit, overlapping};
use umap_core::params::{AlignedParams, AlignmentParams};

#[test]
fn options_are_one_value_or_one_for_each_dataset() {
    let params = AlignedParams::from_json(r#"{"nNeighbors":[3,4,5],"minDist":0.2,"alignmentWindowSize":2}"#).unwrap();
    assert_eq!(params.alignment, AlignmentParams { alignment_window_size: 2, ..AlignmentParams::default() });
    let each = params.each(3).unwrap();
    assert_eq!(each.iter().map(|params| params.n_neighbors).collect::<Vec<_>>(), [3, 4, 5]);
    assert!(each.iter().all(|params| params.min_dist == 0.2));
    let same = AlignedParams::from_json("{}").unwrap().each(4).unwrap();
    assert!(same.len() == 4 && same[0].n_neighbors == 15);
}

#[test]
fn options_that_cannot_be_are_refused_by_name() {
    let cases = [
        (
            r#"{"alignmentRegularisation":-1}"#,
            "alignmentRegularisation: expected a finite 32-bit float, at least 0, got -1",
        ),
        (r#"{"alignmentWindowSize":0}"#, "alignmentWindowSize: expected an integer, at least 1, got 0"),
        (r#"{"alignmentWindowSize":[1,2]}"#, "alignmentWindowSize: expected an integer, at least 1, got an array"),
        (r#"{"nComponents":[2,3]}"#, "nComponents: expected one value for all datasets, got a list"),
        (r#"{"seed":[2,3]}"#, "seed: expected one value for all datasets, got a list"),
        (r#"{"randomState":[2,3]}"#, "randomState: expected one value for all datasets, got a list"),
        (r#"{"nJobs":[2,3]}"#, "nJobs: expected one value for all datasets, got a list"),
        (r#"{"nNeighbors":[]}"#, "nNeighbors: expected a list with one value for each dataset, got an empty one"),
        (r#"{"minDist":[0.1,0.2],"nNeighbors":[3]}"#, "nNeighbors: expected 2 values, as minDist has, got 1"),
        (r#"{"minDist":[0.1,1.2]}"#, "minDist[1]: expected a number, 0 to spread (1), got 1.2"),
        (
            r#"{"metric":["euclidean","euclid"]}"#,
            "metric[1]: expected one of euclidean, l2, cosine, correlation, l1, manhattan, taxicab, chebyshev, linf, linfinity, linfty, minkowski, weighted_minkowski, wminkowski, seuclidean, standardised_euclidean, standardized_euclidean, mahalanobis, sqeuclidean, canberra, braycurtis, hamming, haversine, hellinger, softmax_hellinger, symmetric_kl, kantorovich_1d, wasserstein_1d, ll_dirichlet, poincare, spearmanr, true_angular, matching, jaccard, dice, kulsinski, rogerstanimoto, sokalmichener, russellrao, sokalsneath, yule, bit_hamming, bit_jaccard, levenshtein, precomputed, dot, inner_product, got the string \"euclid\"",
        ),
    ];
    for (options, expected) in cases {
        assert_refused(AlignedParams::from_json(options), expected);
    }
    let unknown = AlignedParams::from_json(r#"{"perplexity":3}"#).unwrap_err().to_string();
    let expected = "unknown option: `perplexity`, the options are `alignmentRegularisation`, `alignmentWindowSize`, `nNeighbors`, ";
    assert!(unknown.starts_with(expected), "{unknown}");
    let two = AlignedParams::from_json(r#"{"minDist":[0.1,0.2]}"#).unwrap();
    assert_refused(two.each(3), "minDist: expected a list with one value for each dataset, got 2 for 3 datasets");
    assert_refused(two.of(2), "minDist: expected a list with one value for each dataset, got 2 for more datasets");
}

#[test]
fn options_of_one_dataset_act_on_it_and_leave_the_others() {
    let data = overlapping(2);
    // Without a pull between them the first stays as it is.
    let with = |name: &str, values: &str| {
        all_bits(&fit(&data, &format!(r#"{{"alignmentRegularisation":0,"nEpochs":20,"{name}":{values}}}"#)))
    };
    let before = with("seed", "42");
    let cases = [
        ("nNeighbors", "[15,8]"),
        ("minDist", "[0.1,0.5]"),
        ("spread", "[1,2]"),
        ("learningRate", "[1,0.5]"),
        ("repulsionStrength", "[1,2]"),
        ("negativeSampleRate", "[5,2]"),
        ("setOpMixRatio", "[1,0.5]"),
        ("localConnectivity", "[1,2]"),
        ("metric", r#"["euclidean","cosine"]"#),
        ("init", r#"["spectral","random"]"#),
        ("densmap", "[false,true]"),
    ];
    for (name, values) in cases {
        let [first, second]: [Vec<u32>; 2] = with(name, values).try_into().unwrap();
        assert_eq!(first, before[0], "{name}");
        assert_ne!(second, before[1], "{name}");
    }
    let epochs = |values: &str| {
        let options = format!(r#"{{"alignmentRegularisation":0,"nEpochs":{values}}}"#);
        all_bits(&fit(&data, &options))
    };
    let (uneven, even) = (epochs("[20,7]"), epochs("[7,7]"));
    assert_eq!(uneven[0], before[0]);
    assert_eq!(uneven[1], even[1]);
}
