//! Arrays beside the points: bytes as they came, decoded by whoever knows what they mean.

use std::collections::BTreeMap;

use umap_core::points::{Element, F16, Points, PointsBuilder};
use umap_core::{Result, UmapError};

/// Arrays by name. What the values of one are the operation says by how it reads them.
#[derive(Default)]
pub struct Arrays(BTreeMap<String, (Vec<u8>, Dtype)>);

/// The type of an array's elements as JavaScript has it: `f16`, `f32`, `f64`, `i8`, `i16`, `i32`, `u8`, `u16`, `u32`.
pub(crate) type Dtype = String;

impl Arrays {
    /// Appends a piece of an array.
    pub(crate) fn push(&mut self, name: &str, dtype: &str, bytes: &[u8]) -> Result<()> {
        let (array, announced) = self.0.entry(name.into()).or_insert_with(|| (Vec::new(), dtype.into()));
        check_announced(name, announced, dtype)?;
        reserve(name, array, bytes.len())?;
        array.extend_from_slice(bytes);
        Ok(())
    }

    /// The type of an array, if it was given.
    pub(crate) fn dtype(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|(_, dtype)| &**dtype)
    }

    /// An array of bytes; empty if none was given.
    pub fn bytes(&mut self, name: &str) -> Vec<u8> {
        self.0.remove(name).unwrap_or_default().0
    }

    /// An array, if it was given, as 32-bit floats.
    pub fn floats(&mut self, name: &str) -> Result<Option<Vec<f32>>> {
        let (mut floats, mut piece) = (Vec::new(), Vec::<f64>::new());
        let read = self.read(name, &mut piece, |piece| {
            reserve(name, &mut floats, piece.len())?;
            floats.extend(piece.drain(..).map(|value| value as f32));
            Ok(())
        })?;
        Ok(read.then_some(floats))
    }

    /// An array, if it was given, as 64-bit floats.
    pub fn numbers(&mut self, name: &str) -> Result<Option<Vec<f64>>> {
        let mut numbers = Vec::new();
        Ok(self.read(name, &mut numbers, |_| Ok(()))?.then_some(numbers))
    }

    /// An array, if it was given, as rows of `points`.
    pub fn rows(&mut self, name: &str, mut points: PointsBuilder) -> Result<Option<Points>> {
        self.read(name, &mut points, |_| Ok(()))?.then(|| points.finish()).transpose()
    }

    /// Decodes an array into `to`, in pieces, since the values are then in memory twice; `after` sees each. False if the
    /// array was not given.
    fn read<T: Taker>(&mut self, name: &str, to: &mut T, mut after: impl FnMut(&mut T) -> Result<()>) -> Result<bool> {
        let Some((bytes, dtype)) = self.0.remove(name) else { return Ok(false) };
        bytes.chunks(1 << 16).try_for_each(|piece| decode(name, &dtype, piece, to).and_then(|()| after(to)))?;
        Ok(true)
    }

    /// How many elements an array has, if it was given.
    pub fn count(&self, name: &str) -> Option<usize> {
        let (bytes, dtype) = self.0.get(name)?;
        Some(bytes.len() * 8 / dtype[1..].parse::<usize>().ok()?)
    }

    /// The rest of the names of all arrays whose names begin so.
    pub fn names_under(&self, prefix: &str) -> Vec<String> {
        self.0.keys().filter_map(|name| name.strip_prefix(prefix)).map(String::from).collect()
    }

    /// An array of 32-bit integers, if it was given; the bits of those below 0 are those of an `i32`.
    pub fn integers(&mut self, name: &str) -> Result<Option<Vec<u32>>> {
        let Some((bytes, dtype)) = self.0.remove(name) else { return Ok(None) };
        if !matches!(&*dtype, "i32" | "u32") {
            return Err(UmapError::shape(name, "integers", dtype));
        }
        let mut integers = Vec::new();
        reserve(name, &mut integers, bytes.len() / 4)?;
        integers.extend(elements(&bytes, u32::from_le_bytes));
        Ok(Some(integers))
    }

    /// An integer, if it was given.
    pub fn integer(&mut self, name: &str) -> Result<Option<usize>> {
        Ok(self.integers(name)?.and_then(|values| values.first().map(|&value| value as usize)))
    }

    /// An array of 32-bit floats, if it was given; errs unless it is a matrix of `rows` x `cols` as far as that is known.
    pub fn matrix_of(&mut self, name: &str, rows: usize, cols: usize) -> Result<Option<Vec<f32>>> {
        match self.integer(&format!("{name}.cols"))?.filter(|&given| given != cols) {
            Some(given) => Err(UmapError::shape(name, format!("{rows} x {cols} values"), format!("rows of {given}"))),
            None => self.floats(name),
        }
    }
}

