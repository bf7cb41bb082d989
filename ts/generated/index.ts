// Written by `npm run generate` from crates/. Do not edit.

/**
 * The codes that a rejected promise carries: those of [`UmapError`], and those of the layer around it.
 */
export type ErrorCode = "unknown-option" | "invalid-parameter" | "shape-mismatch" | "not-finite" | "empty-input" | "out-of-memory" | "cancelled" | "panic" | "instance-lost" | "worker-start" | "not-fitted" | "malformed-file";

/**
 * The stages of a computation, in their order.
 */
export type Stage = "points" | "knn" | "fuzzy" | "init" | "optimize" | "train" | "radii" | "transform" | "evaluate" | "save" | "load";

/**
 * How far two rows are from each other.
 */
export type Metric = "euclidean" | "cosine" | "correlation" | "manhattan" | "chebyshev" | "minkowski" | "seuclidean" | "mahalanobis" | "sqeuclidean" | "canberra" | "braycurtis" | "hamming" | "haversine" | "hellinger" | "softmax_hellinger" | "symmetric_kl" | "wasserstein_1d" | "ll_dirichlet" | "poincare" | "spearmanr" | "true_angular" | "matching" | "jaccard" | "dice" | "kulsinski" | "rogerstanimoto" | "russellrao" | "sokalsneath" | "yule" | "bit_hamming" | "bit_jaccard" | "levenshtein" | "precomputed" | "dot" | "inner_product" | "l2" | "l1" | "taxicab" | "linfinity" | "linfty" | "linf" | "wminkowski" | "weighted_minkowski" | "standardised_euclidean" | "standardized_euclidean" | "kantorovich_1d" | "sokalmichener";

/**
 * Parameters of the metric, of those that have some.
 */
export type MetricOptions = { 
/**
 * Order of `minkowski`: 1 is `manhattan`, 2 `euclidean`, Infinity `chebyshev`; the larger, the more the columns that
 * differ most decide. At least 1. Default: 2.
 */
p?: number | null, 
/**
 * Weights of the columns, for `minkowski`: a column of weight 4 counts as four of weight 1. At least 0. Default: 1.
 */
w?: readonly number[] | Float32Array | Float64Array, 
/**
 * Variances of the columns, for `seuclidean`; the covariance of the columns, a symmetric matrix (rows, or row-major),
 * for `mahalanobis`. Columns that vary much count less.
 */
V?: readonly number[] | readonly (readonly number[])[] | Float32Array | Float64Array, 
/**
 * Inverse of the covariance of the columns, for `mahalanobis`: a symmetric, positive definite matrix (rows, or
 * row-major).
 */
VI?: readonly number[] | readonly (readonly number[])[] | Float32Array | Float64Array, 
/**
 * The same as `V`, for `seuclidean` (umap-learn's name).
 */
sigma?: readonly number[] | Float32Array | Float64Array, 
/**
 * What `symmetric_kl` adds to each value, so that no share is 0: the smaller, the more a value counts that is 0 in one
 * row only. Above 0. Default: 1e-11.
 */
z?: number | null, };

/**
 * What the copy of the points is kept as. All arithmetic is in 32 bits, on the values as they were kept.
 */
export type Store = "auto" | "f32" | "f16" | "int8";

/**
 * What the copy of the points was kept as.
 */
export type StoreUsed = "f32" | "f16" | "int8";

/**
 * Where the layout starts.
 */
export type Init = "spectral" | "pca" | "random";

/**
 * How far two targets are from each other.
 */
export type TargetMetric = "categorical" | "euclidean" | "manhattan" | "chebyshev" | "cosine" | "correlation";

/**
 * What `transform` gives.
 */
export type TransformMode = "embedding" | "graph";

/**
 * How neighbours were found.
 */
export type KnnMethod = "exact" | "nn_descent";

/**
 * How rows are found.
 */
export type IndexMethod = "exact" | "graph";

/**
 * What an index is.
 */
export type IndexDiagnostics = { 
/**
 * Rows that can be found.
 */
rows: number, 
/**
 * Their columns.
 */
cols: number, 
/**
 * How far two rows are from each other.
 */
metric: Metric, 
/**
 * The order of Minkowski's distance; absent with other metrics.
 */
p: number | null, 
/**
 * What the rows are kept as.
 */
store: StoreUsed, 
/**
 * How rows are found.
 */
method: IndexMethod, 
/**
 * Whether the search runs on 7-bit rows; distances are exact all the same.
 */
quantized: boolean, };

