//! Reads options and checks them.

use super::names::own_name;
use crate::error::{Result, UmapError};
use crate::json::{from_json, from_value};
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Options that a caller wrote.
pub trait Params: DeserializeOwned {
    /// Checks every range.
    fn validate(&self) -> Result<()>;

    /// Reads options from JSON and checks them.
    fn from_json(json: &str) -> Result<Self> {
        <Self as Params>::from_value(from_json::<Value>(json)?)
    }

    /// The same from a value.
    fn from_value(value: Value) -> Result<Self> {
        let params: Self = from_value(value.clone()).map_err(|error| {
            with_range(error, value, &|changed| from_value::<Self>(changed).map(|it| it.validate()))
        })?;
        params.validate()?;
        Ok(params)
    }
}

/// Of an option of a wrong type, its range too: what `read` says of it where it has that type and is out of range.
fn with_range(error: UmapError, mut options: Value, read: &dyn Fn(Value) -> Result<Result<()>>) -> UmapError {
    let UmapError::InvalidParameter { name, got, .. } = &error else { return error };
    if options.get(name).is_none() {
        return error;
    }
    for outside in [Value::from(0), Value::from(u32::MAX), Value::from(-1)] {
        options[name] = outside;
        match read(options.clone()) {
            Ok(Err(UmapError::InvalidParameter { name: refused, expected, .. })) if refused == own_name(name) => {
                return UmapError::parameter(name, expected, got);
            }
            _ => {}
        }
    }
    error
}

#[cfg(test)]
mod tests {
    use super::Params;
    use crate::params::{KnnParams, UmapParams};

    #[test]
    fn a_wrong_type_is_refused_with_the_range_and_what_came() {
        for (json, message) in [
            (r#"{"nNeighbors":"15"}"#, r#"nNeighbors: expected an integer, at least 2, got the string "15""#),
            (r#"{"nNeighbors":15.5}"#, "nNeighbors: expected an integer, at least 2, got 15.5"),
            (r#"{"nNeighbors":-3}"#, "nNeighbors: expected an integer, at least 2, got -3"),
            (r#"{"nNeighbors":[3]}"#, "nNeighbors: expected an integer, at least 2, got an array"),
            (r#"{"nComponents":null}"#, "nComponents: expected an integer, 1 to 256, got null"),
            (r#"{"negativeSampleRate":true}"#, "negativeSampleRate: expected an integer, 0 to 1000, got true"),
            (r#"{"spread":{}}"#, "spread: expected a finite 32-bit float above 0, got an object"),
            (r#"{"minDist":"\u0000NaN","spread":2}"#, "minDist: expected a number, 0 to spread (2), got NaN"),
            (
                r#"{"repulsionStrength":"1"}"#,
                r#"repulsionStrength: expected a finite 32-bit float, at least 0, got the string "1""#,
            ),
            (r#"{"seed":1.5}"#, "seed: expected an integer, 0 to 4294967295, got 1.5"),
            (r#"{"nJobs":"all"}"#, r#"nJobs: expected -1, or an integer, 1 to 256, got the string "all""#),
            (r#"{"densmap":"yes"}"#, r#"densmap: expected a boolean, got the string "yes""#),
            (r#"{"init":5}"#, "init: expected one of spectral, pca, random, got 5"),
            (r#"{"n_neighbors":5}"#, "unknown option: `n_neighbors`, did you mean `nNeighbors`?"),
            (r#"{"random_state":5}"#, "unknown option: `random_state`, did you mean `randomState`?"),
            (
                r#"{"seed":5,"randomState":6}"#,
                "seed: expected one value, got two: the option and its alias are both set",
            ),
        ] {
            assert_eq!(UmapParams::from_json(json).unwrap_err().to_string(), message);
        }
    }

    #[test]
    fn a_function_for_a_metric_is_told_where_it_can_go() {
        let message = UmapParams::from_json(r#"{"metric":"\u0000a function (mine)"}"#).unwrap_err().to_string();
        assert!(message.contains("cosine") && message.contains("got a function (mine); "), "{message}");
        assert!(message.contains("precomputedKnn"), "{message}");
    }

    #[test]
    fn every_call_takes_the_names_that_umap_learn_has() {
        let params = KnnParams::from_json(r#"{"randomState":7,"nJobs":2}"#).unwrap();
        assert_eq!((params.seed, params.n_threads), (7, 2));
    }
}
