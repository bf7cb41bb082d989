//! Whether the keys of near rows tell which of them are nearer. Rows whose neighbours are closer than a step of 7 bits, as
//! near copies are, have keys that are all alike, and so many of them fill a list in the order of their numbers.

/// Least rank correlation (Kendall's) of keys and exact values: between near copies it is about 0, among neighbours that are
/// 2.5 steps away in every column above 0.7. Ranks, because one row at distance 0 would count for all others in a correlation of values.
const LEAST: f64 = 0.65;
/// Values that differ by less than this part are equal but for rounding: 32 bits do not tell them apart either.
const ROUNDING: f32 = 1e-6;

/// Whether rows nearest to one have exact `values` that are all within `close`, and `keys`, increasing, that tell less than
/// they should of those. If one is farther, all that are close are there, whatever their keys are.
pub(crate) fn is_in_doubt(keys: &[u32], values: &[f32], close: f32) -> bool {
    if values.iter().any(|&value| value > close) {
        return false;
    }
    let (mut agreeing, mut differing) = (0, 0);
    for (at, (&key, &value)) in keys.iter().zip(values).enumerate() {
        let margin = ROUNDING * value.abs();
        // Without branches, so that it vectorises.
        for (&before, &other) in keys[..at].iter().zip(&values[..at]) {
            let order = i32::from(other < value - margin) - i32::from(other > value + margin);
            agreeing += if before < key { order } else { 0 };
            differing += order.abs();
        }
    }
    f64::from(agreeing) < LEAST * f64::from(differing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_keys_in_another_order_than_close_values_are_in_doubt() {
        let values = [1.0, 2.0, 3.0, 4.5, 7.0];
        assert!(!is_in_doubt(&[100, 210, 290, 460, 700], &values, 8.0));
        assert!(!is_in_doubt(&[100, 210, 290, 290, 700], &values, 8.0));
        assert!(is_in_doubt(&[7; 5], &values, 8.0) && !is_in_doubt(&[7; 5], &values, 6.0));
        assert!(is_in_doubt(&[1, 2, 3, 4, 5], &[0.0, 7.0, 2.0, 3.0, 1.0], 8.0));
    }

    #[test]
    fn equal_values_are_beyond_doubt() {
        assert!(!is_in_doubt(&[5, 5, 5], &[0.0; 3], 8.0));
        assert!(!is_in_doubt(&[5, 5, 6], &[2.0, 2.000_000_2, 2.0], 8.0));
        assert!(!is_in_doubt(&[], &[], 8.0) && !is_in_doubt(&[5], &[1.0], 8.0));
    }
}