/**
 * How components were placed.
 */
export type Placement = "axes" | "centroids" | "pca" | "random";

/**
 * The method that made an initial layout.
 */
export type InitUsed = { "method": "spectral" } | { "method": "spectral_components", 
/**
 * Components of two and more points; isolated points are placed at random.
 */
components: number, 
/**
 * How they were placed.
 */
placement: Placement, } | { "method": "pca" } | { "method": "random" } | { "method": "given" };

/**
 * How a fit went: what was chosen, what was found, how long it took.
 */
export type Diagnostics = { 
/**
 * Rows of the input.
 */
rows: number, 
/**
 * Columns of the input; 0 where a graph was laid out.
 */
cols: number, 
/**
 * What the points were kept as.
 */
store: StoreUsed, 
/**
 * Neighbours per point that were used, the point itself included; 0 where a graph was laid out.
 */
nNeighbors: number, 
/**
 * How neighbours were found; absent if they were given.
 */
knnMethod: KnnMethod | null, 
/**
 * Share of true neighbours found, estimated on a sample of rows against an exact search; absent if they were given.
 */
knnRecall: number | null, 
/**
 * Whether the search ran on 7-bit rows (distances are recomputed in 32 bits either way).
 */
knnQuantized: boolean, 
/**
 * Points whose target was known; absent without a target.
 */
labelled: number | null, 
/**
 * How the initial layout was made.
 */
init: InitUsed, 
/**
 * Epochs of the layout.
 */
nEpochs: number, 
/**
 * First coefficient of the low-dimensional curve.
 */
a: number, 
/**
 * Second coefficient.
 */
b: number, 
/**
 * Rows without any neighbour, whose coordinates are NaN.
 */
disconnected: number, 
/**
 * Milliseconds of each stage, in their order.
 */
stageMs: Array<[Stage, number]>, 
/**
 * What a user should know: options without effect, values that were cut, fall-backs.
 */
notes: Array<string>, };

/**
 * How it went, beside what each slice's own diagnostics say.
 */
export type AlignedDiagnostics = { 
/**
 * How many points of each dataset but the last are related to points of the next one.
 */
related: Array<number>, 
/**
 * Milliseconds of each stage, all datasets together; of the last `fit` or `update`.
 */
stageMs: Array<[Stage, number]>, 
/**
 * What a user should know: datasets that are related to none.
 */
notes: Array<string>, };

/**
 * How rows are turned (or mirrored), scaled and moved: x becomes scale x rotation + shift.
 */
export type Similarity = { 
/**
 * Columns x columns, row-major, orthogonal; a reflection where that is nearer.
 */
rotation: Array<number>, 
/**
 * Of all axes.
 */
scale: number, 
/**
 * Added in the end.
 */
shift: Array<number>, };

/**
 * Measures of an embedding. Better is greater, 1 is best.
 */
export type Evaluation = { 
/**
 * How near in the input the embedding's neighbours are (Venna and Kaski 2001; scikit-learn's `trustworthiness`):
 * 1 less the neighbours' ranks beyond `k`, scaled by the worst sum there can be. 0.5 or so for a random layout.
 */
trustworthiness: number, 
/**
 * Mean share of a row's `k` neighbours in the input that are among its `k` in the embedding.
 */
neighborPreservation: number, 
/**
 * How far local radii of the embedding follow those of the input: the correlation (Pearson) of the logarithms of the
 * rows' mean squared distances to their `k` nearest. -1 to 1; near 0 for UMAP, and what `DensMAP` raises. Absent where all
 * radii are the same, and with the metric inner_product, which is no distance.
 */
densityCorrelation: number | null, 
/**
 * Share of rows whose label is the most frequent among their `k` neighbours in the embedding, the row itself left
 * out; of equally frequent labels the smallest counts. Absent without labels.
 */
labelAccuracy: number | null, 
/**
 * Share of random triplets of rows (i, a, b) in which a and b are in the same order from i in the input and in the
 * embedding (Wang, Huang, Rudin and Shaposhnik 2021, "Understanding How Dimension Reduction Tools Work"). Those with equal
 * distances in the input are left out, equal ones in the embedding count as half. 0.5 for a random layout. Absent where
 * all distances are equal.
 */
randomTriplets: number | null, 
/**
 * Spearman's correlation of the distances in the input and in the embedding, of all pairs of `sample` rows, at most 1000
 * of them (Kobak and Berens 2019, "The art of using t-SNE for single-cell transcriptomics": CPD). -1 to 1, 0 for a
 * random layout. Absent where all distances are equal.
 */
distanceCorrelation: number | null, 
/**
 * The same of the distances between the means of classes. Kobak and Berens measure by these means the share of nearest
 * classes that are kept (KNC), which depends on how many count as near. Of more than 1000 classes 1000 are drawn. Absent
 * without labels, and of fewer than 3 classes.
 */
centroidCorrelation: number | null, 
/**
 * `randomTriplets` against the distances of the `reference` instead of those of the input. Absent without it.
 */
referenceTriplets: number | null, 
/**
 * `distanceCorrelation` against the distances of the `reference`. Absent without it.
 */
referenceCorrelation: number | null, 
/**
 * Neighbours per row: as asked for, but below half the number of points.
 */
k: number, 
/**
 * Rows measured.
 */
rows: number, };

