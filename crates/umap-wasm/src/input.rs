//! What a job gets before it starts: points and further arrays, in pieces of the caller's element type.

use std::collections::BTreeMap;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use umap_core::file::{Contents, Reader};
use umap_core::fuzzy::target::{Target, TargetMetric};
use umap_core::knn::KnnGraph;
use umap_core::points::Points;
use umap_core::space::Space;
use umap_core::{Result, UmapError};

use crate::arrays::{Arrays, Dtype, check_announced};
use crate::points::{Arriving, Kept};

/// What a job gets before it starts. What the values of an array are the operation says by how it reads them.
#[derive(Default)]
pub struct Input {
    points: BTreeMap<String, (Arriving, Dtype)>,
    arrays: Arrays,
    file: Reader,
}

impl Deref for Input {
    type Target = Arrays;

    fn deref(&self) -> &Arrays {
        &self.arrays
    }
}

impl DerefMut for Input {
    fn deref_mut(&mut self) -> &mut Arrays {
        &mut self.arrays
    }
}

impl Input {
    /// Makes room for points that will come as `dtype`.
    pub(crate) fn open(&mut self, name: &str, [rows, cols]: [f64; 2], dtype: &str, kept: Kept) -> Result<()> {
        let count = |what: &str, value: f64| match value {
            v if v >= 0.0 && v.fract() == 0.0 && v <= f64::from(u32::MAX) => Ok(v as usize),
            _ => Err(UmapError::parameter(what, "an integer", value)),
        };
        let shape = [count("points.rows", rows)?, count("points.cols", cols)?];
        self.points.insert(name.into(), (Arriving::open(shape, dtype, kept)?, dtype.into()));
        Ok(())
    }

    /// Appends the next piece of points, of the file, or of another array: whole elements, little-endian.
    pub(crate) fn push(&mut self, name: &str, dtype: &str, bytes: &[u8]) -> Result<()> {
        if name == "file" {
            return self.file.push(bytes);
        }
        match self.points.get_mut(name) {
            Some((points, announced)) => {
                check_announced(name, announced, dtype)?;
                points.push(name, dtype, bytes)
            }
            None => self.arrays.push(name, dtype, bytes),
        }
    }

    /// The points, complete.
    pub fn points(&mut self) -> Result<Arc<dyn Space>> {
        self.points_named("points")
    }

    /// The points, complete, for what only takes rows of numbers.
    pub fn dense_points(&mut self, who: &str) -> Result<Points> {
        let points = self.points()?;
        let refused = || {
            let expected = format!("dense rows of numbers: {who} takes no others");
            UmapError::parameter("points", expected, format!("rows that {} compares", points.info().metric.label()))
        };
        points.dense().cloned().ok_or_else(refused)
    }

    /// The points of all datasets, complete.
    pub fn datasets(&mut self) -> Result<Vec<Arc<dyn Space>>> {
        (0..self.points.len()).map(|dataset| self.points_named(&numbered("points", dataset))).collect()
    }

    fn points_named(&mut self, name: &str) -> Result<Arc<dyn Space>> {
        let missing = || UmapError::shape(name, "a matrix", "nothing");
        let (points, _) = self.points.remove(name).ok_or_else(missing)?;
        points.finish(name, &mut self.arrays)
    }

    /// What was in the file.
    pub fn file(&mut self) -> Result<Contents> {
        std::mem::take(&mut self.file).finish()
    }

    /// A target, if one was given; of one of several datasets, if that is.
    pub fn target(&mut self, dataset: Option<usize>, metric: TargetMetric) -> Result<Option<Target>> {
        let name = |name: &str| dataset.map_or_else(|| name.to_string(), |dataset| numbered(name, dataset));
        let (cols, values) = (self.integer(&name("target.cols"))?.unwrap_or(1), name("target.values"));
        if matches!(self.dtype(&values), Some("f64" | "i32" | "u32")) {
            // 32-bit floats would round them.
            let data = self.numbers(&values)?.unwrap_or_default();
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
