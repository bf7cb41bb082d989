//! A fit that was interrupted as a file, kind `umap-fit`: its input, and what its stages have found.

use serde::{Deserialize, Serialize};

use super::fit::UmapFit;
use crate::error::{Result, UmapError};
use crate::file::{Contents, FIT, File};
use crate::graph::{GraphFit, GraphHead, NeighborsHead};
use crate::json;
use crate::layout::{LayoutFit, LayoutHead, LayoutInput, StartedHead};
use crate::params::{Params, SaveParams, UmapParams};
use crate::pulse::Pulse;

/// How far a fit is, less its arrays.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Progress {
    rows: u32,
    cols: u32,
    notes: Vec<String>,
    fuzzy: bool,
    given_k: Option<u32>,
    given_init: Option<u32>,
    labelled: Option<u32>,
    neighbors: Option<NeighborsHead>,
    layout: Option<StartedHead>,
}

/// A fit as far as it is: up to its graph and, where it is to have one, its layout.
#[derive(Clone, Copy, Debug)]
pub struct Unfinished<'a> {
    /// Up to the graph.
    pub graph: &'a GraphFit,
    /// From there.
    pub layout: Option<&'a LayoutFit>,
}

impl Unfinished<'_> {
    /// Writes it: `begin` hears how many bytes there will be, `sink` gets them.
    pub async fn save(
        &self,
        begin: impl FnOnce(u64) -> Result<()>,
        sink: impl FnMut(&[u8]),
        pulse: &Pulse,
    ) -> Result<()> {
        let texts = [("options", json::text(self.graph.params())), ("progress", json::text(&self.progress()))];
        let mut sections = self.graph.sections();
        sections.extend(self.layout.into_iter().flat_map(LayoutFit::sections));
        let file = File::new(FIT, texts, sections, &pulse.part(0.0, 0.4)).await?;
        begin(file.len())?;
        file.write(sink, &pulse.part(0.4, 1.0)).await
    }

    fn progress(&self) -> Progress {
        let GraphHead { rows, cols, mut notes, given_k, labelled, neighbors, fuzzy } = self.graph.head();
        let LayoutHead { given_init, layout, notes: of_layout } = self.layout.map(LayoutFit::head).unwrap_or_default();
        notes.extend(of_layout);
        Progress { rows, cols, notes, fuzzy, given_k, given_init, labelled, neighbors, layout }
    }
}

impl UmapFit {
    /// Writes the fit as far as it is: `begin` hears how many bytes there will be, `sink` gets them.
    pub async fn save(
        &self,
        how: &SaveParams,
        begin: impl FnOnce(u64) -> Result<()>,
        sink: impl FnMut(&[u8]),
        pulse: &Pulse,
    ) -> Result<()> {
        if !how.raw_data {
            return Err(UmapError::parameter("rawData", "true: an unfinished fit needs its points", false));
        }
        Unfinished { graph: &self.graph, layout: Some(&self.layout) }.save(begin, sink, pulse).await
    }

    pub(super) async fn read(mut contents: Contents, pulse: &Pulse) -> Result<Self> {
        let params = UmapParams::from_json(contents.text("options"))?;
        let Progress { rows, cols, notes, fuzzy, given_k, given_init, labelled, neighbors, layout } =
            contents.json("progress")?;
        let head = GraphHead { rows, cols, notes, given_k, labelled, neighbors, fuzzy };
        let graph = GraphFit::read(head, params.clone(), &mut contents, &pulse.part(0.0, 0.7)).await?;
        // The notes of both are with the graph's.
        let head = LayoutHead { given_init, layout, ..LayoutHead::default() };
        let input = graph.fuzzy().is_some().then(|| LayoutInput::of(&graph)).transpose()?;
        let reading = pulse.part(0.7, 1.0);
        let layout = LayoutFit::read(head, rows as usize, params, &mut contents, input, &reading).await?;
        contents.expect_no_more()?;
        Ok(Self::of_parts(graph, layout))
    }
}