/**
 * What is applied to each output of a layer.
 */
export type Activation = "linear" | "relu" | "elu" | "gelu" | "tanh" | "sigmoid";

/**
 * What a convolution sees beyond the edge of an image.
 */
export type Padding = "valid" | "same";

/**
 * One layer.
 */
export type LayerParams = { "type": "dense", 
/**
 * Outputs. At least 1.
 */
units: number, 
/**
 * What is applied to them.
 */
activation?: Activation, 
/**
 * Weight of the sum of the squared weights in the loss (biases do not count). At least 0.
 */
l2?: number, } | { "type": "dropout", 
/**
 * Probability. At least 0, below 1.
 */
rate: number, } | { "type": "batchNormalization", 
/**
 * How much the running mean and variance keep at each step. At least 0, below 1.
 */
momentum?: number, 
/**
 * Added to the variance. More than 0.
 */
epsilon?: number, } | { "type": "layerNormalization", 
/**
 * Added to the variance. More than 0.
 */
epsilon?: number, } | { "type": "conv2d", 
/**
 * Channels of the output. At least 1.
 */
filters: number, 
/**
 * Height and width of the kernel.
 */
kernelSize: [number, number], 
/**
 * Steps between outputs.
 */
strides?: [number, number], 
/**
 * What is beyond the edge.
 */
padding?: Padding, 
/**
 * What is applied to the outputs.
 */
activation?: Activation, 
/**
 * As of a dense layer.
 */
l2?: number, } | { "type": "maxPooling2d", 
/**
 * Height and width of the window, which is also the step.
 */
poolSize?: [number, number], } | { "type": "averagePooling2d", 
/**
 * Height and width of the window, which is also the step.
 */
poolSize?: [number, number], } | { "type": "flatten" };

/**
 * A network between its input and its output. The output layer (dense, as many units as the embedding or the data has
 * columns) is not listed: it is always there.
 */
export type NetworkParams = { 
/**
 * Height, width and channels of a row that is an image: row-major, channels last. Default: a row is flat.
 */
inputShape?: [number, number, number] | null, 
/**
 * Hidden layers, from the input on.
 */
layers?: Array<LayerParams>, };

/**
 * The rule, with Keras's defaults.
 */
export type OptimizerParams = { "type": "adam", 
/**
 * Memory of the derivative. At least 0, below 1.
 */
beta1?: number, 
/**
 * Memory of its square. At least 0, below 1.
 */
beta2?: number, 
/**
 * Keeps steps small where derivatives are. More than 0.
 */
epsilon?: number, } | { "type": "sgd", 
/**
 * Part of the step before that is added. At least 0, below 1.
 */
momentum?: number, } | { "type": "rmsProp", 
/**
 * Memory of the square. At least 0, below 1.
 */
rho?: number, 
/**
 * Keeps steps small where derivatives are. More than 0.
 */
epsilon?: number, };

/**
 * What a landmark costs, from its distance to where it should be.
 */
export type LandmarkLoss = { "type": "euclidean" } | { "type": "squared" } | { "type": "truncated", 
/**
 * In the embedding's units. More than 0.
 */
limit: number, };

/**
 * How reconstructions are compared with the data.
 */
export type ReconstructionLoss = "crossEntropy" | "meanSquared";

/**
 * What is done to the data before the encoder gets them.
 */
export type InputScaling = "standardize" | "none";

/**
 * How the learning rate goes on.
 */
export type Schedule = "cosine" | "constant";

