//! A fitted AlignedUMAP as a file, kind `aligned`: its slices, each as in a file of its own but for a prefix of all names.

use std::rc::Rc;

use serde::{Deserialize, Serialize};

use super::model::{AlignedDiagnostics, AlignedModel};
use super::relations::Relation;
use crate::boxed::boxed;
use crate::error::{Result, UmapError};
use crate::file::{ALIGNED, Contents, File, Section};
use crate::json;
use crate::params::{AlignmentParams, Params, SaveParams};
use crate::pulse::Pulse;
use crate::umap::UmapModel;

/// Names of the pairs that relate the slices before the last one to it, all one after the other.
const TO_LAST: &str = "toLast";

/// What is there of a model as a whole, beside arrays.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Whole {
    slices: u32,
    /// Pairs that relate each of the slices before the last one to it, the nearest first.
    to_last: Vec<u32>,
    diagnostics: AlignedDiagnostics,
}

impl AlignedModel {
    /// Writes the model: `begin` hears how many bytes there will be, `sink` gets them. `ids` is what the caller wants to have
    /// back: how the rows are called outside.
    pub async fn save(
        &self,
        how: &SaveParams,
        ids: &[u8],
        begin: impl FnOnce(u64) -> Result<()>,
        sink: impl FnMut(&[u8]),
        pulse: &Pulse,
    ) -> Result<()> {
        let mut landmarks = Vec::with_capacity(self.slices.len());
        for slice in &self.slices {
            landmarks.push(slice.landmarks_for(how, &pulse.part(0.0, 0.2)).await?);
        }
        let pairs: Vec<u32> = self.to_last.iter().flat_map(Relation::pairs).flatten().copied().collect();
        let whole = Whole {
            slices: self.slices.len() as u32,
            to_last: self.to_last.iter().map(|relation| relation.pairs().len() as u32).collect(),
            diagnostics: self.diagnostics.clone(),
        };
        let mut texts =
            vec![("alignment".to_string(), json::text(&self.params)), ("aligned".to_string(), json::text(&whole))];
        let mut sections = vec![Section::integers(TO_LAST, &pairs), Section::bytes_of("ids", ids)];
        for (i, (slice, landmarks)) in self.slices.iter().zip(&landmarks).enumerate() {
            let prefix = prefix(i);
            texts.extend(slice.texts().map(|(name, text)| (format!("{prefix}{name}"), text)));
            sections.extend(slice.sections(landmarks.as_ref()).into_iter().map(|section| section.within(&prefix)));
        }
        let file = File::new(ALIGNED, texts, sections, &pulse.part(0.2, 0.5)).await?;
        begin(file.len())?;
        file.write(sink, &pulse.part(0.5, 1.0)).await
    }

    /// Reads what a file holds: the model, and the ids.
    pub async fn read(contents: Contents, pulse: &Pulse) -> Result<(Self, Vec<u8>)> {
        Self::read_contents(contents, pulse).await.map_err(UmapError::of_file)
    }

    async fn read_contents(mut contents: Contents, pulse: &Pulse) -> Result<(Self, Vec<u8>)> {
        if contents.kind() != ALIGNED {
            return Err(UmapError::malformed("kind", ALIGNED, contents.kind()));
        }
        let params = AlignmentParams::from_json(contents.text("alignment"))?;
        let Whole { slices: count, to_last, diagnostics } = contents.json("aligned")?;
        let mut slices = Vec::new();
        for i in 0..count as usize {
            let part = pulse.part(i as f64 / f64::from(count), (i + 1) as f64 / f64::from(count));
            let slice = boxed(UmapModel::read(contents.within(&prefix(i)), &part)).await?;
            slices.push(Rc::new(slice));
        }
        let dims = |slice: &Rc<UmapModel>| slice.params.n_components;
        if slices.is_empty() || slices.iter().any(|slice| dims(slice) != dims(&slices[0])) {
            return Err(UmapError::malformed(
                "slices",
                "at least one, all of as many dimensions",
                "slices of different dimensions, or none",
            ));
        }
        let related = diagnostics.related.len();
        if related + 1 != slices.len() {
            return Err(UmapError::malformed("aligned.diagnostics.related", (slices.len() - 1).to_string(), related));
        }
        let to_last = contents.relations(&to_last, &slices, &params)?;
        let ids = contents.bytes("ids")?;
        contents.expect_no_more()?;
        Ok((Self { params, slices, diagnostics, to_last }, ids))
    }
}

fn prefix(slice: usize) -> String {
    format!("{slice}.")
}

impl Contents {
    fn relations(
        &mut self,
        counts: &[u32],
        slices: &[Rc<UmapModel>],
        params: &AlignmentParams,
    ) -> Result<Vec<Relation>> {
        let reach = (slices.len() - 1).min(params.alignment_window_size as usize - 1);
        let total: u64 = counts.iter().map(|&count| u64::from(count)).sum();
        if counts.len() != reach || self.length(TO_LAST)? != 2 * total {
            let got = format!("{} relations of {total} pairs in all", counts.len());
            return Err(UmapError::malformed(TO_LAST, format!("{reach} relations and their pairs"), got));
        }
        let all = self.integers(TO_LAST, 2 * total)?;
        let mut pairs = all.as_chunks::<2>().0;
        let rows = |from_end: usize| slices[slices.len() - from_end].fitted.diagnostics.rows as usize;
        let mut relations = Vec::with_capacity(reach);
        for (&count, before) in counts.iter().zip(2..) {
            let (own, rest) = pairs.split_at(count as usize);
            pairs = rest;
            relations.push(match own {
                [] => Relation::default(),
                own => {
                    Relation::new(TO_LAST, own.to_vec(), ["an earlier dataset", "the last"], [rows(before), rows(1)])
                        .map_err(|error| UmapError::malformed(TO_LAST, "a relation of the datasets", error))?
                }
            });
        }
        Ok(relations)
    }
}
