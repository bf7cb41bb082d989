//! Points in 7 bits per value: a quarter of the memory traffic of 32-bit floats and 3 times their arithmetic per second.
//! A search in them is ranked again by exact distances; whether their error matters is measured on a sample of rows
//! (see `approximate.rs`).

use std::ops::Range;

use crate::error::Result;
use crate::metric::Codes;
use crate::parallel;
use crate::points::{Chunks, Points};
use crate::pulse::Pulse;

use super::integer::{Differences, Products, Sum, tile};
use super::quantizer::{Quantizer, codes, term};
use crate::space::{Gathered, Row, SearchSpace, Stretch, TILE_A, TILE_B, by_fours, put};

/// Rows that one task quantizes.
const TASK_ROWS: usize = 256;
/// A chunk is the greatest power of two of rows within this many bytes.
const CHUNK_BYTES: usize = 128 << 20;
/// Neighbours are close if they differ by so many steps in each column: rounding then moves their order. Of 300 copies among
/// 20,000 normal rows of 128 columns 0.30, 0.78 and 0.97 of the neighbours were found where they differ by 0.03, 0.8 and
/// 2.5 steps.
const CLOSE: f32 = 3.0;
/// Rows of zeros between two ticks.
const ZEROS_PER_TICK: usize = 4096;

/// Quantized rows, in an order of one's own.
#[derive(Debug)]
pub(crate) struct QuantizedSpace {
    /// Four values a word, so that rows can be [`Gathered`].
    pub(super) words: Chunks<u32>,
    /// What a row adds to its keys, whatever the other row.
    pub(super) terms: Vec<i32>,
    pub(super) codes: Codes,
    pub(super) rows: usize,
    pub(super) quantizer: Quantizer,
}

impl QuantizedSpace {
    /// Row `i` of the space is row `order[i]` of `points`. None where keys could pass 32 bits.
    pub(crate) async fn new(
        points: &Points,
        quantizer: &Quantizer,
        order: &[u32],
        centers: usize,
        pulse: &Pulse,
    ) -> Result<Option<Self>> {
        let stride = quantizer.stride();
        let what = format!("quantized points ({} x {})", order.len(), points.cols());
        let mut words = Chunks::<u32>::reserve(&what, order.len() + centers, stride / 4, CHUNK_BYTES)?;
        for row in 0..order.len() {
            words.row_or_zeros(row);
            if row % ZEROS_PER_TICK == 0 {
                pulse.tick(0.0).await?;
            }
        }
        let tasks: Vec<_> = words.blocks_mut(TASK_ROWS).collect();
        let terms = parallel::map(pulse, tasks, |(first, out)| quantizer.quantize_rows(points, &order[first..], out));
        let terms = terms.await?.into_iter().collect::<Option<Vec<_>>>();
        let of = |terms: Vec<Vec<i32>>| Self {
            words,
            terms: terms.concat(),
            codes: codes(points),
            rows: order.len(),
            quantizer: quantizer.clone(),
        };
        Ok(terms.map(of))
    }

    #[inline(always)]
    pub(super) fn row(&self, i: u32) -> &[u8] {
        bytemuck::cast_slice(self.words.row(i as usize))
    }
}

impl SearchSpace for QuantizedSpace {
    fn rows(&self) -> usize {
        self.rows
    }

    fn cost(&self) -> usize {
        4 * self.words.stride()
    }

    fn close(&self) -> f32 {
        let Quantizer { columns, scale, .. } = &self.quantizer;
        let steps = match self.codes {
            Codes::Squares => CLOSE * CLOSE / scale,
            Codes::Differences => CLOSE,
            // Rows with great products need not be near each other.
            Codes::Products => return f32::NEG_INFINITY,
        };
        steps * columns.len() as f32 / scale
    }

    fn centers(&self) -> Range<u32> {
        self.rows as u32..self.terms.len() as u32
    }

    fn set_centers(&mut self, centers: Vec<Vec<u32>>) {
        self.terms.truncate(self.rows);
        for (i, center) in (self.rows..).zip(centers) {
            let term = term(&self.quantizer, self.codes, bytemuck::cast_slice(&center));
            self.terms.push(term.unwrap_or_default());
            self.words.row_or_zeros(i).copy_from_slice(&center);
        }
    }

    fn center_of(&self, rows: &[u32]) -> Vec<u32> {
        let mut sums = vec![0u32; 4 * self.words.stride()];
        for &row in rows {
            sums.iter_mut().zip(self.row(row)).for_each(|(sum, &x)| *sum += u32::from(x));
        }
        let count = rows.len().max(1) as u32;
        let mean = |sum: &u32| ((sum + count / 2) / count) as u8;
        sums.as_chunks::<4>().0.iter().map(|four| u32::from_ne_bytes(four.each_ref().map(mean))).collect()
    }

    fn gather(&self, rows: &[u32], into: &mut Gathered) {
        into.refill(rows.iter().map(|&i| (self.words.row(i as usize), self.terms[i as usize])));
    }

    fn keys(&self, a: Stretch, b: Stretch, out: &mut [u32]) {
        match self.codes {
            Codes::Differences => keys::<Differences>(a, b, out),
            _ => keys::<Products>(a, b, out),
        }
    }
}

fn keys<S: Sum>(a: Stretch, b: Stretch, out: &mut [u32]) {
    assert_eq!(out.len(), a.len() * b.len());
    for first in (0..a.len()).step_by(TILE_A) {
        let count = TILE_A.min(a.len() - first);
        let out = &mut out[first * b.len()..][..count * b.len()];
        if count == 1 {
            keys_of_rows::<S, 1>([a.row(first)], b, out);
        } else {
            keys_of_rows::<S, TILE_A>(std::array::from_fn(|m| a.row(first + m.min(count - 1))), b, out);
        }
    }
}

