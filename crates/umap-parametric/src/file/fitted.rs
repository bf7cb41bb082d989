//! A fitted ParametricUMAP as a file, kind `parametric`: the weights as arrays. No data are in it; the optimiser is if it is
//! asked for, which makes the file three times as large.

use umap_core::Result;
use umap_core::file::{Contents, File};
use umap_core::json::text;
use umap_core::pulse::Pulse;

use super::trainer::{read_trainer, trainer_sections, trainer_texts};
use crate::fit::ParametricModel;
use crate::params::ParametricParams;

/// The kind of these files.
pub const KIND: &str = "parametric";
impl ParametricModel {
    /// Writes the model: `begin` hears how many bytes there will be, `sink` gets them. With the optimiser training goes on as
    /// if the model had not been saved; without it, with one that knows nothing yet.
    pub async fn save(
        &self,
        with_optimizer: bool,
        begin: impl FnOnce(u64) -> Result<()>,
        sink: impl FnMut(&[u8]),
        pulse: &Pulse,
    ) -> Result<()> {
        self.params.check_encoder_is_here("save")?;
        let texts =
            [("options", text(&self.params.flat()))].into_iter().chain(trainer_texts(&self.trainer, with_optimizer));
        let sections = trainer_sections(&self.trainer, with_optimizer);
        let file = File::new(KIND, texts, sections, &pulse.part(0.0, 0.5)).await?;
        begin(file.len())?;
        file.write(sink, &pulse.part(0.5, 1.0)).await
    }

    pub(super) async fn read(contents: &mut Contents, params: ParametricParams, pulse: &Pulse) -> Result<Self> {
        let trainer = read_trainer(contents, &params, None, pulse).await?;
        Ok(Self { params, trainer })
    }
}
