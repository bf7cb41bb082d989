//! A graph that the caller brings, checked and put into the form that the layout expects.

use crate::csr::{Csr, check_arrays};
use crate::error::{Result, UmapError};
use crate::fuzzy::FuzzyGraph;
use crate::fuzzy::combine::{merge, mixed, transpose};
use crate::pulse::Pulse;
use crate::sorting::{pair, sort, unpair};

/// Rows that are looked at between two ticks.
const TICK_ROWS: usize = 1 << 12;

/// What becomes of a graph in which an edge has another weight one way than the other.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Asymmetric {
    /// It is refused.
    Refused,
    /// Both weights become one, between their fuzzy intersection (0) and union (1).
    Mixed(f32),
}

/// The graph of a square matrix with weights from 0 to 1. Edges of weight 0, and from a vertex to itself, are left out: they
/// neither attract nor repel.
pub async fn given_graph(matrix: Csr, asymmetric: Asymmetric, pulse: &Pulse) -> Result<FuzzyGraph> {
    check_shape(&matrix)?;
    let directed = cleaned(&matrix, &pulse.part(0.0, 0.4)).await?;
    drop(matrix);
    let both = Both::new(&directed, &pulse.part(0.4, 0.7)).await?;
    let graph = match asymmetric {
        Asymmetric::Refused => {
            both.check_symmetric(&pulse.part(0.7, 1.0)).await?;
            directed
        }
        Asymmetric::Mixed(mix) => {
            let row = |i: usize, emit: &mut dyn FnMut(u32, f32)| {
                both.visit(i, |column, there, back| {
                    let weight = mixed(there, back, mix);
                    if weight > 0.0 {
                        emit(column, weight);
                    }
                });
            };
            Csr::from_rows(directed.rows(), row, &pulse.part(0.7, 1.0)).await?
        }
    };
    Ok(FuzzyGraph::new(graph, Vec::new(), Vec::new()))
}

pub(super) fn check_shape(Csr { indptr, indices, data }: &Csr) -> Result<()> {
    if indptr.len() < 2 {
        let got = format!("{} values", indptr.len());
        return Err(UmapError::shape("graph.indptr", "one value more than rows, at least 2", got));
    }
    check_arrays("graph", indptr, [indices.len(), data.len()])
}

/// The rows in the order of their columns, checked.
async fn cleaned(matrix: &Csr, pulse: &Pulse) -> Result<Csr> {
    let rows = matrix.rows();
    let (mut graph, mut row) = (Csr::default(), Vec::new());
    graph.indptr.push(0);
    for i in 0..rows {
        row.clear();
        for (&column, &weight) in matrix.row(i).0.iter().zip(matrix.row(i).1) {
            if column as usize >= rows {
                let what = format!("graph.indices of row {i}");
                return Err(UmapError::shape(&what, format!("columns below {rows}, the rows"), column.to_string()));
            }
            if !(0.0..=1.0).contains(&weight) {
                let (what, got) = (format!("graph.data in row {i}, column {column}"), weight);
                return Err(UmapError::parameter(&what, "a weight from 0 to 1", got));
            }
            if weight > 0.0 && column as usize != i {
                row.push(pair(column, weight.to_bits()));
            }
        }
        sort(&mut row);
        if let Some(twice) = row.windows(2).find(|two| unpair(two[0]).0 == unpair(two[1]).0) {
            let (what, column) = (format!("graph.indices of row {i}"), unpair(twice[0]).0);
            return Err(UmapError::shape(&what, "each column once", format!("column {column} twice")));
        }
        graph.indices.extend(row.iter().map(|&entry| unpair(entry).0));
        graph.data.extend(row.iter().map(|&entry| f32::from_bits(unpair(entry).1)));
        graph.indptr.push(graph.indices.len() as u32);
        if i.is_multiple_of(TICK_ROWS) {
            pulse.tick(i as f64 / rows as f64).await?;
        }
    }
    Ok(graph)
}

/// A matrix read by rows and by columns.
struct Both<'a> {
    matrix: &'a Csr,
    /// The row of each entry.
    rows: Vec<u32>,
    /// Where the entries of each column start in `sources`.
    starts: Vec<u32>,
    /// Positions of entries, column by column, in the order of the rows.
    sources: Vec<u32>,
}

impl<'a> Both<'a> {
    async fn new(matrix: &'a Csr, pulse: &Pulse) -> Result<Self> {
        let mut rows = vec![0; matrix.indices.len()];
        for i in 0..matrix.rows() {
            rows[matrix.range(i)].fill(i as u32);
        }
        let (starts, sources) = transpose(&matrix.indices, matrix.rows(), pulse).await?;
        Ok(Self { matrix, rows, starts, sources })
    }

    /// Calls `emit(column, there, back)` for each neighbour of row `i` in either direction, in increasing order; 0 for none.
    fn visit(&self, i: usize, emit: impl FnMut(u32, f32, f32)) {
        let (columns, weights) = self.matrix.row(i);
        let sources = &self.sources[self.starts[i] as usize..self.starts[i + 1] as usize];
        let back = sources.iter().map(|&source| (self.rows[source as usize], self.matrix.data[source as usize]));
        merge(columns.iter().copied().zip(weights.iter().copied()), back, emit);
    }

    async fn check_symmetric(&self, pulse: &Pulse) -> Result<()> {
        for i in 0..self.matrix.rows() {
            let mut other = None;
            self.visit(i, |column, there, back| {
                if there != back && other.is_none() {
                    other = Some((column, there, back));
                }
            });
            if let Some((column, there, back)) = other {
                let got = format!(
                    "{there} in row {i}, column {column}, and {back} the other way: pass symmetrize: true to mix both"
                );
                return Err(UmapError::shape("graph", "a symmetric matrix", got));
            }
            if i.is_multiple_of(TICK_ROWS) {
                pulse.tick(i as f64 / self.matrix.rows() as f64).await?;
            }
        }
        Ok(())
    }
}
