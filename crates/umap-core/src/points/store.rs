//! What points are kept as.

use serde::{Deserialize, Serialize};

/// What the copy of the points is kept as. All arithmetic is in 32 bits, on the values as they were kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Store {
    /// Bytes as bytes and halves as halves where that changes neither results nor speed, else 32-bit floats.
    #[default]
    Auto,
    /// 32-bit floats.
    F32,
    /// 16-bit floats (IEEE 754 binary16): 11 significant bits, values up to 65504.
    F16,
    /// 8 bits per value, in equal steps between the least and the greatest value of the row.
    Int8,
}

/// What the copy of the points was kept as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum StoreUsed {
    /// 32-bit floats.
    F32,
    /// 16-bit floats.
    F16,
    /// 8 bits per value, an offset and a step per row.
    Int8,
}