/// Errs unless all pieces of an array are of one type.
pub(crate) fn check_announced(name: &str, announced: &str, dtype: &str) -> Result<()> {
    match announced == dtype {
        true => Ok(()),
        false => Err(UmapError::shape(name, format!("pieces of {announced}"), dtype)),
    }
}

/// What takes values of any type.
pub(crate) trait Taker {
    /// Appends values of the array `name`.
    fn take<T: Element>(&mut self, name: &str, values: &[T]) -> Result<()>;
}

impl Taker for PointsBuilder {
    fn take<T: Element>(&mut self, _: &str, values: &[T]) -> Result<()> {
        self.push(values)
    }
}

impl Taker for Vec<f64> {
    fn take<T: Element>(&mut self, name: &str, values: &[T]) -> Result<()> {
        reserve(name, self, values.len())?;
        self.extend(values.iter().map(|value| value.to_f64()));
        Ok(())
    }
}

/// Hands on the elements in bytes as they came from JavaScript, which need not be aligned.
pub(crate) fn decode(name: &str, dtype: &str, bytes: &[u8], to: &mut impl Taker) -> Result<()> {
    match dtype {
        "f32" => to.take(name, &elements(bytes, f32::from_le_bytes).collect::<Vec<_>>()),
        "f64" => to.take(name, &elements(bytes, f64::from_le_bytes).collect::<Vec<_>>()),
        "f16" => to.take(name, &elements(bytes, |b| F16(u16::from_le_bytes(b))).collect::<Vec<_>>()),
        "i8" => to.take(name, &elements(bytes, i8::from_le_bytes).collect::<Vec<_>>()),
        "u8" => to.take(name, bytes),
        "i16" => to.take(name, &elements(bytes, i16::from_le_bytes).collect::<Vec<_>>()),
        "u16" => to.take(name, &elements(bytes, u16::from_le_bytes).collect::<Vec<_>>()),
        "i32" => to.take(name, &elements(bytes, i32::from_le_bytes).collect::<Vec<_>>()),
        "u32" => to.take(name, &elements(bytes, u32::from_le_bytes).collect::<Vec<_>>()),
        _ => {
            let expected = "one of f16, f32, f64, i8, i16, i32, u8, u16, u32";
            Err(UmapError::parameter(&format!("{name}.dtype"), expected, dtype))
        }
    }
}

fn elements<const N: usize, T>(bytes: &[u8], element: fn([u8; N]) -> T) -> impl Iterator<Item = T> {
    bytes.chunks_exact(N).map(move |chunk| element(chunk.try_into().expect("chunks_exact")))
}

/// Makes room for more values, whose number is not known before the last piece has come.
fn reserve<T>(name: &str, array: &mut Vec<T>, more: usize) -> Result<()> {
    let bytes = ((array.len() + more) * size_of::<T>()) as u64;
    let failed = |_| UmapError::OutOfMemory { what: name.into(), bytes };
    // Doubling, while there is room for twice the array.
    array.try_reserve(more).or_else(|_| array.try_reserve_exact(more)).map_err(failed)
}
