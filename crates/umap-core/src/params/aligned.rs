//! Options of `AlignedUMAP`: two of its own, and those of `UMAP`, each one value or a list with one for each dataset.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::checks::{check, check_count};
use super::names::{SHARED, own_name};
use super::read::Params;
use super::umap::UmapParams;
use crate::error::{Result, UmapError};
use crate::json::from_json;

/// Those of [`AlignmentParams`].
const OWN: [&str; 2] = ["alignmentRegularisation", "alignmentWindowSize"];

/// What only `AlignedUMAP` has.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[cfg_attr(feature = "bindings", ts(rename = "AlignmentOptions", rename_all = "camelCase", optional_fields = nullable))]
pub struct AlignmentParams {
    /// How strongly corresponding points of different datasets are drawn to each other's coordinates, against the
    /// layout that each dataset would have alone. Larger values keep points in place from one embedding to the next;
    /// smaller ones let each embedding show its own structure; 0 does not align at all. At least 0. (umap-learn,
    /// AlignedUMAP.)
    pub alignment_regularisation: f64,
    /// How many datasets before and after it each is aligned with; nearer ones count more. Larger values keep slow
    /// drifts down over many datasets and take longer. At least 1.
    pub alignment_window_size: u32,
}

impl Default for AlignmentParams {
    fn default() -> Self {
        Self { alignment_regularisation: 0.01, alignment_window_size: 3 }
    }
}

impl Params for AlignmentParams {
    fn validate(&self) -> Result<()> {
        let weight = self.alignment_regularisation;
        let fits = weight >= 0.0 && (weight as f32).is_finite();
        check("alignmentRegularisation", weight, fits, "a finite 32-bit float, at least 0")?;
        check_count("alignmentWindowSize", self.alignment_window_size, 1)
    }
}

/// Options of `AlignedUMAP`.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(rename = "AlignedOptions"))]
pub struct AlignedParams {
    /// What only it has.
    pub alignment: AlignmentParams,
    /// One for each dataset; or one for all, where no option is a list.
    datasets: Vec<UmapParams>,
    /// An option that is a list.
    list: Option<String>,
}

impl AlignedParams {
    /// Reads options from JSON and checks them.
    pub fn from_json(json: &str) -> Result<Self> {
        let mut options: Map<String, Value> = from_json(json)?;
        let mut own = Map::new();
        for name in OWN {
            own.extend(options.remove(name).map(|value| (name.to_string(), value)));
        }
        let alignment = AlignmentParams::from_value(Value::Object(own))?;
        let lists = options.iter().filter_map(|(name, value)| Some((name, value.as_array()?.len())));
        let lists: Vec<(&String, usize)> = lists.collect();
        for (name, length) in &lists {
            check_list(name, *length, &lists[0])?;
        }
        let dataset = |i: usize| {
            let mut values = Map::new();
            values.extend(options.iter().map(|(name, value)| (name.clone(), value.get(i).unwrap_or(value).clone())));
            UmapParams::from_value(Value::Object(values)).map_err(|error| of_list(error, &lists, i))
        };
        let count = lists.first().map_or(1, |(_, length)| *length);
        let datasets = (0..count).map(dataset).collect::<Result<_>>()?;
        Ok(Self { alignment, datasets, list: lists.first().map(|(name, _)| (*name).clone()) })
    }

    /// Those of one dataset.
    pub fn of(&self, dataset: usize) -> Result<&UmapParams> {
        match &self.list {
            None => Ok(&self.datasets[0]),
            Some(_) => self.datasets.get(dataset).ok_or_else(|| self.wrong_length("more datasets")),
        }
    }

    /// Those of each of so many datasets.
    pub fn each(&self, count: usize) -> Result<Vec<UmapParams>> {
        if self.list.is_some() && self.datasets.len() != count {
            return Err(self.wrong_length(&format!("{count} datasets")));
        }
        (0..count).map(|dataset| self.of(dataset).cloned()).collect()
    }

    fn wrong_length(&self, than: &str) -> UmapError {
        let (name, length) = (self.list.as_deref().unwrap_or_default(), self.datasets.len());
        UmapError::parameter(name, "a list with one value for each dataset", format!("{length} for {than}"))
    }
}

/// Errs unless a list may be there, and is as long as the first one.
fn check_list(name: &str, length: usize, (first, expected): &(&String, usize)) -> Result<()> {
    if SHARED.contains(&own_name(name)) {
        return Err(UmapError::parameter(name, "one value for all datasets", "a list"));
    }
    if length == 0 {
        return Err(UmapError::parameter(name, "a list with one value for each dataset", "an empty one"));
    }
    if length != *expected {
        return Err(UmapError::parameter(name, format!("{expected} values, as {first} has"), length));
    }
    Ok(())
}

/// Says which value of a list was wrong, and all options where one is unknown.
fn of_list(error: UmapError, lists: &[(&String, usize)], i: usize) -> UmapError {
    match error {
        UmapError::InvalidParameter { name, expected, got } if lists.iter().any(|(list, _)| **list == name) => {
            UmapError::InvalidParameter { name: format!("{name}[{i}]"), expected, got }
        }
        UmapError::UnknownOption { name, known } => {
            let known = OWN.map(String::from).into_iter().chain(known).collect();
            UmapError::UnknownOption { name, known }
        }
        error => error,
    }
}
