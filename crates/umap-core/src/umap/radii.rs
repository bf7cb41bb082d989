//! Local radii of a fit with `outputDens`, measured when its layout is done.
#![cfg_attr(not(feature = "densmap"), allow(unused_variables))]

use crate::checkpoint::Checkpoint;
use crate::error::Result;
use crate::fuzzy::radii::Radii;
use crate::layout::LayoutInput;
use crate::optimize::LayoutState;
use crate::params::UmapParams;
use crate::pulse::Pulse;
use crate::space::Geometry;

/// Measures what is missing of the radii of points and layout, if the options ask for them and all epochs are done.
pub(super) async fn measure_radii(
    radii: &mut Checkpoint<Radii>,
    params: &UmapParams,
    geometry: Geometry,
    input: LayoutInput<'_>,
    layout: &LayoutState,
    pulse: &Pulse,
) -> Result<()> {
    #[cfg(feature = "densmap")]
    if params.output_dens && layout.epoch() == layout.n_epochs() {
        let LayoutInput { fuzzy, knn, .. } = input;
        let knn = knn.expect("a fit of points has neighbours");
        let (dims, how) = (params.n_components as usize, params.fuzzy(geometry));
        let work = async || Radii::new(fuzzy, knn, layout.embedding(), dims, how, params.seed, pulse).await;
        radii.reach(crate::pulse::Stage::Radii, pulse, work).await?;
    }
    Ok(())
}
