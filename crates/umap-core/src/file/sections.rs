//! Arrays of a file as the stages have them, checked.

use std::sync::Arc;

use serde::de::DeserializeOwned;

use super::container::{Dtype, frame_of};
use super::read::{Array, Contents, Reader};
use crate::error::{Result, UmapError};
use crate::json;
use crate::memory;
use crate::metric::Metric;
use crate::points::{Frame, Points, StoreUsed};
use crate::pulse::Pulse;

impl Contents {
    /// The texts in JSON under `name`.
    pub fn json<T: DeserializeOwned>(&self, name: &str) -> Result<T> {
        let value = json::parse(self.text(name));
        let read = value.and_then(|value| serde_json::from_value(value).map_err(|error| error.to_string()));
        read.map_err(|error| UmapError::malformed(name, "values that fit", error))
    }

    /// An array that has to be there, of this type and shape.
    fn array(&mut self, name: &str, dtype: Dtype, shape: &[u64]) -> Result<Array> {
        let expected = || format!("{dtype:?} of shape {shape:?}");
        match self.take(name) {
            Some(array) if array.dtype == dtype && array.shape == shape => Ok(array),
            Some(array) => {
                Err(UmapError::malformed(name, expected(), format!("{:?} of {:?}", array.dtype, array.shape)))
            }
            None => Err(UmapError::malformed(name, expected(), "nothing")),
        }
    }

    /// What is in another file that is an array of this one.
    pub fn file(&mut self, name: &str) -> Result<Self> {
        let mut array = self.array(name, Dtype::U8, &[self.length(name)?])?;
        let mut reader = Reader::default();
        while let Some(piece) = array.pieces.pop_front() {
            reader.push(&piece)?;
        }
        reader.finish()
    }

    /// The length of an array in one dimension.
    pub fn length(&self, name: &str) -> Result<u64> {
        match self.shape(name) {
            Some(&[length]) => Ok(length),
            shape => Err(UmapError::malformed(name, "an array in one dimension", format!("{shape:?}"))),
        }
    }

    /// Floats, whatever they are.
    pub fn floats(&mut self, name: &str, shape: &[usize]) -> Result<Vec<f32>> {
        values(name, self.array(name, Dtype::F32, &sides(shape))?, f32::from_le_bytes)
    }

    /// Finite floats that `fits` accepts.
    pub fn floats_that(
        &mut self,
        name: &str,
        shape: &[usize],
        expected: &str,
        fits: impl Fn(f32) -> bool,
    ) -> Result<Vec<f32>> {
        let values = self.floats(name, shape)?;
        match values.iter().position(|&x| !x.is_finite() || !fits(x)) {
            None => Ok(values),
            Some(at) => Err(UmapError::malformed(&format!("{name}[{at}]"), expected, values[at])),
        }
    }

    pub(crate) fn integers(&mut self, name: &str, len: u64) -> Result<Vec<u32>> {
        values(name, self.array(name, Dtype::U32, &[len])?, u32::from_le_bytes)
    }

    pub(crate) fn bytes(&mut self, name: &str) -> Result<Vec<u8>> {
        let len = self.length(name)?;
        let array = self.array(name, Dtype::U8, &[len])?;
        let mut all = memory::reserve(&format!("{name} of a file"), len as usize, 1)?;
        array.pieces.iter().for_each(|piece| all.extend_from_slice(piece));
        Ok(all)
    }

    /// Row numbers of which -1 means none.
    pub(crate) fn rows(&mut self, name: &str, shape: &[usize]) -> Result<Vec<u32>> {
        values(name, self.array(name, Dtype::I32, &sides(shape))?, u32::from_le_bytes)
    }

    /// Coordinates, `dims` per row: of each row all are finite or all NaN.
    pub(crate) fn coordinates(&mut self, name: &str, rows: usize, dims: usize) -> Result<Vec<f32>> {
        let all = self.floats(name, &[rows, dims])?;
        let is_whole = |row: &[f32]| row.iter().all(|x| x.is_finite()) || row.iter().all(|x| x.is_nan());
        match all.chunks_exact(dims).position(|row| !is_whole(row)) {
            None => Ok(all),
            Some(row) => Err(UmapError::malformed(&format!("{name}[{row}]"), "finite, or all NaN", "neither")),
        }
    }

    /// The points of the file.
    pub(crate) async fn points(&mut self, rows: usize, cols: usize, metric: Metric, pulse: &Pulse) -> Result<Points> {
        self.points_in("points", [rows, cols], metric, pulse).await
    }

    /// Points as they are stored; the type of their values says how.
    pub async fn points_in(
        &mut self,
        name: &str,
        [rows, cols]: [usize; 2],
        metric: Metric,
        pulse: &Pulse,
    ) -> Result<Points> {
        let store = match self.dtype(name) {
            Some(Dtype::F32) => StoreUsed::F32,
            Some(Dtype::F16) => StoreUsed::F16,
            Some(Dtype::U8) => StoreUsed::Int8,
            other => return Err(UmapError::malformed(name, "F32, F16 or U8", format!("{other:?}"))),
        };
        let frame = self.frame(name, cols)?;
        let (dtype, width) = Points::storage(store, cols, &metric);
        let mut array = self.array(name, dtype, &[rows as u64, width as u64])?;
        let bytes = width * dtype.bytes() as usize;
        let (mut row, mut piece) = (Vec::with_capacity(bytes), Vec::new().into_iter());
        let fill = |row: &mut [u8]| {
            for byte in row {
                *byte = loop {
                    if let Some(byte) = piece.next() {
                        break byte;
                    }
                    piece = array.pieces.pop_front().unwrap_or_default().into_iter();
                };
            }
        };
        row.resize(bytes, 0);
        Points::from_stored(rows, cols, metric, (store, frame), &mut row, fill, pulse).await
    }

    /// The frame of the points of this name; only one that is not plain is written.
    pub fn frame(&mut self, name: &str, cols: usize) -> Result<Arc<Frame>> {
        let name = frame_of(name);
        if self.shape(&name).is_none() {
            return Ok(Arc::default());
        }
        let len = self.length(&name)?;
        let frame = Frame::of_numbers(&self.integers(&name, len)?, cols);
        frame
            .map(Arc::new)
            .ok_or_else(|| UmapError::malformed(&name, "an exponent and offsets of columns", "values that are neither"))
    }
}

fn sides(shape: &[usize]) -> Vec<u64> {
    shape.iter().map(|&side| side as u64).collect()
}

/// The values of an array, whose bytes are freed on the way.
fn values<T>(name: &str, array: Array, value: fn([u8; 4]) -> T) -> Result<Vec<T>> {
    let len = array.pieces.iter().map(Vec::len).sum::<usize>() / 4;
    let mut all = memory::reserve(&format!("{name} of a file"), len, 1)?;
    for piece in array.pieces {
        all.extend(piece.as_chunks::<4>().0.iter().map(|&bytes| value(bytes)));
    }
    Ok(all)
}

/// A row of more columns than this would not fit an allocation on wasm32.
const MOST_COLUMNS: u32 = 1 << 28;

pub(crate) fn check_shape(rows: u32, cols: u32) -> Result<()> {
    if rows > 0 && (1..=MOST_COLUMNS).contains(&cols) {
        return Ok(());
    }
    let expected = format!("at least 1 row, and 1 to {MOST_COLUMNS} columns");
    Err(UmapError::malformed("shape of the points", expected, format!("{rows} x {cols}")))
}
