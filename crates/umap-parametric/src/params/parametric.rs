//! Options of `ParametricUMAP`: those of UMAP and of the training in one flat object.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use umap_core::params::{ALIASES, Params, UmapParams, from_json, own_name};
use umap_core::{Result, UmapError};

use super::training::TrainingParams;

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
#[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(rename = "ParametricUmapOptions"))]
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
        let is_of_umap = |name: &str| !NOT_HERE.contains(&name) && of_umap.contains_key(own_name(name));
        let (mut training, mut umap) = (Map::new(), Map::new());
        for (name, value) in all {
            if of_training.contains_key(&name) {
                training.insert(name, value);
            } else if is_of_umap(&name) {
                umap.insert(name, value);
            } else {
                let known = of_training.keys().chain(of_umap.keys().filter(|name| is_of_umap(name)));
                let aliases = ALIASES.iter().map(|(alias, _)| *alias);
                return Err(UmapError::unknown_option(&name, known.map(String::as_str).chain(aliases)));
            }
        }
        let training = TrainingParams::from_value(Value::Object(training))?;
        Ok(Self { umap: UmapParams::from_value(Value::Object(umap))?, training })
    }

    /// Errs where the networks do not fit data of so many columns.
    pub(crate) fn check(&self, cols: usize) -> Result<()> {
        let TrainingParams { encoder, decoder, .. } = &self.training;
        if decoder.as_ref().is_some_and(|decoder| decoder.callers) {
            return Err(UmapError::parameter("decoder", "a description of layers", "a model of your own"));
        }
        encoder.shapes("encoder", cols)?;
        let dims = self.umap.n_components as usize;
        decoder.as_ref().map_or(Ok(()), |decoder| decoder.shapes("decoder", dims).map(drop))
    }

    /// Errs if the encoder is a model of the caller's: it is not here to be saved, exported, or read.
    pub fn check_encoder_is_here(&self, what: &str) -> Result<()> {
        if !self.training.encoder.callers {
            return Ok(());
        }
        let expected = format!("a description of layers, for {what}");
        Err(UmapError::parameter("encoder", expected, "a model of your own, whose weights are with you"))
    }

    /// The options as one object, as [`from_json`](Self::from_json) takes them.
    pub fn flat(&self) -> Map<String, Value> {
        let mut all = fields(&self.umap);
        NOT_HERE.iter().for_each(|name| drop(all.remove(*name)));
        all.extend(fields(&self.training));
        all
    }

    /// These options with some changed, for networks that are there already: what they are cannot be changed.
    pub fn with_changes(&self, json: &str) -> Result<Self> {
        let changes: Map<String, Value> = from_json(json)?;
        let mut all = self.flat();
        for (name, value) in changes {
            all.insert(own_name(&name).to_string(), value);
        }
        let changed = Self::from_fields(all)?;
        let what_networks_are = |params: &Self| {
            let all = params.flat();
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
const FIXED: [&str; 8] = [
    "nComponents",
    "metric",
    "encoder",
    "decoder",
    "inputScaling",
    "inputComponents",
    "parametricReconstruction",
    "reconstructionLoss",
];

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
#[cfg_attr(feature = "bindings", ts(rename = "ParametricSaveOptions", rename_all = "camelCase", optional_fields = nullable))]
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

#[cfg(test)]
mod tests {
    use super::*;
    use umap_core::error::ErrorCode;

    fn refused(result: Result<ParametricParams>) -> (ErrorCode, String) {
        let error = result.expect_err("refused");
        (error.code(), error.to_string())
    }

    #[test]
    fn options_come_in_one_object_and_go_out_as_they_came() {
        let json = r#"{"nNeighbors": 7, "learningRate": 0.01, "randomState": 3, "encoder": {"layers": []}}"#;
        let params = ParametricParams::from_json(json).unwrap();
        let ParametricParams { umap, training } = &params;
        assert_eq!((umap.n_neighbors, umap.seed, umap.learning_rate), (7, 3, 1.0));
        assert_eq!((training.learning_rate, training.encoder.layers.len()), (0.01, 0));
        let flat = Value::Object(params.flat()).to_string();
        assert_eq!(ParametricParams::from_json(&flat).unwrap(), params);
    }

    #[test]
    fn unknown_and_wrong_options_are_refused_by_name() {
        for (json, code, name) in [
            (r#"{"batchsize": 3}"#, ErrorCode::UnknownOption, "`batchsize`, did you mean `batchSize`?"),
            (r#"{"perplexity": 3}"#, ErrorCode::UnknownOption, "`perplexity`, the options are"),
            (r#"{"densmap": true}"#, ErrorCode::UnknownOption, "`densmap`"),
            (r#"{"nNeighbors": 1}"#, ErrorCode::InvalidParameter, "nNeighbors"),
            (r#"{"learningRate": 0}"#, ErrorCode::InvalidParameter, "learningRate"),
            (r#"{"schedule": "linear"}"#, ErrorCode::InvalidParameter, "schedule"),
        ] {
            let (found, message) = refused(ParametricParams::from_json(json));
            assert_eq!(found, code, "{json}");
            assert!(message.contains(name), "{json}: {message}");
        }
    }

    #[test]
    fn what_networks_are_made_by_cannot_change() {
        let params = ParametricParams::default();
        let changed = params.with_changes(r#"{"trainingSteps": 5, "nJobs": 2}"#).unwrap();
        assert_eq!((changed.training.training_steps, changed.umap.n_threads), (Some(5), 2));
        let (code, message) = refused(params.with_changes(r#"{"nComponents": 3}"#));
        assert_eq!(code, ErrorCode::InvalidParameter);
        assert!(message.contains("nComponents: expected 2, as in fit"), "{message}");
        // The same again is no change.
        assert_eq!(params.with_changes(r#"{"nComponents": 2}"#).unwrap(), params);
    }
}
