//! Which columns of the points are compared in 7 bits, and between which values: read from a sample of the rows.

use crate::error::Result;
use crate::parallel;
use crate::points::Points;
use crate::pulse::Pulse;
use crate::sorting::{order_of, ordered, ordered_f64, sort_numbers, unordered};

/// Rows are padded to a multiple of so many bytes.
pub(super) const ALIGN: usize = 16;
/// Columns that one task reads.
const TASK_COLUMNS: usize = 16;
/// This part of the sample is cut off at either end of a column.
const CUT: f64 = 0.0005;
/// Part of the variance that is kept: columns that hardly vary, as most of a picture's border, are left out. MNIST has
/// 99 % of it in 427 of 784 columns, and its neighbours take two thirds of the time with the same recall. With 0.97 twice
/// as many neighbours must be kept for it.
const KEPT: f64 = 0.99;

/// What a column's values are like.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spread {
    pub(super) low: f32,
    pub(super) high: f32,
    /// Of the values, cut to that range.
    variance: f64,
}

/// The spreads of all columns in some rows.
pub(super) async fn spreads(points: &Points, rows: &[u32], pulse: &Pulse) -> Result<Vec<Spread>> {
    let tasks = (0..points.stride()).step_by(TASK_COLUMNS);
    Ok(parallel::map(pulse, tasks, |first| spreads_from(points, rows, first)).await?.concat())
}

fn spreads_from(points: &Points, rows: &[u32], first: usize) -> Vec<Spread> {
    let columns = first..(first + TASK_COLUMNS).min(points.stride());
    let mut values = vec![Vec::with_capacity(rows.len()); columns.len()];
    let mut scratch = Vec::new();
    for &row in rows {
        let row = &points.read([row], &mut scratch)[0][columns.clone()];
        values.iter_mut().zip(row).for_each(|(column, &x)| column.push(x));
    }
    values.into_iter().map(spread).collect()
}

fn spread(values: Vec<f32>) -> Spread {
    let mut keys: Vec<u32> = values.into_iter().map(ordered).collect();
    sort_numbers(&mut keys);
    let mut values: Vec<f32> = keys.into_iter().map(unordered).collect();
    let (cut, last) = ((CUT * values.len() as f64) as usize, values.len() - 1);
    let (low, high) = (values[cut], values[last - cut]);
    values[..cut].fill(low);
    values[last - cut..].fill(high);
    let count = values.len() as f64;
    let mean = values.iter().map(|&x| f64::from(x)).sum::<f64>() / count;
    let variance = values.iter().map(|&x| (f64::from(x) - mean) * (f64::from(x) - mean)).sum::<f64>() / count;
    Spread { low, high, variance }
}

/// The columns with the greatest variance that together have [`KEPT`] of all, and as many more as fit the padding.
pub(super) fn kept(spreads: &[Spread]) -> Vec<u32> {
    let variance = |column: u32| spreads[column as usize].variance;
    let descending: Vec<u64> = spreads.iter().map(|spread| ordered_f64(-spread.variance)).collect();
    let mut columns: Vec<u32> = order_of(&descending).into_iter().map(|column| column as u32).collect();
    let wanted = KEPT * columns.iter().map(|&column| variance(column)).sum::<f64>();
    let mut sum = 0.0;
    let last = columns.iter().position(|&column| {
        sum += variance(column);
        sum >= wanted
    });
    columns.truncate(last.map_or(columns.len(), |last| (last + 1).next_multiple_of(ALIGN)));
    sort_numbers(&mut columns);
    columns
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metric::Metric;
    use crate::pulse::block_on;
    use crate::random::{Random, Stream};

    /// Every third column varies, the others are constant but for one value.
    #[test]
    fn columns_that_hardly_vary_are_left_out() {
        let (rows, cols) = (2000, 120);
        let random = Random::new(1, Stream::Noise);
        let value = |row: usize, col: usize| match (col % 3, row) {
            (0, _) => random.at(row as u32).normal(col as u32),
            (_, 7) => 0.1,
            _ => 5.0,
        };
        let data: Vec<f32> = (0..rows * cols).map(|i| value(i / cols, i % cols)).collect();
        let points = Points::from_slice(&data, rows, cols, Metric::Euclidean).unwrap();
        let all: Vec<u32> = (0..rows as u32).collect();
        let spreads = block_on(async |pulse| spreads(&points, &all, pulse).await).unwrap();
        let columns = kept(&spreads);
        assert!(columns.is_sorted_by(|a, b| a < b) && columns.len() == 48);
        assert!((0..120).step_by(3).all(|varies| columns.contains(&varies)));
        assert_eq!(kept(&vec![spreads[0]; 40]).len(), 40);
    }
}
