//! Options of `ParametricUMAP` that belong to its networks and their training.

use serde::{Deserialize, Serialize};
use umap_core::params::Params;
use umap_core::{Result, UmapError};

use crate::loss::landmarks::LandmarkLoss;
use crate::loss::reconstruction::ReconstructionLoss;
use crate::network::{LayerParams, NetworkParams};
use crate::optimizer::OptimizerParams;

/// Options of the networks and their training; those of the graph are [`umap_core::params::UmapParams`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[cfg_attr(feature = "bindings", ts(rename = "TrainingOptions", rename_all = "camelCase", optional_fields = nullable))]
pub struct TrainingParams {
    /// The network from the data to the embedding. Larger ones follow the layout more closely, train longer and give
    /// larger files. Default: three dense layers of 100 units with relu (Sainburg et al. 2021).
    pub encoder: NetworkParams,
    /// The network back to the data, for `inverseTransform`. Default: none, or with `parametricReconstruction` three
    /// dense layers of 100 units with relu.
    pub decoder: Option<NetworkParams>,
    /// What is done to the data before the encoder gets them. Without scaling, data far from 0 or on a large scale
    /// train badly.
    pub input_scaling: InputScaling,
    /// Principal components of the data that a new encoder learns from where the data have more columns; when its
    /// training ends they become part of its first layer. Fewer make training on wide data faster, and hide what they
    /// leave out. Only with data that are standardized and flat, and a first layer that is dense and has no `l2`. 0:
    /// always from the columns.
    pub input_components: u32,
    /// Edges per step. Larger batches make each step smoother and slower. Default: 1000, or as many as there are
    /// points. At least 1.
    pub batch_size: Option<u32>,
    /// Steps in which the encoder learns the layout that UMAP makes of the same graph (positions between the ends of
    /// edges, by their squared distance), before it learns from the graph itself. They bring the embedding close to
    /// UMAP's quickly; with 0 no such layout is made.
    pub distillation_steps: u32,
    /// Steps in which the encoder learns from the graph. More keep more neighbours, up to some thousands; time grows
    /// with them. Default: 40 times the root of the number of rows, at most 8000 (1,797 rows 1695, 10,000 rows 4000).
    pub training_steps: Option<u32>,
    /// The same in umap-learn's measure, whose default is 1: a training epoch has as many edges as a layout would visit
    /// in all its epochs. At least 1. Default: none, `trainingSteps` decides.
    pub n_training_epochs: Option<u32>,
    /// Reports of the losses in `history` per training. No effect on the result, but `earlyStopping` looks at the
    /// reports. At least 1.
    pub loss_report_frequency: u32,
    /// How derivatives become steps. `adam` suits most networks.
    pub optimizer: OptimizerParams,
    /// Length of the first steps. Smaller values train more slowly and settle more finely; too large ones make the loss
    /// jump. More than 0.
    pub learning_rate: f64,
    /// How the learning rate goes on.
    pub schedule: Schedule,
    /// Derivatives are cut to plus or minus this, so that rare large ones do not undo what was learned. More than 0.
    pub clip_value: f64,
    /// Which form of the graph's cross-entropy is minimised. It decides how strongly points that are no neighbours
    /// repel at short distance.
    pub graph_loss: GraphLoss,
    /// Whether a decoder learns to reproduce the data. Needed for `inverseTransform`; with `autoencoderLoss` it also
    /// changes the embedding.
    pub parametric_reconstruction: bool,
    /// Weight of that in the loss. Larger values make better reconstructions and, with `autoencoderLoss`, an embedding
    /// that keeps fewer neighbours. At least 0.
    pub parametric_reconstruction_loss_weight: f64,
    /// How reconstructions are compared with the data.
    pub reconstruction_loss: ReconstructionLoss,
    /// Whether reconstruction also trains the encoder: the embedding then keeps what the decoder needs.
    pub autoencoder_loss: bool,
    /// Weight of minus the correlation of distances between random rows in the loss. Larger values keep distances
    /// between groups, at the cost of neighbours. At least 0.
    pub global_correlation_loss_weight: f64,
    /// Weight of the landmarks in the loss (umap-learn's: 1, and 0.01 for those of `add_landmarks`). Larger values hold
    /// landmarks in place; smaller ones let the embedding change. At least 0.
    pub landmark_loss_weight: f64,
    /// What a landmark costs that is not at its position.
    pub landmark_loss: LandmarkLoss,
    /// Stops training when so many reports in a row have not lowered the loss by `minDelta`. Default: never.
    pub early_stopping: Option<EarlyStopping>,
}

impl Default for TrainingParams {
    fn default() -> Self {
        Self {
            encoder: NetworkParams::default(),
            decoder: None,
            input_scaling: InputScaling::default(),
            input_components: 100,
            batch_size: None,
            distillation_steps: 0,
            training_steps: None,
            n_training_epochs: None,
            loss_report_frequency: 10,
            optimizer: OptimizerParams::default(),
            learning_rate: 5e-3,
            schedule: Schedule::default(),
            clip_value: 4.0,
            graph_loss: GraphLoss::default(),
            parametric_reconstruction: false,
            parametric_reconstruction_loss_weight: 1.0,
            reconstruction_loss: ReconstructionLoss::default(),
            autoencoder_loss: false,
            global_correlation_loss_weight: 0.0,
            landmark_loss_weight: 0.01,
            landmark_loss: LandmarkLoss::default(),
            early_stopping: None,
        }
    }
}

