//! Haversine distance: the angle between two positions on a sphere. Positions become points of the unit sphere in space, where
//! nearer by a chord is nearer by an angle: so a search has a vector space, and 7 bits would serve too if there were more
//! columns. umap-learn's formula of latitudes and longitudes has no such space.

use super::euclidean;
use super::facts::{Facts, Form, Lies};

pub(super) const FACTS: Facts = Facts {
    form: Form::Sphere,
    distance: angle,
    lies: Lies::Nowhere,
    columns: Some((2, "latitude and longitude in radians")),
    ..euclidean::FACTS
};

/// Of a squared chord; builds for few metrics have no such points, and no inverse sine.
fn angle(squared: f32) -> f32 {
    if !cfg!(feature = "all-metrics") {
        return 0.0;
    }
    let half_chord = f64::from(squared).sqrt() / 2.0;
    (2.0 * libm::asin(if half_chord < 1.0 { half_chord } else { 1.0 })) as f32
}
