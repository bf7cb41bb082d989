//! A search index as a file, kind `neighbor-index`.

use serde::{Deserialize, Serialize};

use super::neighbor_index::NeighborIndex;
use super::parts::{GraphParts, IndexParts};
use crate::error::{Result, UmapError};
use crate::file::{Contents, File, INDEX, Section, check_shape};
use crate::json;
use crate::metric::{ColumnMap, Metric, MetricName};
use crate::pulse::Pulse;

/// An index, less its arrays.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Head {
    rows: u32,
    cols: u32,
    metric: MetricName,
    /// The metric's number; absent with metrics that have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    p: Option<f32>,
    /// What rows were multiplied by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    columns: Option<ColumnMap>,
    k: u32,
    seed: u32,
    /// Whether there is a graph.
    graph: bool,
    /// Whether it is searched in 7 bits.
    quantized: bool,
}

impl Head {
    fn metric(&self) -> Result<Metric> {
        let metric = match (self.metric, self.p) {
            (MetricName::Minkowski, Some(p)) if p >= 1.0 => Metric::minkowski(p),
            (MetricName::SymmetricKl, Some(z)) if z > 0.0 => Metric::SymmetricKl.with_parameter(z),
            (name, None) => name.into(),
            (_, Some(p)) => return Err(UmapError::malformed("index.p", "the parameter of its metric", p)),
        };
        match &self.columns {
            None if metric.needs_columns() => Err(UmapError::malformed("index.columns", "numbers of columns", "none")),
            None => Ok(metric),
            Some(map) if map.cols() == self.cols as usize && map.is_whole() => Ok(metric.of_columns(map.clone())),
            Some(_) => Err(UmapError::malformed("index.columns", "finite numbers of all columns", "others")),
        }
    }
}

impl NeighborIndex {
    /// Writes the index: `begin` hears how many bytes there will be, `sink` gets them.
    pub async fn save(
        &self,
        begin: impl FnOnce(u64) -> Result<()>,
        sink: impl FnMut(&[u8]),
        pulse: &Pulse,
    ) -> Result<()> {
        let (info, parts) = (self.space.info(), self.parts(&pulse.part(0.0, 0.1)).await?);
        let head = Head {
            rows: self.space.rows() as u32,
            cols: info.cols as u32,
            metric: info.metric.name(),
            p: info.metric.has_parameter().then(|| info.metric.parameter()),
            columns: info.metric.columns().cloned(),
            k: parts.k,
            seed: parts.seed,
            graph: parts.graph.is_some(),
            quantized: parts.graph.as_ref().is_some_and(|graph| !graph.columns.is_empty()),
        };
        let texts = [("index", json::text(&head))];
        let mut sections = self.space.sections();
        if let Some(graph) = &parts.graph {
            sections.push(Section::integers("search.degrees", &graph.degrees));
            sections.push(Section::integers("search.ends", &graph.ends));
            sections.push(Section::integers("search.entries", &graph.entries));
            if head.quantized {
                sections.push(Section::integers("search.columns", &graph.columns));
                sections.push(Section::floats("search.offsets", &[graph.offsets.len()], &graph.offsets));
                sections.push(Section::floats("search.scale", &[1], std::slice::from_ref(&graph.scale)));
            }
        }
        let file = File::new(INDEX, texts, sections, &pulse.part(0.1, 0.5)).await?;
        begin(file.len())?;
        file.write(sink, &pulse.part(0.5, 1.0)).await
    }

    /// Reads an index that [`save`](Self::save) wrote.
    pub async fn read(contents: Contents, pulse: &Pulse) -> Result<Self> {
        Self::read_contents(contents, pulse).await.map_err(UmapError::of_file)
    }

    async fn read_contents(mut contents: Contents, pulse: &Pulse) -> Result<Self> {
        if contents.kind() != INDEX {
            return Err(UmapError::malformed("kind", INDEX, contents.kind()));
        }
        let head: Head = contents.json("index")?;
        check_shape(head.rows, head.cols)?;
        let (rows, cols) = (head.rows as usize, head.cols as usize);
        let points = contents.space(rows, cols, head.metric()?, &pulse.part(0.0, 0.5)).await?;
        let graph = if head.graph { Some(contents.search_graph(rows, head.quantized)?) } else { None };
        contents.expect_no_more()?;
        let parts = IndexParts { k: head.k, seed: head.seed, graph };
        Self::from_parts(points, parts, &pulse.part(0.5, 1.0)).await
    }
}

impl Contents {
    /// What is in its arrays is checked where the index is made of them.
    fn search_graph(&mut self, rows: usize, is_quantized: bool) -> Result<GraphParts> {
        let [ends, entries] = ["search.ends", "search.entries"].map(|name| self.length(name));
        let (mut columns, mut offsets, mut scale) = (Vec::new(), Vec::new(), 1.0);
        if is_quantized {
            let len = self.length("search.columns")?;
            columns = self.integers("search.columns", len)?;
            offsets = self.floats("search.offsets", &[len as usize])?;
            scale = self.floats("search.scale", &[1])?[0];
        }
        Ok(GraphParts {
            columns,
            offsets,
            scale,
            degrees: self.integers("search.degrees", rows as u64)?,
            ends: self.integers("search.ends", ends?)?,
            entries: self.integers("search.entries", entries?)?,
        })
    }
}