/**
 * Which form of the graph's cross-entropy is minimised; see [`crate::loss::graph::Curve`].
 */
export type GraphLoss = "umap" | "doubled";

/**
 * When training ends before its last step.
 */
export type EarlyStopping = { 
/**
 * Reports in a row without a lower loss. At least 1.
 */
patience: number, 
/**
 * How much lower counts. At least 0.
 */
minDelta?: number, };

/**
 * Means of the losses, each with its weight, since the last report. Those that do not act are absent.
 */
export type LossReport = { 
/**
 * Steps done in all trainings of this model.
 */
step: number, 
/**
 * The sum of all.
 */
loss: number, 
/**
 * Mean squared distance to the places of the layout, while it is learned.
 */
distillation?: number, 
/**
 * Cross-entropy of the graph.
 */
graph?: number, 
/**
 * Of the decoder.
 */
reconstruction?: number, 
/**
 * Minus the correlation of distances.
 */
globalCorrelation?: number, 
/**
 * Of landmarks.
 */
landmarks?: number, 
/**
 * Squared weights.
 */
penalty?: number, 
/**
 * Of the decoder on the validation data, without its weight.
 */
validation?: number, };

export interface UmapOptions {
  /**
   * Neighbours per point, the point itself included. Small values (5 to 15) show fine structure, and small groups on
   * their own; large ones (50 to 200) show the arrangement at large and blur detail. Time and memory grow with it.
   * At least 2; more than there are points is cut to their number, and `diagnostics` reports it. (McInnes et al.
   * 2018, section 4.3.)
   * @default 15
   */
  nNeighbors?: number;
  /**
   * Dimensions of the embedding: 2 or 3 to look at it, 5 to 50 as input of a clustering or another model, where
   * distances suffer less. 1 to 256.
   * @default 2
   */
  nComponents?: number;
  /**
   * How far two points are from each other. It decides what counts as near, more than any other option: `cosine` for
   * vectors whose length means nothing (text embeddings), `euclidean` for measurements on one scale.
   * @default "euclidean"
   */
  metric?: Metric;
  /**
   * Parameters of the metric, for those that have some.
   * @default {}
   */
  metricOptions?: MetricOptions;
  /** umap-learn's name for `metricOptions`. */
  metricKwds?: MetricOptions;
  /**
   * Epochs of the layout; 0 returns the initial layout. Time of the layout grows with it; fewer leave it unfinished,
   * more than the default hardly change it. Default: 500 up to 10,000 points, 200 above; 200 more with `densmap`.
   */
  nEpochs?: number;
  /**
   * Scale of the layout's steps, which fall to 0 over the epochs. Smaller values stay closer to the initial layout;
   * larger ones move groups further and can tear them. More than 0.
   * @default 1.0
   */
  learningRate?: number;
  /**
   * Where the layout starts, unless an array is given. It decides how groups lie to each other, which the epochs
   * hardly change: `spectral` follows the graph, `pca` the directions of greatest variance, `random` nothing.
   * `spectral` passes over eigenvectors that only repeat the first, as along a sheet more than twice as long as
   * wide, where umap-learn starts from a line.
   * @default "spectral"
   */
  init?: Init;
  /**
   * How close points may come in the embedding, in its units. Small values pack similar points tightly, which suits
   * clustering; larger ones spread them, which shows how groups connect. 0 to `spread`. (McInnes et al. 2018,
   * section 4.3.)
   * @default 0.1
   */
  minDist?: number;
  /**
   * Scale of the embedding: at this distance beyond `minDist` membership falls to 1/e. Larger values draw everything
   * wider; it matters together with `minDist`. More than 0.
   * @default 1.0
   */
  spread?: number;
  /**
   * Between intersection (0) and union (1) of the local fuzzy sets. With 1 an edge counts if either end has the
   * other as a neighbour; towards 0 only mutual neighbours stay, so groups separate and outliers come loose.
   * @default 1.0
   */
  setOpMixRatio?: number;
  /**
   * Number of nearest neighbours that count as fully connected; fractions interpolate. Larger values connect sparse
   * regions more strongly and make local structure coarser. At least 0, below `nNeighbors`. (McInnes et al. 2018,
   * section 3.1.)
   * @default 1.0
   */
  localConnectivity?: number;
  /**
   * Weight of repulsion against attraction (gamma). Larger values push groups, and points within them, further
   * apart. At least 0.
   * @default 1.0
   */
  repulsionStrength?: number;
  /**
   * Random points that repel per edge that attracts. More make the repulsion smoother, push groups further apart and
   * take longer; 0 lets all points collapse. 0 to 1000.
   * @default 5
   */
  negativeSampleRate?: number;
  /**
   * First coefficient of the low-dimensional curve 1 / (1 + a d^(2b)): larger values keep points closer together.
   * Fitted from `minDist` and `spread` unless both `a` and `b` are given.
   */
  a?: number;
  /**
   * Second coefficient of that curve: larger values make the border between near and far sharper.
   */
  b?: number;
  /**
   * Distance from which on points do not count as neighbours. Smaller values take far neighbours, and with them
   * outliers, out of the graph; points that lose all their neighbours get NaN. Default: 2 for cosine and
   * correlation, else infinite.
   */
  disconnectionDistance?: number;
  /**
   * How far the targets of two points are from each other, where `fit` gets a `target`: labels (`categorical`, the
   * same or not) or, with the others, numbers.
   * @default "categorical"
   */
  targetMetric?: TargetMetric;
  /**
   * How much the target counts: from 0, the points alone (though edges between different labels are weakened even
   * then, as in umap-learn), to 1, the target alone (different labels share no edge, and classes fall apart). Of
   * numbers 0.2 to 0.4 keep the structure of both; more lets few of the points' neighbours through.
   * @default 0.5
   */
  targetWeight?: number;
  /**
   * Neighbours among targets that are numbers, the target itself included; -1 for `nNeighbors`. More arrange the
   * points by the target at large: with few, of which hardly any are near in both, they fall into strings. -1, or at
   * least 2.
   * @default -1
   */
  targetNNeighbors?: number;
  /**
   * Whether local radii of the embedding follow those of the points (densMAP, Narayan et al. 2021): sparse regions
   * come out wide, dense ones narrow, at some cost of neighbours kept. True in `DensMAP`.
   * @default false
   */
  densmap?: boolean;
  /**
   * With `densmap`, weight of the radii against the rest. Larger values follow the densities more closely and keep
   * fewer neighbours; 0 is UMAP. At least 0.
   * @default 2.0
   */
  densLambda?: number;
  /**
   * With `densmap`, part of the epochs, the last ones, in which radii count. Larger values give them more time;
   * before them the layout is UMAP's. 0 to 1.
   * @default 0.3
   */
  densFrac?: number;
  /**
   * With `densmap`, added to the variance of the embedding's radii, so that radii that hardly differ do not pull
   * without bound. It matters where the points are equally dense everywhere. At least 0.
   * @default 0.1
   */
  densVarShift?: number;
  /**
   * Whether `fit` also computes local radii (`radii`), of the points and of the embedding, as after densMAP. Works
   * without `densmap`; the embedding is the same.
   * @default false
   */
  outputDens?: boolean;
  /**
   * What the points are stored as in WebAssembly's memory. `auto`: bytes and 16-bit floats as they came, with the
   * same results, for 32 columns or more and metrics that leave rows as they are (euclidean, manhattan,
   * inner_product); else `f32`, 4 bytes per value. `f16` takes 2, for values up to 65504. `int8` takes 1 (and 8 per
   * row), in 255 equal steps from the least to the greatest value of a row: not for columns of very different
   * scales, of which the small ones would be lost. Choose the last two where memory is short; results change
   * slightly.
   * @default "auto"
   */
  store?: Store;
  /**
   * Whether neighbours are searched approximately even where comparing all pairs would be faster. For tests and
   * comparisons; a few neighbours may be missed (`diagnostics.knnRecall`).
   * @default false
   */
  forceApproximation?: boolean;
  /**
   * Seed of all random numbers: the same seed gives the same bits, whatever the machine and the number of threads.
   * Another seed gives a layout that differs in detail; what differs between seeds is not in the data. 0 to
   * 4294967295.
   * @default 42
   */
  seed?: number;
  /** umap-learn's name for `seed`. */
  randomState?: number;
  /**
   * Threads to work with, 1 to 256; -1 for as many as the machine has processors, at most 32. It decides the time
   * alone: results do not depend on it.
   * @default -1
   */
  nThreads?: number;
  /** umap-learn's name for `nThreads`. */
  nJobs?: number;
  /**
   * What `transform` gives: coordinates in the embedding, or the memberships of the new rows in those of the model.
   * @default "embedding"
   */
  transformMode?: TransformMode;
  /**
   * Of umap-learn; no effect here: `transform` draws nothing.
   */
  transformSeed?: number;
  /**
   * Of umap-learn; no effect here.
   */
  lowMemory?: boolean;
  /**
   * Of umap-learn; no effect here (nor there).
   */
  angularRpForest?: boolean;
  /**
   * Of umap-learn; no effect here (nor there).
   */
  transformQueueSize?: number;
  /**
   * Of umap-learn; no effect here, use `onProgress`.
   */
  tqdmKwds?: Record<string, unknown>;
  /**
   * Of umap-learn; no effect here, use `onProgress`.
   */
  verbose?: boolean;
}

