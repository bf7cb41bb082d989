//! Weights by name: the network's, a point, that of the array in it.

use umap_core::{Result, UmapError};

use crate::model::Networks;
use crate::network::{Network, Parameter};

impl Networks {
    /// All weights with their names.
    pub fn named(&self) -> impl Iterator<Item = (String, &Parameter)> {
        let encoder = self.encoder.parameters().map(|weights| (format!("encoder.{}", weights.name), weights));
        let decoder = self.decoder.iter().flat_map(Network::parameters);
        encoder.chain(decoder.map(|weights| (format!("decoder.{}", weights.name), weights)))
    }

    /// Errs if weights of this name have other sides.
    pub fn check_shape(&self, name: &str, shape: &[u32]) -> Result<()> {
        let own = self.named().find(|(own, _)| own == name).map(|(_, weights)| &weights.shape);
        match own.filter(|own| !own.iter().copied().eq(shape.iter().map(|&side| side as usize))) {
            Some(own) => Err(UmapError::shape(name, format!("{own:?}"), format!("{shape:?}"))),
            None => Ok(()),
        }
    }

    /// Replaces weights by name.
    pub fn set(&mut self, name: &str, values: &[f32]) -> Result<()> {
        let network = match name.split_once('.') {
            Some(("encoder", rest)) => Some((&mut self.encoder, rest)),
            Some(("decoder", rest)) => self.decoder.as_mut().map(|decoder| (decoder, rest)),
            _ => None,
        };
        match network {
            Some((network, rest)) => network.set(rest, values),
            None => Err(UmapError::parameter("weights", "names that `weights` gives", name)),
        }
    }
}
