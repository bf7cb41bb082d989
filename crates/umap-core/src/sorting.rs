//! Sorting, compiled for two types: every other one would be 10 to 20 KB of the module, and the stages sort twenty. Pairs
//! become integers of 64 bits that order as they do.

/// Sorts integers of 64 bits.
#[inline(never)]
pub(crate) fn sort(entries: &mut [u64]) {
    entries.sort_unstable();
}

/// Sorts integers of 32 bits.
#[inline(never)]
pub(crate) fn sort_numbers(numbers: &mut [u32]) {
    numbers.sort_unstable();
}

/// An integer that orders as (`first`, `second`).
#[inline(always)]
pub(crate) fn pair(first: u32, second: u32) -> u64 {
    u64::from(first) << 32 | u64::from(second)
}

/// The two of a [`pair`].
#[inline(always)]
pub(crate) fn unpair(pair: u64) -> (u32, u32) {
    ((pair >> 32) as u32, pair as u32)
}

/// Sorts pairs of numbers.
pub(crate) fn sort_pairs(pairs: &mut [(u32, u32)]) {
    let mut entries: Vec<u64> = pairs.iter().map(|&(first, second)| pair(first, second)).collect();
    sort(&mut entries);
    pairs.iter_mut().zip(entries).for_each(|(pair, entry)| *pair = unpair(entry));
}

/// An integer that orders as `f32::total_cmp` does; [`unordered`] gives the float back, bit for bit.
#[inline(always)]
pub(crate) fn ordered(x: f32) -> u32 {
    let bits = x.to_bits();
    bits ^ (((bits as i32 >> 31) as u32) | (1 << 31))
}

/// The float that [`ordered`] made the integer of.
#[inline(always)]
pub(crate) fn unordered(key: u32) -> f32 {
    f32::from_bits(if key >> 31 == 1 { key ^ (1 << 31) } else { !key })
}

/// Sorts by value, rows with the same one by their numbers.
pub(crate) fn sort_by_value(rows: &mut [(f32, u32)]) {
    let mut entries: Vec<u64> = rows.iter().map(|&(value, row)| pair(ordered(value), row)).collect();
    sort(&mut entries);
    rows.iter_mut().zip(entries).for_each(|(row, entry)| {
        let (key, number) = unpair(entry);
        *row = (unordered(key), number);
    });
}

/// The numbers below the length of `keys` by key, those with the same one by themselves: by the lower half of the bits
/// first, then by the upper half and that order.
pub(crate) fn order_of(keys: &[u64]) -> Vec<usize> {
    let mut by_lower: Vec<u64> = (0..).zip(keys).map(|(at, &key)| pair(key as u32, at)).collect();
    sort(&mut by_lower);
    let lower: Vec<usize> = by_lower.into_iter().map(|entry| unpair(entry).1 as usize).collect();
    let mut by_upper: Vec<u64> = (0..).zip(&lower).map(|(at, &i)| pair((keys[i] >> 32) as u32, at)).collect();
    sort(&mut by_upper);
    by_upper.into_iter().map(|entry| lower[unpair(entry).1 as usize]).collect()
}

/// An integer that orders as `f64::total_cmp` does.
pub(crate) fn ordered_f64(x: f64) -> u64 {
    let bits = x.to_bits();
    bits ^ (((bits as i64 >> 63) as u64) | (1 << 63))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn integers_order_as_floats_do_and_give_them_back() {
        let values = [-f32::NAN, f32::NEG_INFINITY, -1.0, -1e-40, -0.0, 0.0, 1e-40, 1.0, f32::INFINITY, f32::NAN];
        assert!(values.is_sorted_by(|a, b| a.total_cmp(b).is_lt() && ordered(*a) < ordered(*b)));
        assert!(values.iter().all(|&x| unordered(ordered(x)).to_bits() == x.to_bits()));
    }

    proptest! {
        #[test]
        fn sorts_as_the_standard_library(values in prop::collection::vec((-3i8..3, 0u32..5), 0..60)) {
            let mut by_value: Vec<(f32, u32)> = values.iter().map(|&(x, row)| (f32::from(x), row)).collect();
            let mut expected = by_value.clone();
            expected.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            sort_by_value(&mut by_value);
            prop_assert_eq!(by_value, expected);

            let mut pairs: Vec<(u32, u32)> = values.iter().map(|&(x, row)| (x as u32, row)).collect();
            let mut expected = pairs.clone();
            expected.sort_unstable();
            sort_pairs(&mut pairs);
            prop_assert_eq!(pairs, expected);

            // Some differ in the lower half of their bits only.
            let values: Vec<f64> = values.iter().map(|&(x, y)| f64::from(x) * (1.0 + f64::from(y) * 1e-15)).collect();
            let mut expected: Vec<usize> = (0..values.len()).collect();
            expected.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
            let keys: Vec<u64> = values.into_iter().map(ordered_f64).collect();
            prop_assert_eq!(order_of(&keys), expected);
        }
    }
}
