//! Whether the keys of near rows say which of them are nearer. Rows whose neighbours are closer than a step of 7 bits, as
//! near copies are, have keys that are all alike, and so many of them fill a list in the order of their numbers.

/// Least squared correlation of keys and exact values: between near copies it is about 0, on ordinary data above 0.95.
const LEAST: f64 = 0.6;
/// Values whose deviation is less than this part of their mean are equal but for rounding: 32 bits do not tell them apart
/// either.
const ROUNDING: f64 = 1e-6;

/// Whether the `keys` of the rows nearest to one by 7 bits tell less than they should of the exact `values` there.
pub(crate) fn is_in_doubt(keys: impl Iterator<Item = u32> + Clone, values: &[f32]) -> bool {
    let count = values.len() as f64;
    let mean_key = keys.clone().map(f64::from).sum::<f64>() / count;
    let mean = values.iter().map(|&value| f64::from(value)).sum::<f64>() / count;
    let (mut of_keys, mut of_values, mut of_both) = (0.0, 0.0, 0.0);
    for (key, &value) in keys.zip(values) {
        let (key, value) = (f64::from(key) - mean_key, f64::from(value) - mean);
        of_keys += key * key;
        of_values += value * value;
        of_both += key * value;
    }
    let differ = of_values > count * (ROUNDING * mean) * (ROUNDING * mean);
    differ && (of_both <= 0.0 || of_both * of_both < LEAST * of_keys * of_values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_in_the_order_of_values_are_beyond_doubt() {
        let values = [1.0, 2.0, 3.0, 4.5, 7.0];
        assert!(!is_in_doubt([100, 210, 290, 460, 700].into_iter(), &values));
        assert!(!is_in_doubt([0x8000_0001, 0x8000_0002, 0x8000_0003, 0x8000_0005, 0x8000_0007].into_iter(), &values));
        for keys in [[7, 7, 7, 7, 7], [3, 1, 2, 3, 1], [700, 460, 290, 210, 100]] {
            assert!(is_in_doubt(keys.into_iter(), &values), "{keys:?}");
        }
    }

    #[test]
    fn equal_values_are_beyond_doubt() {
        assert!(!is_in_doubt([5, 5, 5].into_iter(), &[0.0; 3]));
        assert!(!is_in_doubt([5, 6, 5].into_iter(), &[2.0, 2.000_000_2, 2.0]));
        assert!(!is_in_doubt([].into_iter(), &[]) && !is_in_doubt([5].into_iter(), &[1.0]));
    }
}
