//! What decides on memberships besides the neighbours.

/// What decides on memberships besides the neighbours.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FuzzyParams {
    /// Between intersection (0) and union (1) of the local fuzzy sets.
    pub set_op_mix_ratio: f64,
    /// Number of nearest neighbours that count as fully connected; fractions interpolate.
    pub local_connectivity: f64,
    /// Distance from which on points do not count as neighbours.
    pub disconnection_distance: f32,
    /// Whether distances can be negative (the inner product): then only their differences mean something, and each row
    /// is taken relative to its nearest other row.
    pub signed_distances: bool,
}
