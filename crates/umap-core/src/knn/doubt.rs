//! Whether the keys of near rows say which of them are nearer. Rows whose neighbours are closer than a step of 7 bits, as
//! near copies are, have keys that are all alike, and so many of them fill a list in the order of their numbers.

/// Least rank correlation (Kendall's) of keys and exact values: between near copies it is about 0, on ordinary data above
/// 0.9. Ranks, because one row at distance 0 would count for all others in a correlation of values.
const LEAST: f64 = 0.65;
/// Values that differ by less than this part are equal but for rounding: 32 bits do not tell them apart either.
const ROUNDING: f32 = 1e-6;

/// Whether the `keys` of the rows nearest to one by 7 bits, increasing, tell less than they should of the exact `values`
/// there.
pub(crate) fn is_in_doubt(keys: &[u32], values: &[f32]) -> bool {
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
    fn keys_in_the_order_of_values_are_beyond_doubt() {
        let values = [1.0, 2.0, 3.0, 4.5, 7.0];
        assert!(!is_in_doubt(&[100, 210, 290, 460, 700], &values));
        assert!(!is_in_doubt(&[100, 210, 290, 290, 700], &values));
        assert!(is_in_doubt(&[7; 5], &values));
        assert!(is_in_doubt(&[1, 2, 3, 4, 5], &[0.0, 7.0, 2.0, 3.0, 1.0]));
    }

    #[test]
    fn equal_values_are_beyond_doubt() {
        assert!(!is_in_doubt(&[5, 5, 5], &[0.0; 3]));
        assert!(!is_in_doubt(&[5, 5, 6], &[2.0, 2.000_000_2, 2.0]));
        assert!(!is_in_doubt(&[], &[]) && !is_in_doubt(&[5], &[1.0]));
    }
}
