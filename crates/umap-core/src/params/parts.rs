//! Options of those who want a part of UMAP: a graph, or its layout.

use serde_json::{Map, Value};

use super::names::ALIASES;
use super::names::own_name;
use super::read::Params;
use super::umap::UmapParams;
use crate::error::{Result, UmapError};
use crate::json::from_json;

/// Options of `UMAP` that decide on the graph, which `fuzzyGraph` takes.
pub const OF_GRAPH: [&str; 14] = [
    "nNeighbors",
    "metric",
    "metricOptions",
    "setOpMixRatio",
    "localConnectivity",
    "disconnectionDistance",
    "targetMetric",
    "targetWeight",
    "targetNNeighbors",
    "store",
    "forceApproximation",
    "seed",
    "nThreads",
    "verbose",
];

/// Options of `UMAP` that decide on the layout of a graph, which `UMAP.fromGraph` takes.
pub const OF_LAYOUT: [&str; 14] = [
    "nComponents",
    "nEpochs",
    "learningRate",
    "init",
    "minDist",
    "spread",
    "repulsionStrength",
    "negativeSampleRate",
    "a",
    "b",
    "setOpMixRatio",
    "seed",
    "nThreads",
    "verbose",
];

impl UmapParams {
    /// Reads options in JSON of which only some are known.
    pub fn of_part(known: &[&str], json: &str) -> Result<Self> {
        Self::of_known(known, from_json(json)?)
    }

    /// Reads the options of the layout of a graph that the caller brings: whether its directed edges are mixed (`symmetrize`),
    /// and what decides on the layout.
    pub fn of_graph_layout(json: &str) -> Result<(Self, bool)> {
        let mut all: Map<String, Value> = from_json(json)?;
        let symmetrize = match all.remove("symmetrize") {
            None => false,
            Some(Value::Bool(symmetrize)) => symmetrize,
            Some(other) => return Err(UmapError::parameter("symmetrize", "a boolean", other)),
        };
        Ok((Self::of_known(&OF_LAYOUT, all)?, symmetrize))
    }

    fn of_known(known: &[&str], all: Map<String, Value>) -> Result<Self> {
        if let Some(name) = all.keys().find(|name| !known.contains(&own_name(name))) {
            let aliases = ALIASES.iter().map(|(alias, _)| alias);
            return Err(UmapError::unknown_option(name, known.iter().chain(aliases).copied()));
        }
        Self::from_value(Value::Object(all))
    }
}
