use super::{assert_refused, digits, start};
use crate::oracle::{fixture, numbers, same_for_all_threads};
use std::collections::BTreeSet;
use umap_core::aligned::relations::{Related, Relation, Relations, chained};
use umap_core::aligned::weights::similarities;
use umap_core::csr::Csr;
use umap_core::pulse::block_on;
use umap_core::random::{Random, Stream};

fn relation(pairs: &[[u32; 2]], rows: usize) -> Relation {
    Relation::new("pairs", pairs.to_vec(), ["one", "another"], [rows; 2]).unwrap()
}

/// umap-learn's table of a window of 3: [dataset][offset + 3][row], -1 for none.
fn expanded(related: &[Related], datasets: usize, rows: usize) -> Vec<i32> {
    let mut table = vec![-1; datasets * 7 * rows];
    for Related { slices: [earlier, later], relation } in related {
        let apart = later - earlier;
        for &[from, to] in relation.pairs() {
            table[(earlier * 7 + 3 + apart) * rows + from as usize] = to as i32;
            table[(later * 7 + 3 - apart) * rows + to as usize] = from as i32;
        }
    }
    table
}

#[test]
fn relations_through_the_window_are_umap_learns() {
    let reference = fixture("aligned");
    let dict = |pairs: &serde_json::Value| {
        let rows: Vec<u32> = numbers(pairs).iter().map(|&row| row as u32).collect();
        Some(relation(rows.as_chunks::<2>().0, 4))
    };
    let dicts: Vec<_> = reference["dicts"].as_array().unwrap().iter().map(dict).collect();
    let mut expected: Vec<i32> = numbers(&reference["expanded"]).iter().map(|&row| row as i32).collect();
    // There all maps forward into the last dataset are -1 (its bound is off by one); ours have them, since the last one is
    // to be aligned too. They are the maps back from it, inverted.
    for (apart, map) in [(1, [-1, 0, 3, -1]), (2, [-1, -1, 0, 3]), (3, [-1, 0, -1, 3])] {
        let at = ((3 - apart) * 7 + 3 + apart) * 4;
        assert_eq!(expected[at..at + 4], [-1; 4]);
        expected[at..at + 4].copy_from_slice(&map);
    }
    assert_eq!(expanded(&chained(&dicts, 3), 4, 4), expected);
    let near = chained(&dicts, 1);
    assert!(near.len() == 3 && near.iter().all(|related| related.slices[1] == related.slices[0] + 1));
}

/// Some rows of each of `datasets`, with what they stand for.
fn random_ids(datasets: u32, rows: u32, seed: u32) -> Vec<Vec<u32>> {
    let random = Random::new(seed, Stream::Sample);
    let ids = |dataset: u32| {
        let mut all: Vec<u32> = (0..2 * rows).collect();
        all.sort_by_key(|&id| random.at(dataset).below(id, 1000));
        all.truncate((rows - dataset) as usize);
        all
    };
    (0..datasets).map(ids).collect()
}

#[test]
fn ids_relate_the_rows_that_have_the_same() {
    for (seed, window) in [(1, 1), (2, 2), (3, 3), (4, 9)] {
        let ids = random_ids(5, 40, seed);
        let rows: Vec<usize> = ids.iter().map(Vec::len).collect();
        let mut expected = Vec::new();
        for apart in 1..=window.min(4) {
            for earlier in 0..5 - apart {
                let later = &ids[earlier + apart];
                let pair = |(from, id): (u32, &u32)| Some([from, later.iter().position(|other| other == id)? as u32]);
                let pairs: Vec<_> = (0..).zip(&ids[earlier]).filter_map(pair).collect();
                let relation = Relation::new("", pairs, ["", ""], [rows[earlier], rows[earlier + apart]]).unwrap();
                expected.push(Related { slices: [earlier, earlier + apart], relation });
            }
        }
        assert_eq!(Relations::Ids(ids).within(window, &rows).unwrap(), expected);
    }
}

#[test]
fn ids_also_relate_what_a_dataset_in_between_has_not() {
    let ids = vec![vec![7, 8], vec![8, 9], vec![9, 7]];
    let related = Relations::Ids(ids).within(2, &[2; 3]).unwrap();
    let found: Vec<_> = related.iter().map(|related| (related.slices, related.relation.pairs())).collect();
    assert_eq!(found, [([0, 1], &[[1, 0]][..]), ([1, 2], &[[1, 0]]), ([0, 2], &[[0, 1]])]);
}

#[test]
fn a_gap_ends_a_chain() {
    let same = || Some(relation(&[[0, 0], [1, 1]], 2));
    let found: Vec<_> = chained(&[same(), None, same(), same()], 3).iter().map(|related| related.slices).collect();
    assert_eq!(found, [[0, 1], [2, 3], [3, 4], [2, 4]]);
}

