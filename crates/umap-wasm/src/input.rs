//! What a job gets before it starts: points and further arrays, in pieces of the caller's element type.

use std::collections::BTreeMap;

use umap_core::fuzzy::target::Target;
use umap_core::knn::KnnGraph;
use umap_core::metric::Metric;
use umap_core::model::{Contents, Reader};
use umap_core::points::{Element, F16, Points, PointsBuilder, Store, StoreUsed};
use umap_core::{Result, UmapError};

/// The name under which pieces go to the points.
const POINTS: &str = "points";
/// The name under which pieces go to the file that is read.
const FILE: &str = "file";
/// Arrays of whole numbers; all others are floats, whatever type they come in.
const INTEGERS: [&str; 7] = [
    "precomputedKnn.indices",
    "precomputedKnn.k",
    "labels",
    "embedding.cols",
    "init.cols",
    "target.labels",
    "target.cols",
];

#[derive(Default)]
pub(crate) struct Input {
    points: Option<PointsBuilder>,
    /// The type that the points were announced as, on which their store may depend.
    points_dtype: String,
    file: Reader,
    floats: BTreeMap<String, Vec<f32>>,
    integers: BTreeMap<String, Vec<u32>>,
}

impl Input {
    /// Makes room for points that will come as `dtype`.
    pub(crate) fn open(&mut self, [rows, cols]: [f64; 2], dtype: &str, metric: Metric, store: Store) -> Result<()> {
        let count = |what: &str, value: f64| match value {
            v if v >= 0.0 && v.fract() == 0.0 && v <= f64::from(u32::MAX) => Ok(v as usize),
            _ => Err(UmapError::parameter(what, "a whole number", value)),
        };
        let (rows, cols) = (count("points.rows", rows)?, count("points.cols", cols)?);
        self.points = Some(PointsBuilder::new(rows, cols, metric, store_of(store, dtype, cols, metric))?);
        self.points_dtype = dtype.into();
        Ok(())
    }

    /// Appends the next piece of an array: whole elements of the type that `dtype` names, little-endian.
    pub(crate) fn push(&mut self, name: &str, dtype: &str, bytes: &[u8]) -> Result<()> {
        if name == POINTS && dtype != self.points_dtype {
            return Err(UmapError::shape(POINTS, format!("pieces of {}", self.points_dtype), dtype));
        }
        match dtype {
            "u8" if name == FILE => self.file.push(bytes),
            "f32" => self.push_floats(name, decode(bytes, f32::from_le_bytes)),
            "f64" => self.push_floats(name, decode(bytes, f64::from_le_bytes)),
            "f16" => self.push_floats(name, decode(bytes, |b| F16(u16::from_le_bytes(b)))),
            "i8" => self.push_floats(name, decode(bytes, i8::from_le_bytes)),
            "u8" => self.push_floats(name, bytes.to_vec()),
            "i16" => self.push_floats(name, decode(bytes, i16::from_le_bytes)),
            "u16" => self.push_floats(name, decode(bytes, u16::from_le_bytes)),
            "i32" | "u32" if INTEGERS.contains(&name) => {
                append(name, self.integers.entry(name.into()).or_default(), decode(bytes, u32::from_le_bytes))
            }
            "i32" => self.push_floats(name, decode(bytes, i32::from_le_bytes)),
            "u32" => self.push_floats(name, decode(bytes, u32::from_le_bytes)),
            _ => Err(UmapError::parameter(
                &format!("{name}.dtype"),
                "one of f16, f32, f64, i8, i16, i32, u8, u16, u32",
                dtype,
            )),
        }
    }

    fn push_floats<T: Element>(&mut self, name: &str, values: Vec<T>) -> Result<()> {
        match &mut self.points {
            Some(points) if name == POINTS => points.push(&values),
            _ => append(name, self.floats.entry(name.into()).or_default(), values.into_iter().map(T::to_f32)),
        }
    }

