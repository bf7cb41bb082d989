//! What a job gets before it starts: points and further arrays, in pieces of the caller's element type.

use std::collections::BTreeMap;
use std::sync::Arc;

use umap_core::file::{Contents, Reader};
use umap_core::fuzzy::target::{Target, TargetMetric};
use umap_core::knn::KnnGraph;
use umap_core::metric::{Metric, MetricName};
use umap_core::params::UmapParams;
use umap_core::points::{Element, F16, Frame, Points, PointsBuilder, Store, StoreUsed};
use umap_core::space::Space;
use umap_core::{Result, UmapError};

/// How points are kept as they arrive.
pub struct Kept {
    /// The metric into whose form they are put.
    pub metric: Metric,
    /// What they are kept as.
    pub store: Store,
    /// The frame of the points with which they are compared, if there are such.
    pub frame: Option<Arc<Frame>>,
    /// How many columns they must have, and why.
    pub cols: Option<(usize, &'static str)>,
}

impl Kept {
    /// With nothing done to them.
    pub fn as_given() -> Self {
        Self::by(MetricName::Euclidean.into(), Store::Auto)
    }

    /// As the options of a fit say.
    pub fn of(params: &UmapParams) -> Self {
        Self::by(params.metric(), params.store)
    }

    /// In the form of a metric.
    pub fn by(metric: Metric, store: Store) -> Self {
        Self { metric, store, frame: None, cols: None }
    }

    /// To be compared with others.
    pub fn like(space: &dyn Space, store: Store, why: &'static str) -> Self {
        let info = space.info();
        let frame = space.dense().map(|points| Arc::clone(points.frame()));
        Self { frame, cols: Some((info.cols, why)), ..Self::by(info.metric, store) }
    }

    /// The store of points that come as `dtype`; an unknown one is refused with the first piece.
    fn store_of(&self, dtype: &str, cols: usize) -> StoreUsed {
        match dtype {
            "f16" => self.store.of::<F16>(cols, &self.metric),
            "i8" => self.store.of::<i8>(cols, &self.metric),
            "u8" => self.store.of::<u8>(cols, &self.metric),
            _ => self.store.of::<f32>(cols, &self.metric),
        }
    }
}

/// What a job gets before it starts. What the values of an array are the operation says by how it reads them.
#[derive(Default)]
pub struct Input {
    points: BTreeMap<String, (PointsBuilder, Dtype)>,
    arrays: BTreeMap<String, (Vec<u8>, Dtype)>,
    file: Reader,
}

/// The type of an array's elements as JavaScript has it: `f16`, `f32`, `f64`, `i8`, `i16`, `i32`, `u8`, `u16`, `u32`.
type Dtype = String;

impl Input {
    /// Makes room for points that will come as `dtype`.
    pub(crate) fn open(&mut self, name: &str, [rows, cols]: [f64; 2], dtype: &str, kept: Kept) -> Result<()> {
        if let Some((expected, why)) = kept.cols.filter(|(expected, _)| *expected as f64 != cols) {
            return Err(UmapError::shape("points", format!("{expected} columns{why}"), cols.to_string()));
        }
        let count = |what: &str, value: f64| match value {
            v if v >= 0.0 && v.fract() == 0.0 && v <= f64::from(u32::MAX) => Ok(v as usize),
            _ => Err(UmapError::parameter(what, "an integer", value)),
        };
        let (rows, cols) = (count("points.rows", rows)?, count("points.cols", cols)?);
        let store = kept.store_of(dtype, cols);
        let mut points = PointsBuilder::new(rows, cols, kept.metric, store)?;
        if let Some(frame) = kept.frame {
            points = points.in_frame(frame);
        }
        self.points.insert(name.into(), (points, dtype.into()));
        Ok(())
    }

    /// Appends the next piece of points, of the file, or of another array: whole elements, little-endian.
    pub(crate) fn push(&mut self, name: &str, dtype: &str, bytes: &[u8]) -> Result<()> {
        if name == "file" {
            return self.file.push(bytes);
        }
        let points = self.points.get_mut(name);
        let announced = points.as_ref().map(|(_, dtype)| dtype).or(self.arrays.get(name).map(|(_, dtype)| dtype));
        if let Some(announced) = announced.filter(|announced| *announced != dtype) {
            return Err(UmapError::shape(name, format!("pieces of {announced}"), dtype));
        }
        match points {
            Some((points, _)) => decode(name, dtype, bytes, points),
            None => {
                let (array, _) = self.arrays.entry(name.into()).or_insert_with(|| (Vec::new(), dtype.into()));
                reserve(name, array, bytes.len())?;
                array.extend_from_slice(bytes);
                Ok(())
            }
        }
    }

