//! Rows in 8 bits per value: the offset and the step of the row, then for each value the number of steps above the offset.
//! Every row has its own, so rows can come one by one and none depends on another.

/// Bytes before the values: offset and step, as little-endian 32-bit floats.
const HEAD: usize = 8;
/// Most steps above the offset.
const STEPS: f32 = 255.0;

/// Bytes of a row of `cols` values, with one more for the extra column of unit forms.
pub(super) fn row_bytes(cols: usize, has_axis: bool) -> usize {
    HEAD + cols + usize::from(has_axis)
}

/// Encodes the first `cols` values of `row`, and the one after them if `has_axis` (it is 0 or 1). Returns the range of the
/// values; if that is infinite, nothing was encoded.
pub(super) fn encode(row: &[f32], cols: usize, has_axis: bool, out: &mut [u8]) -> f32 {
    let (values, rest) = row.split_at(cols);
    let [low, high] = extremes(values);
    let range = high - low;
    if range.is_infinite() {
        return range;
    }
    let (head, codes) = out.split_at_mut(HEAD);
    let is_exact = range <= STEPS && put_steps(values, low, 1.0, codes);
    let [offset, step] = if is_exact { [low, 1.0] } else { grid(low, high) };
    if !is_exact {
        put_steps(values, offset, step, codes);
    }
    head[..4].copy_from_slice(&offset.to_le_bytes());
    head[4..].copy_from_slice(&step.to_le_bytes());
    if has_axis {
        codes[cols] = u8::from(rest[0] != 0.0);
    }
    range
}

/// The same for bytes without an extra column: what [`encode`] makes of them, in a tenth of the time.
pub(super) fn encode_bytes(row: &[u8], out: &mut [u8]) {
    let low = row.iter().fold(u8::MAX, |low, &x| low.min(x));
    let (head, codes) = out.split_at_mut(HEAD);
    head[..4].copy_from_slice(&f32::from(low).to_le_bytes());
    head[4..].copy_from_slice(&1.0_f32.to_le_bytes());
    codes.iter_mut().zip(row).for_each(|(code, &x)| *code = x - low);
}

/// The step of a row.
pub(super) fn step(row: &[u8]) -> f32 {
    number(row, 4)
}

fn number(row: &[u8], at: usize) -> f32 {
    f32::from_le_bytes([row[at], row[at + 1], row[at + 2], row[at + 3]])
}

/// Appends the row's values to `out`.
pub(super) fn decode(row: &[u8], cols: usize, has_axis: bool, out: &mut Vec<f32>) {
    let (head, codes) = row.split_at(HEAD);
    let (offset, step) = (number(head, 0), number(head, 4));
    // A vector of bytes at a time: left to itself the compiler loads four.
    let (blocks, rest) = codes[..cols].as_chunks::<16>();
    for block in blocks {
        out.extend_from_slice(&block.map(|code| at_step(code, offset, step)));
    }
    out.extend(rest.iter().map(|&code| at_step(code, offset, step)));
    if has_axis {
        out.push(f32::from(codes[cols]));
    }
}

#[inline(always)]
fn at_step(code: u8, offset: f32, step: f32) -> f32 {
    offset + f32::from(code) * step
}

/// Offset and step of a row between two values. 0 stays 0 if it lies between them: most of a sparse row is zeros.
fn grid(low: f32, high: f32) -> [f32; 2] {
    let is_around_zero = low < 0.0 && high > 0.0;
    // One step less, because the grid is moved by up to half a one.
    let steps = if is_around_zero { STEPS - 1.0 } else { STEPS };
    // Not a subnormal, whose reciprocal is infinite.
    let step = ((high - low) / steps).max(f32::MIN_POSITIVE);
    let offset = if is_around_zero { -((-low / step).round_ties_even() * step) } else { low };
    [offset, step]
}

/// Writes the nearest step of each value; returns whether every value lies on its step.
fn put_steps(values: &[f32], offset: f32, step: f32, out: &mut [u8]) -> bool {
    // At 2^23 a unit is the last bit: the addition rounds, and the low bits are the integer. No conversion, no branch.
    const UNIT: f32 = 8_388_608.0;
    let mut differ = 0;
    for (out, &x) in out.iter_mut().zip(values) {
        let steps = (x - offset) / step;
        let steps = if steps > 0.0 { steps } else { 0.0 };
        let steps = if steps < STEPS { steps } else { STEPS };
        *out = (steps + UNIT).to_bits() as u8;
        differ |= u32::from(at_step(*out, offset, step) != x);
    }
    differ == 0
}

/// The least and the greatest value, in lanes because a comparison after the other takes four cycles each.
fn extremes(values: &[f32]) -> [f32; 2] {
    const LANES: usize = 8;
    let (lanes, rest) = values.as_chunks::<LANES>();
    let (mut low, mut high) = ([values[0]; LANES], [values[0]; LANES]);
    let mut widen = |lane: usize, x: f32| {
        low[lane] = if x < low[lane] { x } else { low[lane] };
        high[lane] = if x > high[lane] { x } else { high[lane] };
    };
    lanes.iter().for_each(|xs| (0..LANES).for_each(|lane| widen(lane, xs[lane])));
    rest.iter().for_each(|&x| widen(0, x));
    [
        low.into_iter().fold(low[0], |a, x| if x < a { x } else { a }),
        high.into_iter().fold(high[0], |a, x| if x > a { x } else { a }),
    ]
}