export interface AlignmentOptions {
  /**
   * How strongly corresponding points of different datasets are drawn to each other's coordinates, against the
   * layout that each dataset would have alone. Larger values keep points in place from one embedding to the next;
   * smaller ones let each embedding show its own structure; 0 does not align at all. At least 0. (umap-learn,
   * AlignedUMAP.)
   * @default 0.01
   */
  alignmentRegularisation?: number;
  /**
   * How many datasets before and after it each is aligned with; nearer ones count more. Larger values keep slow
   * drifts down over many datasets and take longer. At least 1.
   * @default 3
   */
  alignmentWindowSize?: number;
}

/** Options that all datasets of `AlignedUMAP` share. */
export type SharedOption = "nComponents" | "seed" | "nThreads" | "randomState" | "nJobs";

/** Options of `AlignedUMAP`: its own, and those of `UMAP`, each one value or a list with one for each dataset. */
export type AlignedOptions = AlignmentOptions & {
  [Name in keyof UmapOptions]:
    | UmapOptions[Name]
    | (Name extends SharedOption ? never : readonly NonNullable<UmapOptions[Name]>[]);
};

export interface TrainingOptions {
  /**
   * The network from the data to the embedding. Larger ones follow the layout more closely, train longer and give
   * larger files. Default: three dense layers of 100 units with relu (Sainburg et al. 2021).
   */
  encoder?: NetworkParams;
  /**
   * The network back to the data, for `inverseTransform`. Default: none, or with `parametricReconstruction` three
   * dense layers of 100 units with relu.
   */
  decoder?: NetworkParams;
  /**
   * What is done to the data before the encoder gets them. Without scaling, data far from 0 or on a large scale
   * train badly.
   * @default "standardize"
   */
  inputScaling?: InputScaling;
  /**
   * Principal components of the data that a new encoder learns from where the data have more columns; when its
   * training ends they become part of its first layer. Fewer make training on wide data faster, and hide what they
   * leave out. Only with data that are standardized and flat, and a first layer that is dense and has no `l2`. 0:
   * always from the columns.
   * @default 100
   */
  inputComponents?: number;
  /**
   * Edges per step. Larger batches make each step smoother and slower. Default: 1000, or as many as there are
   * points. At least 1.
   */
  batchSize?: number;
  /**
   * Steps in which the encoder learns the layout that UMAP makes of the same graph (positions between the ends of
   * edges, by their squared distance), before it learns from the graph itself. They bring the embedding close to
   * UMAP's quickly; with 0 no such layout is made.
   * @default 0
   */
  distillationSteps?: number;
  /**
   * Steps in which the encoder learns from the graph. More keep more neighbours, up to some thousands; time grows
   * with them. Default: 40 times the root of the number of rows, at most 8000 (1,797 rows 1695, 10,000 rows 4000).
   */
  trainingSteps?: number;
  /**
   * The same in umap-learn's measure, whose default is 1: a training epoch has as many edges as a layout would visit
   * in all its epochs. At least 1. Default: none, `trainingSteps` decides.
   */
  nTrainingEpochs?: number;
  /**
   * Reports of the losses in `history` per training. No effect on the result, but `earlyStopping` looks at the
   * reports. At least 1.
   * @default 10
   */
  lossReportFrequency?: number;
  /**
   * How derivatives become steps. `adam` suits most networks.
   * @default {"beta1":0.9,"beta2":0.999,"epsilon":1e-7,"type":"adam"}
   */
  optimizer?: OptimizerParams;
  /**
   * Length of the first steps. Smaller values train more slowly and settle more finely; too large ones make the loss
   * jump. More than 0.
   * @default 0.005
   */
  learningRate?: number;
  /**
   * How the learning rate goes on.
   * @default "cosine"
   */
  schedule?: Schedule;
  /**
   * Derivatives are cut to plus or minus this, so that rare large ones do not undo what was learned. More than 0.
   * @default 4.0
   */
  clipValue?: number;
  /**
   * Which form of the graph's cross-entropy is minimised. It decides how strongly points that are no neighbours
   * repel at short distance.
   * @default "doubled"
   */
  graphLoss?: GraphLoss;
  /**
   * Whether a decoder learns to reproduce the data. Needed for `inverseTransform`; with `autoencoderLoss` it also
   * changes the embedding.
   * @default false
   */
  parametricReconstruction?: boolean;
  /**
   * Weight of that in the loss. Larger values make better reconstructions and, with `autoencoderLoss`, an embedding
   * that keeps fewer neighbours. At least 0.
   * @default 1.0
   */
  parametricReconstructionLossWeight?: number;
  /**
   * How reconstructions are compared with the data.
   * @default "meanSquared"
   */
  reconstructionLoss?: ReconstructionLoss;
  /**
   * Whether reconstruction also trains the encoder: the embedding then keeps what the decoder needs.
   * @default false
   */
  autoencoderLoss?: boolean;
  /**
   * Weight of minus the correlation of distances between random rows in the loss. Larger values keep distances
   * between groups, at the cost of neighbours. At least 0.
   * @default 0.0
   */
  globalCorrelationLossWeight?: number;
  /**
   * Weight of the landmarks in the loss (umap-learn's: 1, and 0.01 for those of `add_landmarks`). Larger values hold
   * landmarks in place; smaller ones let the embedding change. At least 0.
   * @default 0.01
   */
  landmarkLossWeight?: number;
  /**
   * What a landmark costs that is not at its position.
   * @default {"type":"euclidean"}
   */
  landmarkLoss?: LandmarkLoss;
  /**
   * Stops training when so many reports in a row have not lowered the loss by `minDelta`. Default: never.
   */
  earlyStopping?: EarlyStopping;
}

