//! Options of `ParametricUMAP`: those of UMAP and of the training in one flat object.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use umap_core::params::{ALIASES, Params, UmapParams, from_json};
use umap_core::{Result, UmapError};

use crate::train::TrainingParams;

/// Options of `UMAP` that `ParametricUMAP` does not have. `learningRate` is the training's; the layout that the encoder
/// learns first is made with UMAP's default.
pub const NOT_HERE: [&str; 8] = [
    "learningRate",
    "densmap",
    "densLambda",
    "densFrac",
    "densVarShift",
    "outputDens",
    "transformMode",
    "transformSeed",
];

/// All options.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ParametricParams {
    /// Of the graph, and of the layout that is learned first.
    pub umap: UmapParams,
    /// Of the networks and their training.
    pub training: TrainingParams,
}

impl ParametricParams {
    /// Reads and checks options in JSON.
    pub fn from_json(json: &str) -> Result<Self> {
        Self::from_fields(from_json(json)?)
    }

    fn from_fields(all: Map<String, Value>) -> Result<Self> {
        let (of_training, of_umap) = (fields(&TrainingParams::default()), fields(&UmapParams::default()));
        let is_of_umap = |name: &str| {
            !NOT_HERE.contains(&name)
                && (of_umap.contains_key(name) || ALIASES.iter().any(|(alias, _)| *alias == name))
        };
        let (mut training, mut umap) = (Map::new(), Map::new());
        for (name, value) in all {
            if of_training.contains_key(&name) {
                training.insert(name, value);
            } else if is_of_umap(&name) {
                umap.insert(name, value);
            } else {
                let known = of_training.keys().chain(of_umap.keys().filter(|name| is_of_umap(name)));
                let known: Vec<String> = known.map(|name| format!("`{name}`")).collect();
                return Err(UmapError::UnknownOption(format!("`{name}`, the options are {}", known.join(", "))));
            }
        }
        let training: TrainingParams = from_json(&Value::Object(training).to_string())?;
        training.validate()?;
        Ok(Self { umap: UmapParams::from_json(&Value::Object(umap).to_string())?, training })
    }

    /// The options as [`from_json`](Self::from_json) reads them.
    pub fn to_json(&self) -> String {
        Value::Object(self.fields()).to_string()
    }

    fn fields(&self) -> Map<String, Value> {
        let mut all = fields(&self.umap);
        NOT_HERE.iter().for_each(|name| drop(all.remove(*name)));
        all.extend(fields(&self.training));
        all
    }

    /// These options with some changed, for networks that are there already: what they are cannot be changed.
    pub fn with_changes(&self, json: &str) -> Result<Self> {
        let changes: Map<String, Value> = from_json(json)?;
        let mut all = self.fields();
        for (name, value) in changes {
            let name = ALIASES.iter().find(|(alias, _)| *alias == name).map_or(name, |(_, of)| (*of).to_string());
            all.insert(name, value);
        }
        let changed = Self::from_fields(all)?;
        let what_networks_are = |params: &Self| {
            let all = params.fields();
            FIXED.map(|name| all[name].clone())
        };
        let pairs = what_networks_are(self).into_iter().zip(what_networks_are(&changed));
        match FIXED.iter().zip(pairs).find(|(_, (before, after))| before != after) {
            None => Ok(changed),
            Some((name, (before, after))) => {
                Err(UmapError::parameter(name, format!("{before}, as in fit: the networks are made"), after))
            }
        }
    }
}

/// What networks are made by.
const FIXED: [&str; 7] =
    ["nComponents", "metric", "encoder", "decoder", "inputScaling", "parametricReconstruction", "reconstructionLoss"];

fn fields(params: &impl Serialize) -> Map<String, Value> {
    match serde_json::to_value(params).expect("plain values") {
        Value::Object(fields) => fields,
        _ => unreachable!("options are an object"),
    }
}

/// Options of `ParametricUMAP.save`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[cfg_attr(feature = "bindings", ts(rename_all = "camelCase", optional_fields = nullable))]
pub struct ParametricSaveParams {
    /// Whether the file holds what the optimiser remembers, twice as much as the weights: then training goes on as if it
    /// had not been saved, bit for bit. Else the optimiser starts anew.
    pub optimizer: bool,
}

impl Params for ParametricSaveParams {
    fn validate(&self) -> Result<()> {
        Ok(())
    }
}