    /// The points, complete.
    pub fn points(&mut self) -> Result<Points> {
        self.points_named("points")
    }

    /// The points of all datasets, complete.
    pub fn datasets(&mut self) -> Result<Vec<Points>> {
        (0..self.points.len()).map(|dataset| self.points_named(&numbered("points", dataset))).collect()
    }

    fn points_named(&mut self, name: &str) -> Result<Points> {
        let missing = || UmapError::shape(name, "a matrix", "nothing");
        self.points.remove(name).ok_or_else(missing)?.0.finish()
    }

    /// What was in the file.
    pub fn file(&mut self) -> Result<Contents> {
        std::mem::take(&mut self.file).finish()
    }

    /// An array of bytes; empty if none was given.
    pub fn bytes(&mut self, name: &str) -> Vec<u8> {
        self.arrays.remove(name).unwrap_or_default().0
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

    /// An array, if it was given, as rows of `points`.
    pub fn rows(&mut self, name: &str, mut points: PointsBuilder) -> Result<Option<Points>> {
        self.read(name, &mut points, |_| Ok(()))?.then(|| points.finish()).transpose()
    }

    /// Decodes an array into `to`, in pieces, since the values are then in memory twice; `after` sees each. False if the
    /// array was not given.
    fn read<T: Taker>(&mut self, name: &str, to: &mut T, mut after: impl FnMut(&mut T) -> Result<()>) -> Result<bool> {
        let Some((bytes, dtype)) = self.arrays.remove(name) else { return Ok(false) };
        bytes.chunks(1 << 16).try_for_each(|piece| decode(name, &dtype, piece, to).and_then(|()| after(to)))?;
        Ok(true)
    }

    /// How many elements an array has, if it was given.
    pub fn count(&self, name: &str) -> Option<usize> {
        let (bytes, dtype) = self.arrays.get(name)?;
        Some(bytes.len() * 8 / dtype[1..].parse::<usize>().ok()?)
    }

    /// The rest of the names of all arrays whose names begin so.
    pub fn names_under(&self, prefix: &str) -> Vec<String> {
        self.arrays.keys().filter_map(|name| name.strip_prefix(prefix)).map(String::from).collect()
    }

    /// An array of 32-bit integers, if it was given; the bits of those below 0 are those of an `i32`.
    pub fn integers(&mut self, name: &str) -> Result<Option<Vec<u32>>> {
        let Some((bytes, dtype)) = self.arrays.remove(name) else { return Ok(None) };
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

    /// A target, if one was given; of one of several datasets, if that is.
    pub fn target(&mut self, dataset: Option<usize>, metric: TargetMetric) -> Result<Option<Target>> {
        let name = |name: &str| dataset.map_or_else(|| name.to_string(), |dataset| numbered(name, dataset));
        let (cols, values) = (self.integer(&name("target.cols"))?.unwrap_or(1), name("target.values"));
        if self.arrays.get(&values).is_some_and(|(_, dtype)| matches!(&**dtype, "f64" | "i32" | "u32")) {
            // 32-bit floats would round them.
            let mut data = Vec::<f64>::new();
            self.read(&values, &mut data, |_| Ok(()))?;
            return Target::of_numbers(&data, cols, metric).map(Some);
        }
        if let Some(data) = self.floats(&values)? {
            return Ok(Some(Target::Values { data, cols }));
        }
        Ok(self.integers(&name("target.labels"))?.map(Target::Labels))
    }

    /// Neighbours, if they were given.
    pub fn knn(&mut self, rows: usize) -> Result<Option<KnnGraph>> {
        let indices = self.integers("precomputedKnn.indices")?;
        let distances = self.floats("precomputedKnn.distances")?;
        if indices.is_none() && distances.is_none() {
            return Ok(None);
        }
        let (indices, distances) = (indices.unwrap_or_default(), distances.unwrap_or_default());
        let k = self.integer("precomputedKnn.k")?.unwrap_or(indices.len() / rows);
        Ok(Some(KnnGraph { k, indices, distances }))
    }
}

/// The name of an array of one of several datasets: `points.0`, `target.labels.0`.
pub(crate) fn numbered(name: &str, dataset: usize) -> String {
    format!("{name}.{dataset}")
}

/// The dataset whose array it is; 0 where there is only one.
pub(crate) fn number_of(name: &str) -> usize {
    name.rsplit('.').next().and_then(|number| number.parse().ok()).unwrap_or(0)
}

/// What takes values of any type.
trait Taker {
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
fn decode(name: &str, dtype: &str, bytes: &[u8], to: &mut impl Taker) -> Result<()> {
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