/// Steps from the graph where options do not say how many. More rows need more of them: measured in
/// docs/parametric-training.md, as far as 60,000 rows.
pub fn default_steps(rows: usize) -> u32 {
    // The root of an integer in 64 bits is exactly rounded: the same everywhere.
    ((40.0 * (rows as f64).sqrt()) as u32).min(8000)
}

/// What is done to the data before the encoder gets them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum InputScaling {
    /// Less the means of the columns, over the standard deviation of all values: distances keep their proportions.
    #[default]
    Standardize,
    /// Nothing (umap-learn's).
    None,
}

/// How the learning rate goes on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum Schedule {
    /// It falls to 0 like half a wave of the cosine.
    #[default]
    Cosine,
    /// It stays (umap-learn's).
    Constant,
}

/// Which form of the graph's cross-entropy is minimised; see [`crate::loss::graph::Curve`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum GraphLoss {
    /// That of UMAP: membership 1 / (1 + a d^(2b)).
    Umap,
    /// That of umap-learn's ParametricUMAP: membership 1 / (2 + a d^(2b)), whose repulsion is bounded.
    #[default]
    Doubled,
}

/// When training ends before its last step.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct EarlyStopping {
    /// Reports in a row without a lower loss. At least 1.
    pub patience: u32,
    /// How much lower counts. At least 0.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(as = "Option<_>", optional))]
    pub min_delta: f64,
}

impl Params for TrainingParams {
    /// Checks every range that does not depend on the data.
    fn validate(&self) -> Result<()> {
        let check = |name: &str, value: f64, ok: bool, expected: &str| {
            if ok && value.is_finite() { Ok(()) } else { Err(UmapError::parameter(name, expected, value)) }
        };
        let at_least_0 = |name: &str, value: f64| check(name, value, value >= 0.0, "a number, at least 0");
        let more_than_0 = |name: &str, value: f64| check(name, value, value > 0.0, "a number, more than 0");
        let at_least_1 = |name: &str, value: u32| check(name, value.into(), value >= 1, "an integer, at least 1");
        let below_1 = |name: &str, value: f64| {
            check(name, value, (0.0..1.0).contains(&value), "a number, at least 0 and below 1")
        };
        self.batch_size.map_or(Ok(()), |size| at_least_1("batchSize", size))?;
        self.n_training_epochs.map_or(Ok(()), |epochs| at_least_1("nTrainingEpochs", epochs))?;
        at_least_1("lossReportFrequency", self.loss_report_frequency)?;
        more_than_0("learningRate", self.learning_rate)?;
        more_than_0("clipValue", self.clip_value)?;
        at_least_0("parametricReconstructionLossWeight", self.parametric_reconstruction_loss_weight)?;
        at_least_0("globalCorrelationLossWeight", self.global_correlation_loss_weight)?;
        at_least_0("landmarkLossWeight", self.landmark_loss_weight)?;
        if let LandmarkLoss::Truncated { limit } = self.landmark_loss {
            more_than_0("landmarkLoss.limit", limit)?;
        }
        if let Some(EarlyStopping { patience, min_delta }) = self.early_stopping {
            at_least_1("earlyStopping.patience", patience)?;
            at_least_0("earlyStopping.minDelta", min_delta)?;
        }
        match self.optimizer {
            OptimizerParams::Adam { beta1, beta2, epsilon } => {
                below_1("optimizer.beta1", beta1)?;
                below_1("optimizer.beta2", beta2)?;
                more_than_0("optimizer.epsilon", epsilon)
            }
            OptimizerParams::Sgd { momentum } => below_1("optimizer.momentum", momentum),
            OptimizerParams::RmsProp { rho, epsilon } => {
                below_1("optimizer.rho", rho)?;
                more_than_0("optimizer.epsilon", epsilon)
            }
        }
    }
}

impl TrainingParams {
    /// How many components stand for rows of so many columns in a new encoder's training, if any do.
    pub(crate) fn components_of(&self, cols: usize) -> Option<usize> {
        let NetworkParams { input_shape, layers, callers } = &self.encoder;
        let takes_sums = match layers.first() {
            None => true,
            Some(LayerParams::Dense { l2, .. }) => *l2 == 0.0,
            Some(_) => false,
        };
        let may_be = takes_sums && input_shape.is_none() && !callers;
        let count = self.input_components as usize;
        (may_be && self.input_scaling == InputScaling::Standardize && 0 < count && count < cols).then_some(count)
    }

    /// Whether there is a decoder to train.
    pub fn has_decoder(&self) -> bool {
        self.parametric_reconstruction || self.decoder.is_some()
    }
}
