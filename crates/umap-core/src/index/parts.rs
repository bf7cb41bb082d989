//! An index as arrays, for a file, and back.

use std::sync::Arc;

use crate::error::{Result, UmapError};
use crate::knn::{QuantizedSpace, Quantizer};
use crate::memory;
use crate::points::Points;
use crate::pulse::Pulse;
use crate::space::Space;

use super::graph::SearchGraph;
use super::links::{DEGREE, Links};
use super::neighbor_index::NeighborIndex;
use super::outside::Outside;

/// Rows between two ticks.
const TICK_ROWS: usize = 1 << 13;
const WHAT: &str = "search graph";

/// What an index consists of besides its points.
#[derive(Clone, Debug, PartialEq)]
pub struct IndexParts {
    /// Neighbours to which a row that is added gets edges.
    pub k: u32,
    /// The seed with which a graph is made once there are so many rows that one is needed.
    pub seed: u32,
    /// None where every search compares all rows.
    pub graph: Option<GraphParts>,
}

/// A search graph.
#[derive(Clone, Debug, PartialEq)]
pub struct GraphParts {
    /// The values of a row that are compared in 7 bits, in increasing order; empty where the search is in 32 bits.
    pub columns: Vec<u32>,
    /// The offset of each of them.
    pub offsets: Vec<f32>,
    /// Steps of a unit in 7 bits.
    pub scale: f32,
    /// Edges of each row.
    pub degrees: Vec<u32>,
    /// The rows that edges lead to, row after row.
    pub ends: Vec<u32>,
    /// Where searches start.
    pub entries: Vec<u32>,
}

impl NeighborIndex {
    /// Everything but the points.
    pub async fn parts(&self, pulse: &Pulse) -> Result<IndexParts> {
        let graph = match &self.graph {
            Some(graph) => Some(graph.parts(pulse).await?),
            None => None,
        };
        Ok(IndexParts { k: self.k as u32, seed: self.seed, graph })
    }

    /// The index that [`parts`](Self::parts) were of, or an error if no index can have such parts.
    pub async fn from_parts(space: impl Into<Arc<dyn Space>>, parts: IndexParts, pulse: &Pulse) -> Result<Self> {
        let space = space.into();
        if parts.k == 0 {
            return Err(UmapError::malformed("neighbors of a row", "at least 1", 0));
        }
        let graph = match parts.graph {
            Some(graph) => Some(SearchGraph::from_parts(&*space, graph, pulse).await?),
            None => None,
        };
        Ok(Self { space, graph, k: parts.k as usize, seed: parts.seed })
    }
}

impl SearchGraph {
    async fn parts(&self, pulse: &Pulse) -> Result<GraphParts> {
        let rows = self.links.rows();
        let (columns, offsets, scale) = match &self.quantized {
            Some(rows) => rows.quantizer().parts(),
            None => (&[][..], &[][..], 1.0),
        };
        let mut degrees = memory::reserve(WHAT, rows, 1)?;
        let mut edges = 0;
        for row in 0..rows {
            let degree = self.links.of(row as u32).count();
            edges += degree;
            degrees.push(degree as u32);
            if row.is_multiple_of(TICK_ROWS) {
                pulse.tick(0.5 * row as f64 / rows as f64).await?;
            }
        }
        let mut ends = memory::reserve(WHAT, edges, 1)?;
        for row in 0..rows {
            ends.extend(self.links.of(row as u32));
            if row.is_multiple_of(TICK_ROWS) {
                pulse.tick(0.5 + 0.5 * row as f64 / rows as f64).await?;
            }
        }
        let (columns, offsets, entries) = (columns.to_vec(), offsets.to_vec(), self.entries.clone());
        Ok(GraphParts { columns, offsets, scale, degrees, ends, entries })
    }

    async fn from_parts(space: &dyn Space, parts: GraphParts, pulse: &Pulse) -> Result<Self> {
        let rows = space.rows();
        check(&parts, rows)?;
        let mut links = Links::none(rows, pulse).await?;
        let mut ends = parts.ends.iter().copied();
        for (row, &degree) in (0..).zip(&parts.degrees) {
            let slots = links.slots_mut(row);
            for (slot, end) in slots.iter_mut().zip(ends.by_ref().take(degree as usize)) {
                if end as usize >= rows {
                    return Err(UmapError::malformed(WHAT, format!("rows below {rows}"), end));
                }
                *slot = end;
            }
            if (row as usize).is_multiple_of(TICK_ROWS) {
                pulse.tick(0.5 * f64::from(row) / rows as f64).await?;
            }
        }
        let quantized = match (space.dense(), parts.columns.is_empty() && parts.offsets.is_empty()) {
            (_, true) => None,
            (Some(points), false) => {
                let quantizer = quantizer(points, parts.columns, parts.offsets, parts.scale)?;
                Some(quantized(points, &quantizer, &pulse.part(0.5, 1.0)).await?)
            }
            (None, false) => return Err(UmapError::malformed(WHAT, "no columns in 7 bits", "some")),
        };
        Ok(Self { quantized, links, entries: parts.entries, outside: Outside::default() })
    }
}

fn check(parts: &GraphParts, rows: usize) -> Result<()> {
    let degrees = parts.degrees.len();
    if degrees != rows {
        return Err(UmapError::malformed(WHAT, format!("{rows} degrees"), degrees));
    }
    if let Some(degree) = parts.degrees.iter().find(|&&degree| degree as usize > DEGREE) {
        return Err(UmapError::malformed(WHAT, format!("at most {DEGREE} edges of a row"), degree));
    }
    let edges: u64 = parts.degrees.iter().map(|&degree| u64::from(degree)).sum();
    if edges != parts.ends.len() as u64 {
        return Err(UmapError::malformed(WHAT, format!("{edges} edges"), parts.ends.len()));
    }
    if parts.entries.is_empty() || parts.entries.len() > rows {
        return Err(UmapError::malformed(WHAT, format!("1 to {rows} entries"), parts.entries.len()));
    }
    match parts.entries.iter().find(|&&entry| entry as usize >= rows) {
        Some(entry) => Err(UmapError::malformed(WHAT, format!("entries below {rows}"), entry)),
        None => Ok(()),
    }
}

fn quantizer(points: &Points, columns: Vec<u32>, offsets: Vec<f32>, scale: f32) -> Result<Quantizer> {
    let in_order = columns.is_sorted_by(|a, b| a < b);
    let known = columns.last().is_some_and(|&last| (last as usize) < points.stride());
    if !in_order || !known || !Quantizer::suits(points) {
        let expected = format!("values below {} in increasing order", points.stride());
        return Err(UmapError::malformed(WHAT, expected, format!("{} others", columns.len())));
    }
    let are_finite = offsets.len() == columns.len() && offsets.iter().all(|offset| offset.is_finite());
    if !are_finite || !scale.is_finite() || scale <= 0.0 {
        let expected = format!("{} finite offsets and a positive scale", columns.len());
        return Err(UmapError::malformed(WHAT, expected, format!("{} and {scale}", offsets.len())));
    }
    Ok(Quantizer::from_parts(columns, offsets, scale))
}

async fn quantized(points: &Points, quantizer: &Quantizer, pulse: &Pulse) -> Result<QuantizedSpace> {
    let order: Vec<u32> = (0..points.rows() as u32).collect();
    let refused = || UmapError::malformed(WHAT, "offsets that 32 bits can hold the sums of", "larger ones");
    QuantizedSpace::new(points, quantizer, &order, 0, pulse).await?.ok_or_else(refused)
}
