//! Arrays whose size follows from the input: memory is asked for before it is used, so that too large an input is an error
//! and not the end of the program, and sizes are computed in 64 bits, which on wasm32 `usize` has not.

use crate::error::{Result, UmapError};
use crate::pulse::Pulse;

/// Bytes written between two ticks: well below a millisecond.
const TICK_BYTES: usize = 1 << 20;

/// What scratch of a stage may take at a time where its size follows from a call's numbers: the stage then works in blocks.
pub const BLOCK_BYTES: usize = 1 << 28;

/// Rows of a block of [`BLOCK_BYTES`], of which each takes so many bytes: at least 1.
pub fn block_rows(bytes_per_row: usize) -> usize {
    (BLOCK_BYTES / bytes_per_row.max(1)).max(1)
}

/// Errs unless so many bytes are available, for what will be made in many pieces: takes it from the allocator, and
/// gives it back.
pub fn claim(what: &str, bytes: u64) -> Result<()> {
    const PIECES: u64 = 16;
    let piece = bytes.div_ceil(PIECES).max(BLOCK_BYTES as u64);
    let (mut held, mut left) = (Vec::new(), bytes);
    while left > 0 {
        let mut taken: Vec<u8> = Vec::new();
        let len = usize::try_from(left.min(piece)).map_err(|_| too_large(what, bytes))?;
        taken.try_reserve_exact(len).map_err(|_| too_large(what, bytes))?;
        held.push(taken);
        left -= left.min(piece);
    }
    Ok(())
}

/// Errs unless `rows` x `cols` values have a length, and a size in bytes, that `usize` holds.
pub fn check<T>(what: &str, rows: usize, cols: usize) -> Result<()> {
    let bytes = (rows as u64).saturating_mul(cols as u64).saturating_mul(size_of::<T>() as u64);
    if usize::try_from(bytes).is_ok_and(|bytes| bytes < usize::MAX) { Ok(()) } else { Err(too_large(what, bytes)) }
}

/// Scratch for `rows` x `cols` values.
pub fn reserve<T>(what: &str, rows: usize, cols: usize) -> Result<Vec<T>> {
    check::<T>(what, rows, cols)?;
    let mut values = Vec::new();
    let failed = |_| too_large(what, (rows * cols * size_of::<T>()) as u64);
    values.try_reserve_exact(rows * cols).map_err(failed)?;
    Ok(values)
}

/// `rows` x `cols` times `value`.
pub async fn filled<T: Copy>(what: &str, rows: usize, cols: usize, value: T, pulse: &Pulse) -> Result<Vec<T>> {
    let mut values = reserve(what, rows, cols)?;
    let (len, step) = (rows * cols, TICK_BYTES / size_of::<T>());
    while values.len() < len {
        values.resize(len.min(values.len() + step), value);
        pulse.tick(0.0).await?;
    }
    Ok(values)
}

fn too_large(what: &str, bytes: u64) -> UmapError {
    UmapError::OutOfMemory { what: what.into(), bytes }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pulse::block_on;

    #[test]
    fn sizes_beyond_all_memory_are_errors() {
        let huge = usize::MAX / 2 + 1;
        for (rows, cols) in [(huge, 2), (huge, 1), (1 << 40, 1 << 40), (1 << 50, 4)] {
            let error = reserve::<u32>("values", rows, cols).unwrap_err();
            assert!(
                matches!(error, UmapError::OutOfMemory { bytes, .. } if bytes > 1 << 50),
                "{rows} x {cols}: {error}"
            );
        }
    }

    #[test]
    fn memory_is_asked_for_and_given_back() {
        for bytes in [0, 1, 3 << 28] {
            (0..100).for_each(|_| assert_eq!(claim("scratch", bytes), Ok(())));
        }
        for bytes in [1 << 60, u64::MAX] {
            assert_eq!(claim("scratch", bytes), Err(too_large("scratch", bytes)));
        }
        assert_eq!((block_rows(0), block_rows(1 << 20), block_rows(usize::MAX)), (1 << 28, 256, 1));
    }

    #[test]
    fn all_places_are_filled() {
        let filled = block_on(async |pulse| filled("values", 1000, 777, 3u32, pulse).await).unwrap();
        assert!(filled.len() == 777_000 && filled.iter().all(|&x| x == 3));
    }
}
