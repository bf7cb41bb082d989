//! What the measures are.

use serde::Serialize;

/// Measures of an embedding. Better is greater, 1 is best.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Evaluation {
    /// How near in the input the embedding's neighbours are (Venna and Kaski 2001; scikit-learn's `trustworthiness`):
    /// 1 less the neighbours' ranks beyond `k`, scaled by the worst sum there can be. 0.5 or so for a random layout.
    pub trustworthiness: f64,
    /// Mean share of a row's `k` neighbours in the input that are among its `k` in the embedding.
    pub neighbor_preservation: f64,
    /// How far local radii of the embedding follow those of the input: the correlation (Pearson) of the logarithms of the
    /// rows' mean squared distances to their `k` nearest. -1 to 1; near 0 for UMAP, and what `DensMAP` raises. Absent where all
    /// radii are the same, and with the metric inner_product, which is no distance.
    pub density_correlation: Option<f64>,
    /// Share of rows whose label is the most frequent among their `k` neighbours in the embedding, the row itself left
    /// out; of equally frequent labels the smallest counts. Absent without labels.
    pub label_accuracy: Option<f64>,
    /// Share of random triplets of rows (i, a, b) in which a and b are in the same order from i in the input and in the
    /// embedding (Wang, Huang, Rudin and Shaposhnik 2021, "Understanding How Dimension Reduction Tools Work"). Those with equal
    /// distances in the input are left out, equal ones in the embedding count as half. 0.5 for a random layout. Absent where
    /// all distances are equal.
    pub random_triplets: Option<f64>,
    /// Spearman's correlation of the distances in the input and in the embedding, of all pairs of `sample` rows, at most 1000
    /// of them (Kobak and Berens 2019, "The art of using t-SNE for single-cell transcriptomics": CPD). -1 to 1, 0 for a
    /// random layout. Absent where all distances are equal.
    pub distance_correlation: Option<f64>,
    /// The same of the distances between the means of classes. Kobak and Berens measure by these means the share of nearest
    /// classes that are kept (KNC), which depends on how many count as near. Of more than 1000 classes 1000 are drawn. Absent
    /// without labels, and of fewer than 3 classes.
    pub centroid_correlation: Option<f64>,
    /// `randomTriplets` against the distances of the `reference` instead of those of the input. Absent without it.
    pub reference_triplets: Option<f64>,
    /// `distanceCorrelation` against the distances of the `reference`. Absent without it.
    pub reference_correlation: Option<f64>,
    /// Neighbours per row: as asked for, but below half the number of points.
    pub k: u32,
    /// Rows measured.
    pub rows: u32,
}
