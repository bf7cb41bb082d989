//! Files as earlier builds wrote them: they load, place rows at the same bits, and lose nothing when saved again.

use serde_json::{Map, Value};

use crate::model::{WITH_RAW_DATA, load_model, save};
use crate::oracle::integers;
use crate::target::{finish, start};
use crate::transform::{bits, model, places};
use umap_core::file::VERSION;
use umap_core::fuzzy::target::{Target, UNKNOWN};
use umap_core::params::{Params, UmapParams};
use umap_core::umap::UmapModel;

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../test/fixtures");

/// The golden file of a kind and a version, as its first release wrote it: it must never change. `UPDATE_GOLDEN=1 cargo
/// test golden` writes those that are missing. Beside it is a JSON of what it gives, which that command writes anew: `loads`
/// makes it from the file.
pub(crate) fn golden(name: &str, version: u32, make: impl FnOnce() -> Vec<u8>, loads: impl FnOnce(&[u8]) -> Value) {
    let [file, expected] = ["umap", "json"].map(|end| format!("{FIXTURES}/{name}-v{version}.{end}"));
    let is_update = std::env::var_os("UPDATE_GOLDEN").is_some();
    if is_update && !std::path::Path::new(&file).exists() {
        std::fs::write(&file, make()).unwrap();
    }
    let found = loads(&std::fs::read(&file).unwrap());
    if is_update {
        std::fs::write(&expected, found.to_string() + "\n").unwrap();
    }
    let expected: Value = serde_json::from_str(&std::fs::read_to_string(&expected).unwrap()).unwrap();
    assert_eq!(found, expected, "{file}");
}

/// Of a model; options that were added since it was saved take their defaults.
fn golden_model(name: &str, version: u32, options: &str, labelled: Option<u32>, make: impl FnOnce() -> UmapModel) {
    let asked: Vec<f32> = (0..40 * 6).map(|i| ((i * 37) % 23) as f32 * 0.3).collect();
    let loads = |file: &[u8]| {
        let loaded = load_model(file).unwrap();
        assert_eq!(loaded.params, UmapParams::from_json(options).unwrap());
        assert_eq!(loaded.fitted.diagnostics.labelled, labelled);
        if version == VERSION {
            assert_keeps(&save(&loaded, &WITH_RAW_DATA).unwrap(), file);
        }
        let (found, embedding) = (places(&loaded, &asked), &loaded.fitted.embedding);
        serde_json::json!({ "asked": asked, "places": bits(&found), "embedding": bits(embedding) })
    };
    golden(name, version, || save(&make(), &WITH_RAW_DATA).unwrap(), loads);
}

/// A file that is saved again holds the same arrays, and its texts say the same; they may say more.
#[track_caller]
fn assert_keeps(saved: &[u8], file: &[u8]) {
    let ([mut now, mut before], [arrays, expected]) = ([saved, file].map(header), [saved, file].map(arrays));
    let [now_texts, texts] = [now["__metadata__"].take(), before["__metadata__"].take()];
    assert_eq!((now, arrays), (before, expected));
    for name in ["options", "diagnostics"] {
        let fields = |texts: &Value| serde_json::from_str::<Map<_, _>>(texts[name].as_str().unwrap()).unwrap();
        let now = fields(&now_texts);
        fields(&texts).iter().for_each(|(key, value)| assert_eq!(now.get(key), Some(value), "{name}.{key}"));
    }
}

fn header(file: &[u8]) -> Value {
    serde_json::from_slice(&file[8..file.len() - arrays(file).len()]).unwrap()
}

fn arrays(file: &[u8]) -> &[u8] {
    &file[8 + u64::from_le_bytes(*file.first_chunk().unwrap()) as usize..]
}

#[test]
fn golden_models_of_every_version_load_and_place_rows_at_the_same_bits() {
    // The seed of `transform` had this default when the first was saved.
    let (data, options) = (integers(60, 6, 3), r#"{"nEpochs":20,"nNeighbors":6,"transformSeed":42}"#);
    for version in 1..=VERSION {
        golden_model("model", version, options, None, || model(&data, 6, options));
    }
}

#[test]
fn golden_supervised_models_of_every_version_load_and_place_rows_at_the_same_bits() {
    let (data, options) = (integers(60, 6, 3), r#"{"nEpochs":20,"nNeighbors":6,"targetWeight":0.7}"#);
    let labels = (0..60).map(|i| if i % 3 == 0 { UNKNOWN } else { i % 2 }).collect();
    let make = || finish(start(&data, 6, Target::Labels(labels), options).unwrap());
    for version in 1..=VERSION {
        golden_model("supervised", version, options, Some(40), make.clone());
    }
}
