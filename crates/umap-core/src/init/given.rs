//! The user's own initial layout.

use std::collections::HashSet;

use super::rows::for_each_row;
use crate::error::{Result, UmapError};
use crate::parallel;
use crate::pulse::Pulse;
use crate::random::{Random, Stream, h32};

/// Values between two ticks.
const TICK: usize = 1 << 14;
/// CenteredRows whose nearest other row is searched to scale the noise; umap-learn takes all.
const SAMPLE: u32 = 500;

/// Checks the array (row-major, `rows` x `dims`) and parts duplicate rows with noise of a thousandth of the mean
/// distance to the nearest other row, as umap-learn does. Says so if it did.
pub(crate) async fn checked(
    given: &[f32],
    rows: usize,
    dims: usize,
    seed: u32,
    pulse: &Pulse,
) -> Result<(Vec<f32>, Option<String>)> {
    if given.len() != rows * dims {
        let expected = format!("{rows} x {dims} = {} values", rows * dims);
        return Err(UmapError::shape("init", expected, format!("{} values", given.len())));
    }
    let mut data: Vec<f32> = Vec::with_capacity(given.len());
    for chunk in given.chunks(TICK) {
        if let Some(at) = chunk.iter().position(|x| !x.is_finite()) {
            let at = data.len() + at;
            let value = f64::from(given[at]);
            return Err(UmapError::NotFinite { what: "init", row: at / dims, col: at % dims, value });
        }
        // + 0 makes -0 the same as 0.
        data.extend(chunk.iter().map(|x| x + 0.0));
        pulse.tick(0.1 * data.len() as f64 / given.len() as f64).await?;
    }
    let duplicates = count_duplicates(&data, dims, &pulse.part(0.1, 0.2)).await?;
    if duplicates == 0 {
        return Ok((data, None));
    }
    let scale = 1e-3 * mean_nearest(&data, dims, seed, &pulse.part(0.2, 0.9)).await?;
    let random = Random::new(seed, Stream::Noise);
    for_each_row(&mut data, dims, &pulse.part(0.9, 1.0), |i, row| {
        row.iter_mut().enumerate().for_each(|(k, x)| *x += scale * random.at(i as u32).normal(k as u32));
    })
    .await?;
    Ok((data, Some(format!("{duplicates} rows of the initial layout repeat others: noise parts them"))))
}

/// CenteredRows that equal an earlier one, by 64-bit hashes of them.
async fn count_duplicates(data: &[f32], dims: usize, pulse: &Pulse) -> Result<usize> {
    let rows = data.len() / dims;
    let mut seen: HashSet<u64> = HashSet::with_capacity(rows);
    for (i, row) in data.chunks_exact(dims).enumerate() {
        let [a, b] = row.iter().fold([1, 2], |hash: [u32; 2], x| hash.map(|h| h32(h ^ x.to_bits()).wrapping_mul(5)));
        seen.insert(u64::from(a) << 32 | u64::from(b));
        if i % TICK == 0 {
            pulse.tick(i as f64 / rows as f64).await?;
        }
    }
    Ok(rows - seen.len())
}

/// Mean distance of a sample of rows to their nearest other row; if that is 0, a ten-thousandth of the greatest value.
async fn mean_nearest(data: &[f32], dims: usize, seed: u32, pulse: &Pulse) -> Result<f32> {
    let rows = data.len() / dims;
    let sample = Random::new(seed, Stream::Sample).sample(rows as u32, SAMPLE);
    let nearest = parallel::map(pulse, &sample, |&i| {
        let own = &data[i as usize * dims..][..dims];
        let others = data.chunks_exact(dims).enumerate().filter(|(j, _)| *j != i as usize);
        let squares = others.map(|(_, row)| row.iter().zip(own).map(|(a, b)| (a - b) * (a - b)).sum::<f32>());
        squares.fold(f32::INFINITY, |a, b| if b < a { b } else { a }).sqrt()
    });
    let mean = nearest.await?.iter().map(|&x| f64::from(x)).sum::<f64>() / sample.len() as f64;
    if mean > 0.0 && mean.is_finite() {
        return Ok(mean as f32);
    }
    let greatest = data.iter().fold(0.0f32, |a, &x| if x.abs() > a { x.abs() } else { a });
    Ok(1e-4 * if greatest > 0.0 { greatest } else { 1.0 })
}
