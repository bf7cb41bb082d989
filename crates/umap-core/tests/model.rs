//! Files of models: what comes back, what is refused, who else reads them.

pub(crate) mod damage;

pub(crate) use damage::damaged_at;

use std::collections::BTreeSet;

use crate::oracle::{METRICS, integers, options_of};
use crate::transform::{bits, model, places};
use safetensors::SafeTensors;
use umap_core::Result;
use umap_core::file::Reader;
use umap_core::params::SaveParams;
use umap_core::pulse::block_on;
use umap_core::umap::{Loaded, UmapFit, UmapModel};

pub(crate) const WITH_RAW_DATA: SaveParams = SaveParams { raw_data: true, landmarks: None };

pub(crate) fn save(model: &UmapModel, how: &SaveParams) -> Result<Vec<u8>> {
    let (mut bytes, mut announced) = (Vec::new(), 0);
    let begin = |len| {
        announced = len;
        Ok(())
    };
    block_on(async |pulse| model.save(how, begin, |piece| bytes.extend_from_slice(piece), pulse).await)?;
    assert_eq!(announced, bytes.len() as u64);
    Ok(bytes)
}

pub(crate) fn save_fit(fit: &UmapFit, how: &SaveParams) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    block_on(async |pulse| fit.save(how, |_| Ok(()), |piece| bytes.extend_from_slice(piece), pulse).await)?;
    Ok(bytes)
}

pub(crate) fn load(bytes: &[u8]) -> Result<Loaded> {
    load_in_pieces(bytes, usize::MAX)
}

fn load_in_pieces(bytes: &[u8], piece: usize) -> Result<Loaded> {
    let mut reader = Reader::default();
    bytes.chunks(piece.min(bytes.len().max(1))).try_for_each(|piece| reader.push(piece))?;
    block_on(async |pulse| Loaded::read(reader.finish()?, pulse).await)
}

pub(crate) fn load_model(bytes: &[u8]) -> Result<UmapModel> {
    match load(bytes)? {
        Loaded::Model(model) => Ok(*model),
        Loaded::Fit(_) => panic!("a model was saved"),
    }
}

/// With a checksum that fits.
pub(crate) fn with_checksum(mut bytes: Vec<u8>) -> Vec<u8> {
    let key = b"\"crc32\":\"";
    let Some(at) = bytes.windows(key.len()).position(|window| window == key).map(|at| at + key.len()) else {
        return bytes;
    };
    let Some(digits) = bytes.get_mut(at..at + 8) else { return bytes };
    digits.copy_from_slice(b"00000000");
    let checksum = format!("{:08x}", crc32(&bytes));
    bytes[at..at + 8].copy_from_slice(checksum.as_bytes());
    bytes
}

/// Bit by bit.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc: u32, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| crc >> 1 ^ if crc & 1 == 1 { 0xedb8_8320 } else { 0 })
    })
}

#[test]
fn what_is_loaded_is_what_was_saved_and_places_rows_at_the_same_bits() {
    for metric in METRICS.iter() {
        for store in ["f32", "f16", "int8"] {
            let metric = options_of(metric);
            let options = format!(
                r#"{{"nEpochs":20,"nNeighbors":6,{metric},"store":"{store}","disconnectionDistance":"Infinity","minDist":0.12345678901234567,"nComponents":3}}"#
            );
            let saved = model(&integers(150, 9, 3), 9, &options);
            let bytes = save(&saved, &WITH_RAW_DATA).unwrap();
            let loaded = load_model(&bytes).unwrap();
            assert_eq!(loaded.params, saved.params);
            assert_eq!(bits(&loaded.fitted.embedding), bits(&saved.fitted.embedding));
            assert_eq!((&loaded.fitted.knn, &loaded.fitted.fuzzy), (&saved.fitted.knn, &saved.fitted.fuzzy));
            assert_eq!(loaded.fitted.diagnostics, saved.fitted.diagnostics);
            let asked = integers(30, 9, 8);
            assert_eq!(bits(&places(&loaded, &asked)), bits(&places(&saved, &asked)));
            assert_eq!(save(&loaded, &WITH_RAW_DATA).unwrap(), bytes);
            assert_eq!(save(&load_model(&bytes).unwrap(), &WITH_RAW_DATA).unwrap(), bytes);
            let again = load_in_pieces(&bytes, 13).unwrap();
            assert!(matches!(again, Loaded::Model(again) if save(&again, &WITH_RAW_DATA).unwrap() == bytes));
        }
    }
}

#[test]
fn the_reference_implementation_of_the_container_reads_the_same_values() {
    let saved = model(&integers(120, 7, 3), 7, r#"{"nEpochs":10,"nNeighbors":5}"#);
    let bytes = save(&saved, &WITH_RAW_DATA).unwrap();
    let (_, header) = SafeTensors::read_metadata(&bytes).unwrap();
    let texts = header.metadata().as_ref().unwrap();
    assert_eq!([&texts["format"], &texts["version"], &texts["kind"]], ["umap-wasm", "1", "umap"]);
    let file = SafeTensors::deserialize(&bytes).unwrap();
    let names: BTreeSet<&str> = file.names().into_iter().collect();
    let expected = [
        "embedding",
        "graph.data",
        "graph.indices",
        "graph.indptr",
        "knn.distances",
        "knn.indices",
        "points",
        "rhos",
        "sigmas",
    ];
    assert_eq!(names.into_iter().collect::<Vec<_>>(), expected);
    let points = file.tensor("points").unwrap();
    assert_eq!((points.dtype(), points.shape()), (safetensors::Dtype::F32, &[120, 7][..]));
    let values: Vec<f32> = points.data().as_chunks::<4>().0.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect();
    assert_eq!(values, integers(120, 7, 3));
    assert_eq!(file.tensor("knn.indices").unwrap().shape(), [120, 5]);
    assert_eq!(file.tensor("embedding").unwrap().data(), bits_as_bytes(&saved.fitted.embedding));
}

fn bits_as_bytes(values: &[f32]) -> Vec<u8> {
    values.iter().flat_map(|x| x.to_le_bytes()).collect()
}

#[test]
fn without_raw_data_the_file_is_small_and_still_places_rows() {
    let data = integers(3000, 64, 5);
    let saved = model(&data, 64, r#"{"nEpochs":20}"#);
    let compact = SaveParams { raw_data: false, landmarks: None };
    let bytes = save(&saved, &compact).unwrap();
    assert!(bytes.len() < 3000 * 64 * 4 / 10, "{} bytes", bytes.len());
    let loaded = load_model(&bytes).unwrap();
    assert_eq!(bits(&loaded.fitted.embedding), bits(&saved.fitted.embedding));
    assert!(loaded.space().rows() > 500 && loaded.fitted.knn.k == 0);
    assert!(places(&loaded, &data[..640]).iter().all(|x| x.is_finite()));
    assert_eq!(save(&loaded, &compact).unwrap(), bytes);
    assert!(save(&loaded, &WITH_RAW_DATA).unwrap_err().to_string().starts_with("rawData"));
    let few = load_model(&save(&saved, &SaveParams { raw_data: false, landmarks: Some(2) }).unwrap()).unwrap();
    assert_eq!(few.space().rows(), 2);
    assert!(places(&few, &data[..64]).iter().all(|x| x.is_finite()));
    let many = save(&saved, &SaveParams { raw_data: false, landmarks: Some(3001) }).unwrap_err();
    assert_eq!(many.to_string(), "landmarks: expected 2 to 3000, the rows there are, got 3001");
}