/** Options of `ParametricUMAP`: those of the graph, and those of the networks and their training. */
export type ParametricUmapOptions = Omit<UmapOptions, "learningRate" | "densmap" | "densLambda" | "densFrac" | "densVarShift" | "outputDens" | "transformMode" | "transformSeed"> & TrainingOptions;

export interface ParametricSaveOptions {
  /**
   * Whether the file holds what the optimiser remembers, twice as much as the weights: then training goes on as if it
   * had not been saved, bit for bit. Else the optimiser starts anew.
   * @default false
   */
  optimizer?: boolean;
}

export interface SaveOptions {
  /**
   * Whether the file holds the points. Without them it holds a sample of the rows (`landmarks`), in 8 bits per
   * value: the file is small and discloses less, `transform` places new points less well, and there are neither
   * neighbours nor graph.
   * @default true
   */
  rawData?: boolean;
  /**
   * How many rows those are. More make a larger file and a better `transform`. At least 2 and at most the rows there
   * are. Default: as many as keep the file below a tenth of the points' size, but at least 500 where there are so
   * many.
   */
  landmarks?: number;
}

export interface KnnOptions {
  /**
   * Neighbours per point, the point itself included (column 0). At least 2; cut to the number of points. The result
   * says what was used.
   * @default 15
   */
  k?: number;
  /**
   * How far two points are from each other.
   * @default "euclidean"
   */
  metric?: Metric;
  /**
   * As in `UMAP`.
   * @default {}
   */
  metricOptions?: MetricOptions;
  /** umap-learn's name for `metricOptions`. */
  metricKwds?: MetricOptions;
  /**
   * As in `UMAP`.
   * @default "auto"
   */
  store?: Store;
  /**
   * Search approximately even where the exact search would be faster.
   * @default false
   */
  forceApproximation?: boolean;
  /**
   * As in `UMAP`.
   * @default 42
   */
  seed?: number;
  /** umap-learn's name for `seed`. */
  randomState?: number;
  /**
   * As in `UMAP`.
   * @default -1
   */
  nThreads?: number;
  /** umap-learn's name for `nThreads`. */
  nJobs?: number;
}

