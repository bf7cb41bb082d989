//! Damaged and hostile files: all of them load or are refused.

use super::{WITH_RAW_DATA, load, save, save_fit, with_checksum};
use crate::oracle::integers;
use crate::transform::{model, placed};
use proptest::prelude::*;
use umap_core::error::ErrorCode;
use umap_core::params::SaveParams;
use umap_core::pulse::block_on;
use umap_core::umap::{Loaded, UmapModel};
use umap_core::{Result, UmapError};

fn small_model() -> UmapModel {
    model(&integers(12, 3, 1), 3, r#"{"nEpochs":3,"nNeighbors":4}"#)
}

/// A small file of each kind.
fn small_files() -> Vec<Vec<u8>> {
    let saved = small_model();
    let mut fit = crate::resume::interrupted();
    let mut files = vec![
        save(&saved, &WITH_RAW_DATA).unwrap(),
        save(&saved, &SaveParams { raw_data: false, landmarks: Some(5) }).unwrap(),
    ];
    files.extend(fit.iter_mut().map(|fit| save_fit(fit, &WITH_RAW_DATA).unwrap()));
    files
}

/// An error that a file or a call may end with.
pub(crate) fn checked(error: UmapError) -> UmapError {
    let fits = [
        ErrorCode::MalformedFile,
        ErrorCode::InvalidParameter,
        ErrorCode::UnknownOption,
        ErrorCode::OutOfMemory,
        ErrorCode::ShapeMismatch,
        ErrorCode::NotFinite,
    ];
    assert!(fits.contains(&error.code()), "{error}");
    error
}

/// Loads or gives a typed error; and what is loaded works or gives one.
fn survives(bytes: &[u8]) -> Result<()> {
    let of_file = |error: UmapError| {
        assert!([ErrorCode::MalformedFile, ErrorCode::OutOfMemory].contains(&error.code()), "{error}");
        error
    };
    match load(bytes).map_err(of_file)? {
        Loaded::Model(model) => {
            let _ = placed(&model, &vec![0.5; model.space().info().cols]).map_err(checked);
        }
        Loaded::Fit(mut fit) if fit.params().n_epochs.is_some_and(|epochs| epochs < 1000) => {
            let _ = block_on(async |pulse| fit.run(pulse).await).map_err(checked);
        }
        Loaded::Fit(_) => {}
    }
    Ok(())
}

/// Where a file is damaged: in every byte of its header, and of the arrays in every seventh, which is each byte of a number in
/// turn.
pub(crate) fn damaged_at(bytes: &[u8]) -> impl Iterator<Item = usize> + use<> {
    let header = 8 + u64::from_le_bytes(*bytes.first_chunk().unwrap()) as usize;
    (0..header).chain((header..bytes.len()).step_by(7))
}

#[test]
fn every_change_of_a_byte_and_every_truncation_is_noticed() {
    for bytes in small_files() {
        survives(&bytes).unwrap();
        assert_eq!(with_checksum(bytes.clone()), bytes);
        for len in 0..bytes.len() {
            assert_eq!(survives(&bytes[..len]).unwrap_err().code(), ErrorCode::MalformedFile, "{len}");
        }
        let longer = [&bytes[..], &[0]].concat();
        assert_eq!(survives(&longer).unwrap_err().code(), ErrorCode::MalformedFile);
        for at in damaged_at(&bytes) {
            for change in [1, 0x80, 0xff] {
                let mut changed = bytes.clone();
                changed[at] ^= change;
                assert!(survives(&changed).is_err(), "byte {at} of {} changed by {change}", bytes.len());
            }
        }
    }
}

#[test]
fn every_change_of_a_byte_with_a_checksum_that_fits_loads_or_is_refused() {
    let mut loaded = 0;
    for bytes in small_files() {
        for at in damaged_at(&bytes) {
            for change in [1, 0x10, 0x80, 0xff] {
                let mut changed = bytes.clone();
                changed[at] ^= change;
                loaded += usize::from(survives(&with_checksum(changed)).is_ok());
            }
        }
    }
    // Most changes of a coordinate are other coordinates.
    assert!(loaded > 100);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]
    #[test]
    fn any_changes_load_or_are_refused(
        which in 0usize..4,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 1usize..9), 1..6),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        thread_local!(static FILES: Vec<Vec<u8>> = small_files());
        let mut bytes = FILES.with(|files| files[which % files.len()].clone());
        for (at, value, run) in changes {
            let at = at.index(bytes.len());
            let end = bytes.len().min(at + run);
            bytes[at..end].fill(value);
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        let _ = survives(&with_checksum(bytes));
    }

    #[test]
    fn any_header_loads_or_is_refused(header in "\\PC{0,200}", length in prop::option::of(any::<u64>()), data in prop::collection::vec(any::<u8>(), 0..40)) {
        let length = length.unwrap_or(header.len() as u64);
        let bytes = [&length.to_le_bytes()[..], header.as_bytes(), &data].concat();
        prop_assert_eq!(survives(&bytes).unwrap_err().code(), ErrorCode::MalformedFile);
    }
}

