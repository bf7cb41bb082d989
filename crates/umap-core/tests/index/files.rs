//! An index as parts and as a file, and what becomes of parts and files that are no index.

use super::{EPSILON, add, build, clusters, points, query, recall, try_query};
use crate::golden::golden;
use crate::model::with_checksum;
use crate::oracle::integers;
use crate::transform::bits;
use proptest::prelude::*;
use umap_core::UmapError;
use umap_core::error::ErrorCode;
use umap_core::file::Reader;
use umap_core::index::{GraphParts, IndexParts, NeighborIndex};
use umap_core::metric::Metric;
use umap_core::pulse::{Pulse, block_on};

#[test]
fn an_index_of_its_parts_is_the_same() {
    for (rows, cols, metric) in
        [(300, 5, Metric::Cosine), (9000, 100, Metric::InnerProduct), (15_000, 40, Metric::Chebyshev)]
    {
        let (data, asked) = (clusters(rows, cols, 9, 6), clusters(20, cols, 9, 7));
        let mut index = build(&data, cols, metric.clone());
        let parts = block_on(async |pulse| index.parts(pulse).await).unwrap();
        let again = async |pulse: &Pulse| {
            NeighborIndex::from_parts(points(&data, cols, metric.clone()), parts.clone(), pulse).await
        };
        let mut again = block_on(again).unwrap();
        let asked = points(&asked, cols, metric);
        assert_eq!(query(&again, &asked, 10), query(&index, &asked, 10));
        add(&mut index, &asked);
        add(&mut again, &asked);
        assert_eq!(query(&again, &asked, 10), query(&index, &asked, 10));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    /// A graph from a file may be anything: an error, or an index that gives rows.
    #[test]
    fn any_parts_are_an_error_or_an_index(
        columns in prop_oneof![
            Just(Vec::new()),
            prop::collection::vec(0u32..42, 39..42),
            Just((0..40).collect::<Vec<u32>>()),
            Just((5..21).collect::<Vec<u32>>()),
        ],
        offsets in prop_oneof![Just(Vec::new()), prop::collection::vec(prop::num::f32::ANY, 39..42), Just(vec![-4.0; 40]), Just(vec![-4.0; 16])],
        scale in prop_oneof![Just(16.0f32), prop::num::f32::ANY],
        degrees in prop::collection::vec(0u32..34, 19..22),
        ends in prop::collection::vec(0u32..22, 0..700),
        entries in prop::collection::vec(0u32..22, 0..4),
        cut in any::<bool>(),
        k in 0u32..40,
    ) {
        let mut ends = ends;
        if cut {
            ends.resize(degrees.iter().map(|&degree| degree as usize).sum(), 7);
        }
        let parts = IndexParts { k, seed: 1, graph: Some(GraphParts { columns, offsets, scale, degrees, ends, entries }) };
        let data = integers(20, 40, 3);
        let made = block_on(async |pulse| {
            NeighborIndex::from_parts(points(&data, 40, Metric::Euclidean), parts, pulse).await
        });
        match made {
            Err(error) => prop_assert_eq!(error.code(), ErrorCode::MalformedFile),
            Ok(index) => {
                let found = query(&index, &points(&data, 40, Metric::Euclidean), 20);
                prop_assert!(found.distances.iter().all(|distance| distance.is_finite()));
                prop_assert_eq!(recall(Metric::Euclidean, &data, 40, &data, &found), 1.0);
            }
        }
    }
}

fn saved(index: &NeighborIndex) -> Vec<u8> {
    let mut file = Vec::new();
    block_on(async |pulse| index.save(|_| Ok(()), |bytes| file.extend_from_slice(bytes), pulse).await).unwrap();
    file
}

fn loaded(file: &[u8]) -> Result<NeighborIndex, UmapError> {
    let mut reader = Reader::default();
    reader.push(file)?;
    block_on(async |pulse| NeighborIndex::read(reader.finish()?, pulse).await)
}

#[test]
fn a_saved_index_finds_the_same() {
    for (rows, cols, metric) in
        [(300, 5, Metric::Cosine), (9000, 100, Metric::Manhattan), (15_000, 40, Metric::Chebyshev)]
    {
        let (data, asked) = (clusters(rows, cols, 9, 6), points(&clusters(20, cols, 9, 7), cols, metric.clone()));
        let mut index = build(&data, cols, metric);
        add(&mut index, &asked);
        let file = saved(&index);
        let again = loaded(&file).unwrap();
        assert_eq!(again.diagnostics(), index.diagnostics());
        assert_eq!(query(&again, &asked, 10), query(&index, &asked, 10));
        assert_eq!(saved(&again), file);
    }
}

#[test]
fn a_damaged_file_is_an_error() {
    let file = saved(&build(&integers(40, 3, 2), 3, Metric::Cosine));
    for at in 0..file.len() {
        let mut damaged = file.clone();
        damaged[at] ^= 1 << (at % 8);
        assert_eq!(loaded(&damaged).map(|_| ()).unwrap_err().code(), ErrorCode::MalformedFile, "byte {at}");
        assert_eq!(loaded(&file[..at]).map(|_| ()).unwrap_err().code(), ErrorCode::MalformedFile, "{at} bytes");
    }
}

/// Rows so few that an index would have no graph of its own, searched in 7 bits by one that a file may have.
fn small_graph() -> NeighborIndex {
    let data = integers(20, 40, 3);
    let (degrees, ends) = (vec![3; 20], (0..20).flat_map(|row| [1, 2, 7].map(|step| (row + step) % 20)).collect());
    let (columns, offsets) = ((0..40).collect(), vec![-4.0; 40]);
    let graph = GraphParts { columns, offsets, scale: 16.0, degrees, ends, entries: vec![0, 9] };
    let parts = IndexParts { k: 4, seed: 1, graph: Some(graph) };
    block_on(async |pulse| NeighborIndex::from_parts(points(&data, 40, Metric::Euclidean), parts, pulse).await).unwrap()
}

#[test]
fn every_change_of_a_byte_with_a_checksum_that_fits_loads_or_is_refused() {
    let asked = points(&integers(3, 40, 5), 40, Metric::Euclidean);
    let file = saved(&small_graph());
    for at in 0..file.len() {
        for change in [1, 0x80, 0xff] {
            let mut changed = file.clone();
            changed[at] ^= change;
            match loaded(&with_checksum(changed)) {
                Err(error) => assert_eq!(error.code(), ErrorCode::MalformedFile, "byte {at}: {error}"),
                Ok(index) => drop(try_query(&index, &asked, 3, EPSILON)),
            }
        }
    }
}

#[test]
fn golden_indexes_of_every_version_load_and_find_the_same() {
    let asked = integers(30, 40, 5);
    for version in 1..=umap_core::file::VERSION {
        golden(
            "index",
            version,
            || saved(&small_graph()),
            |file| {
                let index = loaded(file).unwrap();
                if version == umap_core::file::VERSION {
                    assert_eq!(saved(&index), file);
                }
                let found = query(&index, &points(&asked, 40, Metric::Euclidean), 4);
                serde_json::json!({ "asked": asked, "indices": found.indices, "distances": bits(&found.distances) })
            },
        );
    }
}