export interface IndexOptions {
  /**
   * Neighbours of each row that the search graph is made from, the row itself included; not what `query` gives, which has
   * a `k` of its own. More take longer to find and let queries find more. 2 to 1000.
   * @default 15
   */
  k?: number;
  /**
   * How far two rows are from each other.
   * @default "euclidean"
   */
  metric?: Metric;
  /**
   * As in `UMAP`.
   * @default {}
   */
  metricOptions?: MetricOptions;
  /** umap-learn's name for `metricOptions`. */
  metricKwds?: MetricOptions;
  /**
   * As in `UMAP`.
   * @default "auto"
   */
  store?: Store;
  /**
   * As in `UMAP`.
   * @default 42
   */
  seed?: number;
  /** umap-learn's name for `seed`. */
  randomState?: number;
  /**
   * As in `UMAP`; also for the calls on the index.
   * @default -1
   */
  nThreads?: number;
  /** umap-learn's name for `nThreads`. */
  nJobs?: number;
}

export interface QueryOptions {
  /**
   * Rows to find for each point. At least 1; cut to the number of rows in the index. The result says what was used.
   * @default 10
   */
  k?: number;
  /**
   * How far beyond the rows found so far a search looks for nearer ones: among rows up to `1 + epsilon` times as far
   * (for Euclidean distance and cosine, its square). Larger values find more of the true neighbours and take longer;
   * 0 is fastest. At least 0.
   * @default 0.1
   */
  epsilon?: number;
}