/// Changes a text in the header, keeping its length by spaces at the end.
fn with_text(bytes: &[u8], from: &str, to: &str) -> Vec<u8> {
    let length = u64::from_le_bytes(*bytes.first_chunk().unwrap()) as usize;
    let header = String::from_utf8(bytes[8..8 + length].to_vec()).unwrap();
    assert!(header.contains(from), "{header}");
    let header = header.replacen(from, to, 1);
    with_checksum([&(header.len() as u64).to_le_bytes()[..], header.as_bytes(), &bytes[8 + length..]].concat())
}

#[test]
fn hostile_files_are_refused_with_what_was_expected() {
    let bytes = save(&small_model(), &WITH_RAW_DATA).unwrap();
    let refusal = |from: &str, to: &str| survives(&with_text(&bytes, from, to)).unwrap_err().to_string();
    let cases = [
        (r#""version":"1""#, r#""version":"2""#, "version: expected 1 to 1, got 2"),
        (r#""format":"umap-wasm""#, r#""format":"umap""#, "format: expected umap-wasm, got umap"),
        (r#""kind":"umap""#, r#""kind":"tree""#, "kind: expected umap or umap-fit, got tree"),
        (r#""shape":[12,2]"#, r#""shape":[12,9223372036854775808]"#, "as long as their shapes"),
        (r#""shape":[12,2]"#, r#""shape":[2,12]"#, "expected F32 of shape [12, 2], got F32 of [2, 12]"),
        (r#"\"rows\":12"#, r#"\"rows\":4294967295"#, "embedding: expected F32 of shape [4294967295, 2]"),
        (r#"\"cols\":3"#, r#"\"cols\":4294967295"#, "shape of the points"),
        (r#"\"nNeighbors\":4,\"knn"#, r#"\"nNeighbors\":0,\"knn"#, "diagnostics: expected those of a fit"),
        (r#"\"nComponents\":2"#, r#"\"nComponents\":0"#, "nComponents: expected an integer, 1 to 256"),
        (r#""sigmas""#, r#""sigmaz""#, "sigmas: expected F32 of shape [12], got nothing"),
    ];
    for (from, to, expected) in cases {
        let message = refusal(from, to);
        assert!(message.contains(expected), "{message}");
    }
}

/// Names of options that nobody wrote, values beyond their range, and names that are there twice.
#[test]
fn what_a_file_holds_is_checked_against_its_range_and_the_rest() {
    let bytes = save(&small_model(), &WITH_RAW_DATA).unwrap();
    let twice = r#"\"nComponents\":2,\"nComponents\":3"#;
    let cases = [
        (r#"\"nComponents\":2"#, r#"\"nComponentz\":2"#, "unknown option: `nComponentz`, did you mean `nComponents`?"),
        (r#"\"nComponents\":2"#, twice, "the name \"nComponents\" twice"),
        (r#""version":"1""#, r#""version":"1","version":"1""#, "the name \"version\" twice"),
        (r#"\"disconnected\":0"#, r#"\"disconnected\":13"#, "diagnostics: expected those of a fit"),
        (r#"\"a\":1"#, r#"\"a\":3"#, "by the options"),
    ];
    for (from, to, expected) in cases {
        let error = load(&with_text(&bytes, from, to)).unwrap_err();
        assert_eq!(error.code(), ErrorCode::MalformedFile, "{error}");
        assert!(error.to_string().contains(expected), "{error}");
    }
}
