use std::rc::Rc;

use super::update::{begin, updated};
use super::{all_bits, fit, overlap, overlapping};
use crate::golden::golden;
use crate::model::damage::checked;
use crate::model::damaged_at;
use crate::model::{WITH_RAW_DATA, with_checksum};
use crate::transform::{bits, places};
use umap_core::Result;
use umap_core::aligned::{AlignedModel, UpdateRelations};
use umap_core::error::ErrorCode;
use umap_core::file::{Reader, VERSION};
use umap_core::params::SaveParams;
use umap_core::pulse::block_on;
use umap_core::umap::Loaded;

fn save(model: &AlignedModel, how: &SaveParams, ids: &[u8]) -> Result<Vec<u8>> {
    let (mut bytes, mut announced) = (Vec::new(), 0);
    let begin = |len| {
        announced = len;
        Ok(())
    };
    block_on(async |pulse| model.save(how, ids, begin, |piece| bytes.extend_from_slice(piece), pulse).await)?;
    assert_eq!(announced, bytes.len() as u64);
    Ok(bytes)
}

fn load(bytes: &[u8]) -> Result<(AlignedModel, Vec<u8>)> {
    let mut reader = Reader::default();
    reader.push(bytes)?;
    block_on(async |pulse| AlignedModel::read(reader.finish()?, pulse).await)
}

const SMALL: &str = r#"{"nEpochs":[4,3,3],"nNeighbors":5,"outputDens":[true,false,true],"store":["f32","f16","int8"]}"#;

#[test]
fn what_is_loaded_is_what_was_saved_and_grows_alike() {
    let data = overlapping(4);
    let saved = fit(&data[..3], SMALL);
    let bytes = save(&saved, &WITH_RAW_DATA, b"[[\"a\"]]").unwrap();
    let (loaded, ids) = load(&bytes).unwrap();
    assert_eq!(ids, b"[[\"a\"]]");
    assert_eq!((&loaded.params, &loaded.diagnostics), (&saved.params, &saved.diagnostics));
    assert_eq!(all_bits(&loaded), all_bits(&saved));
    assert_eq!(save(&loaded, &WITH_RAW_DATA, &ids).unwrap(), bytes);
    for (loaded, saved) in loaded.slices.iter().zip(&saved.slices) {
        assert_eq!(loaded.params, saved.params);
        assert_eq!(bits(&places(loaded, &data[3])), bits(&places(saved, &data[3])));
    }
    let grown = [loaded, saved].map(|model| updated(model, &data[3], UpdateRelations::Pairs(Some(overlap()))));
    assert_eq!(all_bits(&grown[0]), all_bits(&grown[1]));
}

#[test]
fn without_raw_data_it_places_rows_but_does_not_grow() {
    let data = overlapping(3);
    let compact = SaveParams { raw_data: false, landmarks: Some(50) };
    let (loaded, _) = load(&save(&fit(&data[..2], SMALL_TWO), &compact, b"").unwrap()).unwrap();
    assert!(places(&loaded.slices[1], &data[2]).iter().all(|x| x.is_finite()));
    assert_eq!(save(&loaded, &compact, b"").map(|bytes| load(&bytes).is_ok()), Ok(true));
    let update = begin(&Rc::new(loaded), &data[2], UpdateRelations::Pairs(Some(overlap())), "{}");
    assert_eq!(update.unwrap_err().code(), ErrorCode::NotFitted);
}

const SMALL_TWO: &str = r#"{"nEpochs":4,"nNeighbors":5}"#;

fn small() -> AlignedModel {
    let data: Vec<Vec<f32>> = overlapping(3).into_iter().map(|data| data[..12 * 64].to_vec()).collect();
    let pairs: Vec<[u32; 2]> = (0..12).map(|row| [row, (row + 5) % 12]).collect();
    let relations = super::Relations::Pairs(vec![Some(pairs); 2]);
    super::finish(super::start(&data, 64, r#"{"nEpochs":2,"nNeighbors":3}"#, relations, vec![]).unwrap())
}

fn survives(bytes: &[u8]) -> Result<()> {
    load(bytes).map_err(checked).map(|_| ())
}

#[test]
fn damaged_files_are_refused() {
    let bytes = save(&small(), &WITH_RAW_DATA, b"[]").unwrap();
    survives(&bytes).unwrap();
    for len in (0..bytes.len()).step_by(7) {
        assert_eq!(survives(&bytes[..len]).unwrap_err().code(), ErrorCode::MalformedFile, "{len}");
    }
    let mut loaded = 0;
    for at in damaged_at(&bytes) {
        let mut changed = bytes.clone();
        changed[at] ^= 0x11;
        assert!(survives(&changed).is_err(), "byte {at}");
        // With a checksum that fits it is another file, or none.
        loaded += usize::from(survives(&with_checksum(changed)).is_ok());
    }
    assert!(loaded > 100);
}

#[test]
fn files_of_other_kinds_are_refused_with_what_was_expected() {
    let bytes = save(&small(), &WITH_RAW_DATA, b"").unwrap();
    let mut reader = Reader::default();
    reader.push(&bytes).unwrap();
    let error = block_on(async |pulse| Loaded::read(reader.finish()?, pulse).await).unwrap_err();
    assert!(error.to_string().contains("AlignedUMAP.load reads it"), "{error}");
    let one = crate::model::save(&crate::transform::model(&overlapping(1)[0], 64, SMALL_TWO), &WITH_RAW_DATA).unwrap();
    assert!(load(&one).unwrap_err().to_string().contains("kind: expected aligned, got umap"));
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let length = u64::from_le_bytes(*bytes.first_chunk().unwrap()) as usize;
    let refusal = |from: &str, to: &str| {
        assert!(text[..].contains(from));
        let header = String::from_utf8(bytes[8..8 + length].to_vec()).unwrap().replacen(from, to, 1);
        let changed = [&(header.len() as u64).to_le_bytes()[..], header.as_bytes(), &bytes[8 + length..]].concat();
        survives(&with_checksum(changed)).unwrap_err().to_string()
    };
    let cases = [
        (r#"\"slices\":3"#, r#"\"slices\":4"#, "expected"),
        (r#"\"slices\":3"#, r#"\"slices\":0"#, "slices: expected at least one"),
        (r#"\"slices\":3"#, r#"\"slices\":2"#, "related: expected 1, got 2"),
        (r#"\"toLast\":[12,12]"#, r#"\"toLast\":[12,11]"#, "toLast: expected 2 relations"),
        (r#"\"alignmentWindowSize\":3"#, r#"\"alignmentWindowSize\":0"#, "alignmentWindowSize: expected"),
        (r#"\"alignmentWindowSize\":3"#, r#"\"alignmentWindowSize\":1"#, "toLast: expected 0 relations"),
    ];
    for (from, to, expected) in cases {
        let message = refusal(from, to);
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn golden_aligned_models_of_every_version_load_and_place_rows_at_the_same_bits() {
    let asked = overlapping(1)[0][..20 * 64].to_vec();
    let loads = |file: &[u8]| {
        let (loaded, ids) = load(file).unwrap();
        let found: Vec<_> = loaded.slices.iter().map(|slice| bits(&places(slice, &asked))).collect();
        serde_json::json!({ "ids": String::from_utf8(ids).unwrap(), "embeddings": all_bits(&loaded), "places": found })
    };
    for version in 1..=VERSION {
        golden("aligned", version, || save(&small(), &WITH_RAW_DATA, b"[[1],[2]]").unwrap(), loads);
    }
}