#[test]
fn what_cannot_be_is_refused_and_the_pair_and_the_entry_named() {
    let between = |pairs: Vec<[u32; 2]>| Relations::Pairs(vec![None, Some(pairs)]).within(3, &[4, 5, 3]);
    let cases = [
        (vec![], "relations[1]: expected at least one pair, or null where nothing is related, got none"),
        (vec![[0, 0], [5, 1]], "relations[1]: expected rows of datasets[1], which has 5, got 5 as `from` of entry 1"),
        (
            vec![[0, 0], [1, 2], [2, u32::MAX]],
            "relations[1]: expected rows of datasets[2], which has 3, got -1 as `to` of entry 2",
        ),
        (
            vec![[0, 3], [1, 4]],
            "relations[1]: expected rows of datasets[2], which has 3, got 3 as `to` of entry 0; the other way round all pairs fit: \
             they lead from earlier to later",
        ),
        (
            vec![[0, 0], [1, 1], [0, 2]],
            "relations[1]: expected each row in one pair at most, got row 0 of datasets[1] in entries 0 and 2",
        ),
        (
            vec![[0, 2], [1, 1], [3, 2]],
            "relations[1]: expected each row in one pair at most, got row 2 of datasets[2] in entries 0 and 2",
        ),
    ];
    for (pairs, expected) in cases {
        assert_refused(between(pairs), expected);
    }
    let few = Relations::Pairs(vec![None]).within(3, &[4, 5, 3]);
    assert_refused(few, "relations: expected 2, one for each two consecutive datasets, got 1");
    let ids = |ids: &[&[u32]]| Relations::Ids(ids.iter().map(|ids| ids.to_vec()).collect()).within(3, &[2, 2]);
    assert_refused(ids(&[&[1, 2]]), "ids: expected 2 lists, one for each dataset, got 1");
    assert_refused(ids(&[&[1, 2], &[1]]), "ids[1]: expected 2 ids, one for each row, got 1");
    assert_refused(
        ids(&[&[1, 2], &[2, 2]]),
        "ids[1]: expected an id of its own for each row, got the same in rows 0 and 1",
    );
    let expected = "ids: expected ids that occur in more than one dataset of a window, got only ids that do not";
    assert_refused(ids(&[&[1, 2], &[3, 4]]), expected);
    let none = start(&[], 64, "{}", Relations::Pairs(Vec::new()), Vec::new());
    assert_refused(none, "datasets: expected at least one, got none");
    let one = start(&[digits(0, 20)], 64, "{}", Relations::Ids(vec![(0..20).collect()]), Vec::new());
    assert!(one.is_ok());
}

fn graph(indptr: &serde_json::Value, indices: &serde_json::Value) -> Csr {
    let integers = |value| numbers(value).iter().map(|&x| x as u32).collect::<Vec<_>>();
    let indices = integers(indices);
    Csr { indptr: integers(indptr), data: vec![1.0; indices.len()], indices }
}

#[test]
fn similarities_of_neighbourhoods_are_umap_learns() {
    let reference = fixture("aligned");
    let graphs: Vec<Csr> =
        reference["graphs"].as_array().unwrap().iter().map(|g| graph(&g["indptr"], &g["indices"])).collect();
    let expected = numbers(&reference["similarities"]);
    // As many rows as there are in the dicts.
    let rows = expected.len() / (4 * 7);
    let dict: Vec<[u32; 2]> = (20..60).map(|row| [row, row - 20]).collect();
    let related = chained(&vec![Some(relation(&dict, 60)); 3], 3);
    let mut compared = 0;
    for Related { slices: [earlier, later], relation } in &related {
        let found = block_on(async |pulse| similarities([&graphs[*earlier], &graphs[*later]], relation, pulse).await);
        for (&[from, to], found) in relation.pairs().iter().zip(found.unwrap()) {
            let apart = later - earlier;
            // Those forward into the last dataset are not there; those back from it are the same.
            let at = [(*earlier * 7 + 3 + apart) * rows + from as usize, (*later * 7 + 3 - apart) * rows + to as usize];
            for &at in &at[usize::from(*later == 3)..] {
                assert!((f64::from(found) - expected[at]).abs() < 1e-6, "{earlier} to {later}, {from}");
                compared += 1;
            }
        }
    }
    assert_eq!(compared, 40 * 5 + 20 * 3);
}

#[test]
fn similarities_are_those_of_sets() {
    let random = Random::new(5, Stream::Sample);
    let graph = |seed: u32| {
        let mut graph = Csr { indptr: vec![0], ..Csr::default() };
        for row in 0..900 {
            // Every tenth row has no neighbours.
            let some: BTreeSet<u32> = (0..row % 10).map(|at| random.at(seed + row).below(at, 900)).collect();
            graph.indices.extend(&some);
            graph.data.extend(some.iter().map(|_| 0.5));
            graph.indptr.push(graph.indices.len() as u32);
        }
        graph
    };
    let graphs = [graph(0), graph(1000)];
    let pairs: Vec<[u32; 2]> = (0..900).filter(|row| row % 3 > 0).map(|row| [row, (row * 7 + 5) % 900]).collect();
    let relation = relation(&pairs, 900);
    let found = same_for_all_threads(|| {
        block_on(async |pulse| similarities([&graphs[0], &graphs[1]], &relation, pulse).await).unwrap()
    });
    let (froms, tos): (BTreeSet<u32>, BTreeSet<u32>) = pairs.iter().map(|&[from, to]| (from, to)).unzip();
    for (&[from, to], found) in relation.pairs().iter().zip(found) {
        let near = |graph: usize, row: u32| graphs[graph].row(row as usize).0.iter().copied();
        let mapped: BTreeSet<u32> =
            near(0, from).filter(|row| froms.contains(row)).map(|row| (row * 7 + 5) % 900).collect();
        let others: BTreeSet<u32> = near(1, to).filter(|row| tos.contains(row)).collect();
        let all = mapped.union(&others).count();
        let expected = if all == 0 { 1.0 } else { mapped.intersection(&others).count() as f32 / all as f32 };
        assert_eq!(found, expected, "{from} to {to}");
    }
}