/// There may be fewer rows in `out`, of which the last is there again in `rows`.
#[inline(always)]
fn keys_of_rows<S: Sum, const M: usize>(rows: [Row; M], b: Stretch, out: &mut [u32]) {
    by_fours(b, |at, four| {
        // Loops, not `map`: closures over arrays are inlined in some builds only, and the sums must stay in registers.
        let (mut x, mut y) = ([&[][..]; M], [&[][..]; TILE_B]);
        for m in 0..M {
            x[m] = bytemuck::cast_slice(rows[m].0);
        }
        for n in 0..TILE_B {
            y[n] = bytemuck::cast_slice(four[n].0);
        }
        let sums = tile::<S, M>(x, y);
        for (m, out) in out.chunks_exact_mut(b.len()).enumerate() {
            let mut keys = [0; TILE_B];
            for n in 0..TILE_B {
                keys[n] = S::key(sums[m][n], rows[m].1, four[n].1);
            }
            put(&keys, out, at);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::UmapError;
    use crate::knn::quantizer::MAX_COLUMNS;
    use crate::metric::Metric;
    use crate::pulse::block_on;
    use crate::random::{Random, Stream};

    fn quantized(points: &Points, order: &[u32]) -> (Quantizer, QuantizedSpace) {
        let fitted = block_on(async |pulse| {
            let quantizer = Quantizer::fit(points, 1, pulse).await?.expect("fits");
            let space = QuantizedSpace::new(points, &quantizer, order, 0, pulse).await?.expect("fits");
            Ok::<_, UmapError>((quantizer, space))
        });
        fitted.unwrap()
    }

    fn points(rows: usize, cols: usize, metric: Metric) -> Points {
        let random = Random::new(3, Stream::Noise);
        let data: Vec<f32> = (0..(rows * cols) as u32).map(|i| 5.0 + 2.0 * random.normal(i)).collect();
        Points::from_slice(&data, rows, cols, metric).unwrap()
    }

    #[test]
    fn keys_are_those_of_plain_integers() {
        for metric in [Metric::Euclidean, Metric::Cosine, Metric::Manhattan, Metric::InnerProduct] {
            let points = points(301, 37, metric.clone());
            let order: Vec<u32> = (0..301).rev().collect();
            let (quantizer, space) = quantized(&points, &order);
            let integers = |i: u32| -> Vec<i64> {
                let mut scratch = Vec::new();
                let row = points.read([order[i as usize]], &mut scratch)[0].iter().zip(&quantizer.offsets);
                row.map(|(x, offset)| ((x - offset) * quantizer.scale).round_ties_even().clamp(0.0, 127.0) as i64)
                    .collect()
            };
            let all: Vec<u32> = (0..301).collect();
            let mut keys = vec![0; 301 * 301];
            let gathered = Gathered::of(&space, &all);
            space.keys(gathered.all(), gathered.all(), &mut keys);
            for (a, keys) in all.iter().zip(keys.chunks_exact(301)) {
                for (b, &key) in all.iter().zip(keys) {
                    let (x, y) = (integers(*a), integers(*b));
                    let pairs = x.iter().zip(&y);
                    let expected = match metric.facts().codes.unwrap() {
                        Codes::Differences => pairs.map(|(x, y)| (x - y).abs()).sum::<i64>(),
                        Codes::Products => {
                            let terms = [a, b].map(|&i| i64::from(space.terms[i as usize]));
                            terms[0] + terms[1] - 2 * pairs.map(|(x, y)| x * y).sum::<i64>() + (1 << 31)
                        }
                        _ => pairs.map(|(x, y)| (x - y) * (x - y)).sum::<i64>() + (1 << 31),
                    };
                    assert_eq!(i64::from(key), expected, "{metric:?}, rows {a} and {b}");
                }
            }
        }
    }

    #[test]
    fn keys_of_inner_products_follow_the_inner_products() {
        let points = points(200, 40, Metric::InnerProduct);
        let order: Vec<u32> = (0..200).collect();
        let (quantizer, space) = quantized(&points, &order);
        let mut keys = vec![0; 200];
        let gathered = Gathered::of(&space, &order);
        space.keys(gathered.stretch(0, 1), gathered.all(), &mut keys);
        let product = |i: usize| -> f64 {
            let mut scratch = Vec::new();
            let [a, b] = points.read([0, i as u32], &mut scratch);
            a.iter().zip(b).map(|(x, y)| f64::from(*x) * f64::from(*y)).sum()
        };
        let square = f64::from(quantizer.scale).powi(2);
        for i in 0..200 {
            let expected = -2.0 * square * (product(i) - product(1));
            let got = f64::from(keys[i]) - f64::from(keys[1]);
            // Rounding: 0.3 per value on values of 100, over 40 columns of two rows, twice.
            assert!((got - expected).abs() < 4.0 * 6.0 * 0.3 * 100.0 * 80f64.sqrt(), "{got} for {expected}");
        }
    }

    #[test]
    fn the_longest_rows_do_not_overflow() {
        let cols = MAX_COLUMNS;
        let mut data = vec![0.0f32; 2 * cols];
        data[cols..].fill(1.0);
        let points = Points::from_slice(&data, 2, cols, Metric::Euclidean).unwrap();
        let (quantizer, space) = quantized(&points, &[0, 1]);
        let mut keys = [0; 2];
        let gathered = Gathered::of(&space, &[0, 1]);
        space.keys(gathered.stretch(0, 1), gathered.all(), &mut keys);
        assert_eq!(keys.map(|key| key ^ (1 << 31)), [0, 127 * 127 * quantizer.columns.len() as u32]);
    }
}
