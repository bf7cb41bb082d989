//! Prints how many GMAC/s each kernel reaches on rows of 784 columns that stay in the cache, by the number of rows that are
//! compared with four: `cargo run --release --example kernels`. One thread.

use std::hint::black_box;
use std::time::Instant;

use umap_core::kinds::{Bits, Strings};
use umap_core::metric::{ColumnMap, Kind, Metric, MetricName, STRIP};
use umap_core::points::Points;
use umap_core::random::{Random, Stream};
use umap_core::space::Space;

const ROWS: usize = 24;
const COLS: usize = 784;

fn rate(points: &Points, at_a_time: usize) -> f64 {
    let kernel = points.kernel();
    let (mut scratch, mut best) = (Vec::new(), f64::INFINITY);
    let rows = points.read(std::array::from_fn::<_, ROWS, _>(|i| i as u32), &mut scratch);
    let mut out = vec![[0.0; STRIP]; at_a_time];
    for _ in 0..20 {
        let start = Instant::now();
        for a in rows.chunks_exact(at_a_time) {
            for &four in rows.as_chunks::<STRIP>().0 {
                kernel.strip(black_box(a), black_box(four), &mut out);
                black_box(&out);
            }
        }
        best = best.min(start.elapsed().as_secs_f64());
    }
    (ROWS * ROWS * COLS) as f64 / best / 1e9
}

/// Of 100 code points or bytes, how many pairs a second: kinds whose rows are no numbers.
fn pairs(space: &dyn Space) -> f64 {
    let rows: Vec<u32> = (0..space.rows() as u32).collect();
    let mut best = f64::INFINITY;
    for _ in 0..20 {
        let (start, mut scratch) = (Instant::now(), Vec::new());
        space.compare(space, &rows, &mut scratch).with(&rows, &mut |_, strip| {
            black_box(strip);
        });
        best = best.min(start.elapsed().as_secs_f64());
    }
    (rows.len() * rows.len()) as f64 / best / 1e6
}

fn main() {
    let random = Random::new(1, Stream::Sample);
    let data: Vec<f32> = (0..(ROWS * COLS) as u32).map(|i| random.uniform(i)).collect();
    let of_numbers = MetricName::ALL.iter().map(|&name| match name {
        MetricName::Minkowski => Metric::minkowski(3.0),
        MetricName::Seuclidean => Metric::Seuclidean.of_columns(ColumnMap::Scales(vec![0.5; COLS])),
        MetricName::Mahalanobis => Metric::Mahalanobis.of_columns(ColumnMap::Matrix(vec![0.1; COLS * COLS])),
        name => name.into(),
    });
    for metric in of_numbers.filter(|metric| metric.kind() == Kind::Numbers && metric.name() != MetricName::Haversine) {
        // Shorter than 1, for the Poincaré ball.
        let scale = if metric.name() == MetricName::Poincare { 0.03 } else { 1.0 };
        let data: Vec<f32> = data.iter().map(|x| x * scale).collect();
        let points = Points::from_slice(&data, ROWS, COLS, metric.clone()).expect("finite rows");
        let [one, two, three, all] = [1, 2, 3, ROWS].map(|at_a_time| rate(&points, at_a_time));
        println!("{:?}: 1 row {one:.1}, 2 {two:.1}, 3 {three:.1}, {ROWS} {all:.1} GMAC/s", metric.name());
    }
    let bytes: Vec<u8> = (0..100 * 100).map(|i| random.below(i, 256) as u8).collect();
    for metric in [Metric::BitHamming, Metric::BitJaccard] {
        let mut bits = Bits::new(100, 100, metric.clone()).expect("rows");
        bits.push(&bytes).expect("bytes");
        println!(
            "{:?}: {:.1} million pairs a second of 100 bytes",
            metric.name(),
            pairs(&bits.finish().expect("whole rows"))
        );
    }
    let text: Vec<u8> = bytes.iter().map(|byte| b'a' + byte % 26).collect();
    let ends: Vec<u32> = (1..=100).map(|row| row * 100).collect();
    let strings = Strings::new(&text, &ends, Metric::Levenshtein).expect("strings");
    println!("Levenshtein: {:.2} million pairs a second of 100 letters", pairs(&strings));
}
