//! The container of every file: the layout of safetensors (<https://github.com/huggingface/safetensors>), which holds
//! nothing but named arrays and texts, and which many languages read. docs/files.md says what is in it.
//!
//! ```text
//! 8 bytes   length of the header, little-endian
//! header    JSON: { "__metadata__": { texts }, "name": { "dtype", "shape", "data_offsets" }, ... }, spaces at its end
//! data      the arrays, row-major, little-endian, one after the other without gaps
//! ```
//!
//! Not the crate of that name: it wants the whole file in one slice, a second copy that cannot pass 2 GiB on wasm32. The
//! tests hold the files against it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::{Result, UmapError};
use crate::json;
use crate::sorting::order_of;

/// The text `format` of every file.
pub const FORMAT: &str = "umap-wasm";
/// The text `version`: files of later versions are refused.
pub const VERSION: u32 = 1;
/// The name of the texts.
pub(super) const METADATA: &str = "__metadata__";
/// The text that holds the checksum: the CRC-32 of the whole file with zeros in its place, 8 hexadecimal digits.
pub(super) const CHECKSUM: &str = "crc32";
pub(super) const NO_CHECKSUM: &str = "00000000";
/// Where the checksum is in the header, less its digits.
pub(super) const CHECKSUM_KEY: &[u8] = b"\"crc32\":\"";
/// A header is a few hundred bytes and the options; notes and stage times may add some thousand. That of an aligned model
/// has as much for each of its datasets.
pub(super) const MOST_HEADER: u64 = 1 << 24;
/// Bytes that are made, and looked at, at a time.
pub(super) const PIECE: usize = 1 << 20;

/// What an array is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Dtype {
    /// 32-bit floats.
    F32,
    /// 16-bit floats.
    F16,
    /// 32-bit integers with a sign.
    I32,
    /// 32-bit integers without a sign.
    U32,
    /// Bytes.
    U8,
}

impl Dtype {
    /// Bytes of one value.
    pub(crate) fn bytes(self) -> u64 {
        match self {
            Self::F32 | Self::I32 | Self::U32 => 4,
            Self::F16 => 2,
            Self::U8 => 1,
        }
    }
}

/// An array, in the header.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Entry {
    pub(super) dtype: Dtype,
    pub(super) shape: Vec<u64>,
    /// From and to, counted from the end of the header.
    pub(super) data_offsets: [u64; 2],
}

/// Texts and arrays of a header.
pub(super) type Header = (BTreeMap<String, String>, Vec<(String, Entry)>);

/// Reads a header and checks that its arrays follow each other without gaps, each as long as its shape says.
pub(super) fn parse(header: &[u8]) -> Result<Header> {
    let malformed = |expected: &str, got: String| UmapError::malformed("header", expected, got);
    let text = std::str::from_utf8(header).map_err(|error| error.to_string());
    let all = text.and_then(json::parse).map_err(|error| malformed("a JSON object", error))?;
    let Value::Object(all) = all else { return Err(malformed("a JSON object", "another value".into())) };
    let (mut texts, mut entries) = (BTreeMap::new(), Vec::new());
    for (name, value) in all {
        if name == METADATA {
            texts = serde_json::from_value(value).map_err(|error| malformed("texts as metadata", error.to_string()))?;
            continue;
        }
        let entry: Entry = serde_json::from_value(value)
            .map_err(|error| malformed("dtype, shape and data_offsets", format!("{error} in {name:?}")))?;
        entries.push((name, entry));
    }
    let ends: Vec<u64> = entries.iter().map(|(_, entry)| entry.data_offsets[1]).collect();
    let by_end = order_of(&ends);
    let starts: Vec<u64> = by_end.iter().map(|&at| entries[at].1.data_offsets[0]).collect();
    let entries: Vec<_> = order_of(&starts).into_iter().map(|at| entries[by_end[at]].clone()).collect();
    let mut end = 0;
    for (name, Entry { dtype, shape, data_offsets: [from, to] }) in &entries {
        let size = shape.iter().try_fold(dtype.bytes(), |size, &side| size.checked_mul(side));
        if *from != end || to.checked_sub(*from) != size {
            let got = format!("{name:?} of shape {shape:?} at {from} to {to}");
            return Err(malformed("arrays one after the other, as long as their shapes", got));
        }
        end = *to;
    }
    Ok((texts, entries))
}

/// The name of the array that holds the frame of points.
pub(super) fn frame_of(points: &str) -> String {
    format!("{points}.frame")
}

/// Where the digits of the checksum are. A text cannot hold the key: in it quotes are escaped.
pub(super) fn checksum_place(header: &[u8]) -> Option<usize> {
    let at = header.windows(CHECKSUM_KEY.len()).position(|bytes| bytes == CHECKSUM_KEY)? + CHECKSUM_KEY.len();
    (at + NO_CHECKSUM.len() <= header.len()).then_some(at)
}
