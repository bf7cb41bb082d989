//! All options of `ParametricUMAP`.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use umap_core::params::{Params, UmapParams, from_json};
use umap_core::{Result, UmapError};

use crate::train::TrainingParams;

/// Those of UMAP (the graph, and the layout that the encoder learns first), and those of the training. In JSON they are one
/// object; `learningRate` is that of the training.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ParametricParams {
    /// Of the graph.
    pub umap: UmapParams,
    /// Of the networks.
    pub training: TrainingParams,
}

impl ParametricParams {
    /// Reads options from one JSON object and checks them.
    pub fn from_json(json: &str) -> Result<Self> {
        let all: Map<String, Value> = from_json(json)?;
        let own = serde_json::to_value(TrainingParams::default()).expect("plain values");
        let (training, umap): (Map<_, _>, Map<_, _>) = all.into_iter().partition(|(name, _)| own.get(name).is_some());
        let params = Self {
            umap: UmapParams::from_json(&Value::Object(umap).to_string())?,
            training: from_json(&Value::Object(training).to_string())?,
        };
        params.training.validate()?;
        if params.umap.densmap || params.umap.output_dens {
            return Err(UmapError::parameter("densmap, outputDens", "false in ParametricUMAP", true));
        }
        Ok(params)
    }

    /// The options as one object, as [`from_json`](Self::from_json) takes them.
    pub fn flat(&self) -> Map<String, Value> {
        let fields = |value: serde_json::Result<Value>| match value {
            Ok(Value::Object(fields)) => fields,
            _ => unreachable!("options are objects"),
        };
        let mut all = fields(serde_json::to_value(&self.umap));
        all.extend(fields(serde_json::to_value(&self.training)));
        all
    }
}

/// Options of `ParametricUMAP.save`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct ParametricSaveParams {
    /// Whether what the optimiser remembers is in the file, three times as large then: training goes on as if the model had
    /// not been saved.
    pub optimizer: bool,
}
