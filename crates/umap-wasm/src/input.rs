//! What a job gets before it starts: points and further arrays, in pieces of the caller's element type.

use std::collections::BTreeMap;
use std::sync::Arc;

use umap_core::file::{Contents, Reader};
use umap_core::fuzzy::target::{Target, TargetMetric};
use umap_core::knn::KnnGraph;
use umap_core::metric::Metric;
use umap_core::points::{Element, F16, Frame, Points, PointsBuilder, Store, StoreUsed};
use umap_core::{Result, UmapError};

use crate::operation::Kept;

/// The name of the points. Where there are several datasets all names of arrays have a number at their end: `points.0`,
/// `target.labels.0`.
const POINTS: &str = "points";

/// What the values of an array are, as the caller says it with them.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    /// 32-bit floats, whatever type they come in; or points, if they were opened under this name.
    Floats,
    /// Of numbers in 64 bits all bits: how they are kept is not known yet.
    Doubles,
    /// 32-bit integers.
    Integers,
    /// The file that is read.
    File,
    /// Bytes that are kept as they are.
    Bytes,
}

impl Role {
    fn named(name: &str) -> Result<Self> {
        Ok(match name {
            "floats" => Self::Floats,
            "doubles" => Self::Doubles,
            "integers" => Self::Integers,
            "file" => Self::File,
            "bytes" => Self::Bytes,
            _ => return Err(UmapError::parameter("role", "floats, doubles, integers, file or bytes", name)),
        })
    }
}

/// What a job gets before it starts.
#[derive(Default)]
pub struct Input {
    /// By name, with the type that they were announced as, on which their store may depend.
    points: BTreeMap<String, (PointsBuilder, String)>,
    file: Reader,
    bytes: Vec<u8>,
    floats: BTreeMap<String, Vec<f32>>,
    doubles: BTreeMap<String, Vec<f64>>,
    integers: BTreeMap<String, Vec<u32>>,
}

impl Input {
    /// Makes room for points that will come as `dtype`, to be compared with others if their frame is given.
    pub(crate) fn open(
        &mut self,
        name: &str,
        [rows, cols]: [f64; 2],
        dtype: &str,
        Kept { metric, store, frame, .. }: Kept,
    ) -> Result<()> {
        let count = |what: &str, value: f64| match value {
            v if v >= 0.0 && v.fract() == 0.0 && v <= f64::from(u32::MAX) => Ok(v as usize),
            _ => Err(UmapError::parameter(what, "an integer", value)),
        };
        let (rows, cols) = (count("points.rows", rows)?, count("points.cols", cols)?);
        let mut points = PointsBuilder::new(rows, cols, metric, store_of(store, dtype, cols, metric))?;
        if let Some(frame) = frame {
            points = points.in_frame(frame);
        }
        self.points.insert(name.into(), (points, dtype.into()));
        Ok(())
    }

    /// Appends the next piece of an array: whole elements of the type that `dtype` names, little-endian.
    pub(crate) fn push(&mut self, name: &str, dtype: &str, role: &str, bytes: &[u8]) -> Result<()> {
        if let Some((_, announced)) = self.points.get(name).filter(|(_, announced)| announced != dtype) {
            return Err(UmapError::shape(name, format!("pieces of {announced}"), dtype));
        }
        match (Role::named(role)?, dtype) {
            (Role::File, "u8") => self.file.push(bytes),
            (Role::Bytes, "u8") => append(name, &mut self.bytes, bytes.iter().copied()),
            (Role::Integers, "i32" | "u32") => {
                append(name, self.integers.entry(name.into()).or_default(), decode(bytes, u32::from_le_bytes))
            }
            (role @ (Role::Floats | Role::Doubles), dtype) => self.push_numbers(name, dtype, role, bytes),
            _ => Err(UmapError::shape(name, format!("a type that {role} have"), dtype)),
        }
    }

    fn push_numbers(&mut self, name: &str, dtype: &str, role: Role, bytes: &[u8]) -> Result<()> {
        match dtype {
            "f32" => self.push_values(name, role, decode(bytes, f32::from_le_bytes)),
            "f64" => self.push_values(name, role, decode(bytes, f64::from_le_bytes)),
            "f16" => self.push_values(name, role, decode(bytes, |b| F16(u16::from_le_bytes(b)))),
            "i8" => self.push_values(name, role, decode(bytes, i8::from_le_bytes)),
            "u8" => self.push_values(name, role, bytes.to_vec()),
            "i16" => self.push_values(name, role, decode(bytes, i16::from_le_bytes)),
            "u16" => self.push_values(name, role, decode(bytes, u16::from_le_bytes)),
            "i32" => self.push_values(name, role, decode(bytes, i32::from_le_bytes)),
            "u32" => self.push_values(name, role, decode(bytes, u32::from_le_bytes)),
            _ => {
                let expected = "one of f16, f32, f64, i8, i16, i32, u8, u16, u32";
                Err(UmapError::parameter(&format!("{name}.dtype"), expected, dtype))
            }
        }
    }

