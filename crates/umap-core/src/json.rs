//! Options from JSON, with errors that say what was expected in JavaScript's words.

use serde::de::value::MapDeserializer;
use serde::de::{DeserializeOwned, Error, IntoDeserializer};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::error::{Result, UmapError};

/// JSON has no infinity; it comes as text.
pub(crate) fn number_or_infinity<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> std::result::Result<Option<f64>, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::Null => Ok(None),
        Value::String(text) if text == "Infinity" => Ok(Some(f64::INFINITY)),
        value => f64::deserialize(value).map(Some).map_err(D::Error::custom),
    }
}

pub(crate) fn infinity_as_text<S: Serializer>(
    value: &Option<f64>,
    serializer: S,
) -> std::result::Result<S::Ok, S::Error> {
    match value {
        Some(value) if value.is_infinite() => serializer.serialize_str("Infinity"),
        value => value.serialize(serializer),
    }
}

/// One of an enum's names. Of another type than text serde would not say which names there are.
pub(crate) fn name<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> std::result::Result<T, D::Error> {
    let value = Value::deserialize(deserializer)?;
    let name = value.as_str().map_or_else(|| value.to_string(), str::to_string);
    T::deserialize(name.into_deserializer())
}

/// Parses options; errors name the option and what it accepts.
pub fn from_json<T: DeserializeOwned>(json: &str) -> Result<T> {
    from_value(parse(json).map_err(|message| explain("", &message))?)
}

/// The one parser: types read the value that it gives. Compiled for each type instead, parsing was a tenth of the module.
#[inline(never)]
pub(crate) fn parse(json: &str) -> std::result::Result<Value, String> {
    serde_json::from_str(json).map_err(|error| error.to_string())
}

/// As [`from_json`], from a value, which must be an object: a struct is otherwise read from arrays too, by as much code
/// again.
pub fn from_value<T: DeserializeOwned>(value: Value) -> Result<T> {
    let Value::Object(fields) = value else {
        return Err(UmapError::parameter("options", "an object", value));
    };
    let fields = MapDeserializer::<_, serde_json::Error>::new(fields.into_iter());
    serde_path_to_error::deserialize(fields)
        .map_err(|error| explain(&error.path().to_string(), &error.inner().to_string()))
}

fn explain(name: &str, message: &str) -> UmapError {
    let message = message.split(" at line ").next().unwrap_or_default();
    if let Some(names) = message.strip_prefix("unknown field ") {
        return UmapError::UnknownOption(names.replace("expected one of", "the options are"));
    }
    if let Some(name) = message.strip_prefix("duplicate field ") {
        return UmapError::parameter(name.trim_matches('`'), "one value", "another under its other name");
    }
    match message.split_once(", expected ") {
        Some((got, expected)) => {
            let got = got.trim_start_matches("invalid type: ").trim_start_matches("invalid value: ");
            UmapError::parameter(name, in_words(expected), got.trim_start_matches("unknown variant "))
        }
        None => UmapError::parameter(name, "a value that fits", message),
    }
}

/// What JavaScript calls a type of Rust's.
fn in_words(expected: &str) -> String {
    match expected {
        "u32" => format!("an integer, 0 to {}", u32::MAX),
        "i32" => "an integer".into(),
        "f64" => "a finite number".into(),
        _ => expected.replace('`', ""),
    }
}
