//! Haversine distance: the angle between two positions on a sphere. Positions become points of the unit sphere in space, where
//! nearer by a chord is nearer by an angle: so a search has a vector space, and 7 bits would serve too if there were more
//! columns. umap-learn's formula of latitudes and longitudes has no such space.

use super::euclidean;
use super::facts::{Facts, Means};
use super::form::{Form, Given, Refused};

pub(super) const FACTS: Facts = Facts {
    distance: angle,
    means: Means::NearByCosine,
    columns: Some((2, "latitude and longitude in radians")),
    ..euclidean::FACTS.with_form(Form::of(position).with_values(|_| 3))
};

/// On the unit sphere.
fn position(row: &mut [f32], _: usize, _: &Given) -> Result<(), Refused> {
    let [latitude, longitude] = [row[0], row[1]].map(f64::from);
    let radius = libm::cos(latitude);
    let position = [radius * libm::cos(longitude), radius * libm::sin(longitude), libm::sin(latitude)];
    row[..3].iter_mut().zip(position).for_each(|(to, x)| *to = x as f32);
    Ok(())
}

/// Of a squared chord.
fn angle(squared: f32) -> f32 {
    let half_chord = f64::from(squared).sqrt() / 2.0;
    (2.0 * libm::asin(if half_chord < 1.0 { half_chord } else { 1.0 })) as f32
}