    /// The points, complete.
    pub(crate) fn points(&mut self) -> Result<Points> {
        let missing = || UmapError::shape(POINTS, "a matrix", "nothing");
        self.points.take().ok_or_else(missing)?.finish()
    }

    /// What was in the file.
    pub(crate) fn file(&mut self) -> Result<Contents> {
        std::mem::take(&mut self.file).finish()
    }

    /// An array of 32-bit floats, if it was given.
    pub(crate) fn floats(&mut self, name: &str) -> Option<Vec<f32>> {
        self.floats.remove(name)
    }

    /// A whole number, if it was given.
    pub(crate) fn integer(&mut self, name: &str) -> Option<usize> {
        self.integers.remove(name)?.first().map(|&value| value as usize)
    }

    /// Errs if the initial layout was given with rows of another length.
    pub(crate) fn check_init(&mut self, rows: usize, dims: usize) -> Result<()> {
        match self.integer("init.cols") {
            Some(cols) if cols != dims => {
                Err(UmapError::shape("init", format!("{rows} x {dims} values"), format!("rows of {cols}")))
            }
            _ => Ok(()),
        }
    }

    /// All arrays of 32-bit floats, by their names.
    #[cfg(feature = "parametric")]
    pub(crate) fn take_floats(&mut self) -> BTreeMap<String, Vec<f32>> {
        std::mem::take(&mut self.floats)
    }

    /// An array of whole numbers, if it was given.
    pub(crate) fn integers(&mut self, name: &str) -> Option<Vec<i32>> {
        self.integers.remove(name).map(|values| values.into_iter().map(u32::cast_signed).collect())
    }

    /// A target, if one was given.
    pub(crate) fn target(&mut self) -> Option<Target> {
        let cols = self.integer("target.cols").unwrap_or(1);
        let values = self.floats.remove("target.values").map(|data| Target::Values { data, cols });
        values.or_else(|| self.integers.remove("target.labels").map(Target::Labels))
    }

    /// Neighbours, if they were given.
    pub(crate) fn knn(&mut self, rows: usize) -> Option<KnnGraph> {
        let indices = self.integers.remove("precomputedKnn.indices");
        let distances = self.floats.remove("precomputedKnn.distances");
        if indices.is_none() && distances.is_none() {
            return None;
        }
        let (indices, distances) = (indices.unwrap_or_default(), distances.unwrap_or_default());
        let k = self.integer("precomputedKnn.k").unwrap_or(indices.len() / rows);
        Some(KnnGraph { k, indices, distances })
    }
}

/// The store for points that come as `dtype`; an unknown one is refused with the first piece.
fn store_of(store: Store, dtype: &str, cols: usize, metric: Metric) -> StoreUsed {
    match dtype {
        "f16" => store.of::<F16>(cols, metric),
        "i8" => store.of::<i8>(cols, metric),
        "u8" => store.of::<u8>(cols, metric),
        _ => store.of::<f32>(cols, metric),
    }
}

/// Appends values whose number is not known before the last piece has come.
fn append<T>(
    name: &str,
    array: &mut Vec<T>,
    values: impl IntoIterator<Item = T, IntoIter: ExactSizeIterator>,
) -> Result<()> {
    let values = values.into_iter();
    let len = array.len() + values.len();
    let failed = |_| UmapError::OutOfMemory { what: name.into(), bytes: (len as u64) * size_of::<T>() as u64 };
    // Doubling, while there is room for twice the array.
    array.try_reserve(values.len()).or_else(|_| array.try_reserve_exact(values.len())).map_err(failed)?;
    array.extend(values);
    Ok(())
}

/// Bytes as they came from JavaScript, which need not be aligned.
fn decode<const N: usize, T>(bytes: &[u8], element: fn([u8; N]) -> T) -> Vec<T> {
    bytes.chunks_exact(N).map(|chunk| element(chunk.try_into().expect("chunks_exact"))).collect()
}