    fn push_values<T: Element>(&mut self, name: &str, role: Role, values: Vec<T>) -> Result<()> {
        match self.points.get_mut(name) {
            Some((points, _)) => points.push(&values),
            None if T::IS_WIDE && role == Role::Doubles => {
                append(name, self.doubles.entry(name.into()).or_default(), values.into_iter().map(T::to_f64))
            }
            None => append(name, self.floats.entry(name.into()).or_default(), values.into_iter().map(T::to_f32)),
        }
    }

    /// The points, complete.
    pub fn points(&mut self) -> Result<Points> {
        self.points_named(POINTS)
    }

    fn points_named(&mut self, name: &str) -> Result<Points> {
        let missing = || UmapError::shape(name, "a matrix", "nothing");
        self.points.remove(name).ok_or_else(missing)?.0.finish()
    }

    /// The points of all datasets, complete.
    pub fn datasets(&mut self) -> Result<Vec<Points>> {
        (0..self.points.len()).map(|number| self.points_named(&numbered(POINTS, number))).collect()
    }

    /// What was in the file.
    pub fn file(&mut self) -> Result<Contents> {
        std::mem::take(&mut self.file).finish()
    }

    /// Bytes as they came.
    pub fn bytes(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.bytes)
    }

    /// An array of 32-bit floats, if it was given.
    pub fn floats(&mut self, name: &str) -> Option<Vec<f32>> {
        self.floats.remove(name)
    }

    /// Rows of a matrix as they were given, if it was, in the frame of others if that is known.
    pub fn rows(&mut self, name: &str, cols: usize, frame: Option<Arc<Frame>>) -> Result<Option<Points>> {
        fn built<T: Element>(data: &[T], cols: usize, frame: Option<Arc<Frame>>) -> Result<Points> {
            let builder = PointsBuilder::new(data.len() / cols, cols, Metric::Euclidean, StoreUsed::F32)?;
            let mut builder = match frame {
                Some(frame) => builder.in_frame(frame),
                None => builder,
            };
            builder.push(data)?;
            builder.finish()
        }
        match (self.floats.remove(name), self.doubles.remove(name)) {
            (Some(data), _) => built(&data, cols, frame).map(Some),
            (_, Some(data)) => built(&data, cols, frame).map(Some),
            (None, None) => Ok(None),
        }
    }

    /// An array of 32-bit floats, if it was given; errs unless it is a matrix of `rows` x `cols` as far as that is known.
    pub fn matrix_of(&mut self, name: &str, rows: usize, cols: usize) -> Result<Option<Vec<f32>>> {
        match self.integer(&format!("{name}.cols")).filter(|&given| given != cols) {
            Some(given) => Err(UmapError::shape(name, format!("{rows} x {cols} values"), format!("rows of {given}"))),
            None => Ok(self.floats(name)),
        }
    }

    /// All arrays of floats whose names begin so, by the rest of their names.
    pub fn floats_under(&mut self, prefix: &str) -> Vec<(String, Vec<f32>)> {
        let all = std::mem::take(&mut self.floats).into_iter();
        all.filter_map(|(name, values)| Some((name.strip_prefix(prefix)?.to_string(), values))).collect()
    }

    /// An integer, if it was given.
    pub fn integer(&mut self, name: &str) -> Option<usize> {
        self.integers.remove(name)?.first().map(|&value| value as usize)
    }

    /// An array of integers, if it was given.
    pub fn integers(&mut self, name: &str) -> Option<Vec<i32>> {
        self.integers.remove(name).map(|values| values.into_iter().map(u32::cast_signed).collect())
    }

    /// Integers that are not negative, if they were given.
    pub fn unsigned(&mut self, name: &str) -> Option<Vec<u32>> {
        self.integers.remove(name)
    }

    /// A target, if one was given.
    pub fn target(&mut self, metric: TargetMetric) -> Result<Option<Target>> {
        self.target_named(metric, str::to_string)
    }

    /// The target of one of several datasets, if one was given.
    pub fn target_of(&mut self, dataset: usize, metric: TargetMetric) -> Result<Option<Target>> {
        self.target_named(metric, |name| numbered(name, dataset))
    }

    fn target_named(&mut self, metric: TargetMetric, name: impl Fn(&str) -> String) -> Result<Option<Target>> {
        let cols = self.integer(&name("target.cols")).unwrap_or(1);
        if let Some(data) = self.doubles.remove(&name("target.values")) {
            return Target::of_numbers(&data, cols, metric).map(Some);
        }
        let values = self.floats.remove(&name("target.values")).map(|data| Target::Values { data, cols });
        Ok(values.or_else(|| self.integers.remove(&name("target.labels")).map(Target::Labels)))
    }

    /// Neighbours, if they were given.
    pub fn knn(&mut self, rows: usize) -> Option<KnnGraph> {
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

/// The name of an array of one of several datasets.
pub fn numbered(name: &str, dataset: usize) -> String {
    format!("{name}.{dataset}")
}

/// The dataset whose array it is; 0 where there is only one.
pub fn number_of(name: &str) -> usize {
    name.rsplit('.').next().and_then(|number| number.parse().ok()).unwrap_or(0)
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