export interface EvaluateOptions {
  /**
   * Neighbours per point, the point itself not counted. At least 1; cut to below half the number of points, where
   * trustworthiness is defined. The result says what was used.
   * @default 15
   */
  k?: number;
  /**
   * How far two points are from each other in the input; in the embedding distance is Euclidean.
   * @default "euclidean"
   */
  metric?: Metric;
  /**
   * As in `UMAP`.
   * @default {}
   */
  metricOptions?: MetricOptions;
  /** umap-learn's name for `metricOptions`. */
  metricKwds?: MetricOptions;
  /**
   * Rows to measure, drawn with the seed; each is compared with all rows. More make the measures more precise and
   * take longer. At least 1.
   * @default 2000
   */
  sample?: number;
  /**
   * Triplets for each row that is measured, of it and two others that are drawn with the seed, for `randomTriplets`
   * and `referenceTriplets`. More make these more precise: within half a percent at the defaults. 1 to 1000.
   * @default 5
   */
  triplets?: number;
  /**
   * How far two rows of the `reference` are from each other; `manhattan` for lengths along the branches of a tree.
   * @default "euclidean"
   */
  referenceMetric?: Metric;
  /**
   * As in `UMAP`.
   * @default 42
   */
  seed?: number;
  /** umap-learn's name for `seed`. */
  randomState?: number;
  /**
   * As in `UMAP`.
   * @default -1
   */
  nThreads?: number;
  /** umap-learn's name for `nThreads`. */
  nJobs?: number;
}

/** The greatest `nThreads`. */
export const MAX_THREADS = 256;

/** `nThreads` of -1 at most. */
export const DEFAULT_THREADS = 32;

/** Options of `UMAP` that decide on the graph. */
export type FuzzyGraphOptions = Pick<UmapOptions, "nNeighbors" | "metric" | "metricOptions" | "setOpMixRatio" | "localConnectivity" | "disconnectionDistance" | "targetMetric" | "targetWeight" | "targetNNeighbors" | "store" | "forceApproximation" | "seed" | "nThreads" | "verbose" | "randomState" | "nJobs" | "metricKwds">;

/** Options of one more dataset of `AlignedUMAP`. */
export type DatasetOptions = Omit<UmapOptions, SharedOption>;

/** Options of `UMAP` that decide on the layout of a graph. */
export type GraphLayoutOptions = Pick<UmapOptions, "nComponents" | "nEpochs" | "learningRate" | "init" | "minDist" | "spread" | "repulsionStrength" | "negativeSampleRate" | "a" | "b" | "setOpMixRatio" | "seed" | "nThreads" | "verbose" | "randomState" | "nJobs">;

/** Metrics that put rows into another form. */
export const METRICS_PUT_INTO_FORM: readonly Metric[] = ["cosine", "correlation", "seuclidean", "mahalanobis", "haversine", "hellinger", "softmax_hellinger", "symmetric_kl", "wasserstein_1d", "ll_dirichlet", "poincare", "spearmanr", "true_angular", "matching", "jaccard", "dice", "kulsinski", "rogerstanimoto", "russellrao", "sokalsneath", "yule", "dot", "standardised_euclidean", "standardized_euclidean", "kantorovich_1d", "sokalmichener"];

/** The `seed` where none is given. */
export const DEFAULT_SEED = 42;
