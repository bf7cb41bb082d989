//! Integers that order rows as the values of a metric's kernel do.

use crate::sorting::{ordered, pair, unordered};

/// An integer that orders as kernel values do, negative ones included. NaN counts as infinity: it arises only where
/// values overflow, and its bits differ between platforms.
#[inline(always)]
pub fn key_of(value: f32) -> u32 {
    ordered(if value.is_nan() { f32::INFINITY } else { value })
}

/// The value that [`key_of`] made the key of.
#[inline(always)]
pub fn value_of(key: u32) -> f32 {
    unordered(key)
}

/// An integer that orders rows by kernel value, then by row number.
#[inline(always)]
pub(crate) fn entry_of(value: f32, id: u32) -> u64 {
    pair(key_of(value), id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_order_as_values_and_give_them_back() {
        let values = [f32::NEG_INFINITY, -1e30, -1.0, -1e-40, 0.0, 1e-40, 1.0, 1e30, f32::INFINITY];
        assert!(values.is_sorted_by(|&a, &b| key_of(a) < key_of(b)));
        assert!(values.iter().all(|&x| value_of(key_of(x)).to_bits() == x.to_bits()));
        assert_eq!(key_of(f32::NAN), key_of(f32::INFINITY));
        assert_eq!(key_of(-f32::NAN), key_of(f32::INFINITY));
    }
}
