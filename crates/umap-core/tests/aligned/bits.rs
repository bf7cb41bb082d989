//! The bits of a whole fit and an update, held against test/fixtures/aligned-bits.json, as tests/bits.rs does it.
//! `UPDATE_BITS=1 cargo test bits` writes the file anew.

use std::rc::Rc;

use super::embeddings;
use super::update::begin_of;
use crate::bits::{FIXTURES, blobs, hash};
use crate::oracle::same_for_all_threads;
use umap_core::aligned::UpdateRelations;
use umap_core::aligned::relations::Relations;
use umap_core::pulse::block_on;

/// So many that more than one thread works on the layouts.
const ROWS: usize = 2000;
const STEP: usize = 500;
const COLS: usize = 20;
const OPTIONS: &str = r#"{"nEpochs":[30,20,30],"nNeighbors":[10,15,12],"densmap":[false,true,false]}"#;

#[test]
fn a_fit_and_an_update_have_the_committed_bits_at_any_number_of_threads() {
    let all = blobs((3 * STEP + ROWS) as u32, COLS as u32);
    let slices: Vec<Vec<f32>> = (0..4).map(|i| all[i * STEP * COLS..][..ROWS * COLS].to_vec()).collect();
    let related: Vec<[u32; 2]> = (STEP as u32..ROWS as u32).map(|row| [row, row - STEP as u32]).collect();
    let hash = same_for_all_threads(|| {
        let relations = Relations::Pairs(vec![Some(related.clone()); 2]);
        let model = super::finish(super::start(&slices[..3], COLS, OPTIONS, relations, Vec::new()).unwrap());
        let onward = UpdateRelations::Pairs(Some(related.clone()));
        let update = begin_of(&Rc::new(model), &slices[3], COLS, onward, "{}").unwrap();
        hash(&embeddings(&block_on(async |pulse| update.run(pulse).await).unwrap()).concat())
    });
    let found = serde_json::json!({ "rows": ROWS, "step": STEP, "cols": COLS, "options": OPTIONS, "hash": hash });
    let path = format!("{FIXTURES}/aligned-bits.json");
    if std::env::var_os("UPDATE_BITS").is_some() {
        std::fs::write(&path, serde_json::to_string_pretty(&found).unwrap() + "\n").unwrap();
    }
    let committed: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    assert_eq!(found, committed);
}
