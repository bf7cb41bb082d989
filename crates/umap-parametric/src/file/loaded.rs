//! A file of either kind.

use umap_core::file::Contents;
use umap_core::pulse::Pulse;
use umap_core::{Result, UmapError};

use super::fitted::KIND;
use super::unfinished::KIND as UNFINISHED;
use crate::fit::{ParametricFit, ParametricModel};
use crate::params::ParametricParams;

/// What a file turned out to be.
#[derive(Debug)]
pub enum Loaded {
    /// A fitted model.
    Model(Box<ParametricModel>),
    /// A fit that was interrupted.
    Fit(Box<ParametricFit>),
}

impl Loaded {
    /// Reads what a file holds. Errs with `MalformedFile` if anything does not fit its range, or the rest.
    pub async fn read(contents: Contents, pulse: &Pulse) -> Result<Self> {
        Self::read_contents(contents, pulse).await.map_err(UmapError::of_file)
    }

    async fn read_contents(mut contents: Contents, pulse: &Pulse) -> Result<Self> {
        // The options of a file of another kind are not these.
        if ![KIND, UNFINISHED].contains(&contents.kind()) {
            return Err(UmapError::malformed("kind", format!("{KIND} or {}", UNFINISHED), contents.kind()));
        }
        let params = ParametricParams::from_json(contents.text("options"))?;
        let loaded = match contents.kind() {
            KIND => Self::Model(Box::new(ParametricModel::read(&mut contents, params, pulse).await?)),
            _ => Self::Fit(Box::new(ParametricFit::read(&mut contents, params, pulse).await?)),
        };
        contents.expect_no_more()?;
        Ok(loaded)
    }
}
