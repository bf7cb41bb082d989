//! Options from JSON, with errors that say what was expected in JavaScript's words.

use serde::de::value::MapDeserializer;
use serde::de::{DeserializeOwned, Error, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::error::{Result, UmapError};

/// How texts begin that stand for what JSON has no place for: "NaN", "a function".
const UNWRITABLE: char = '\0';

/// JSON has no infinity; it comes as text.
pub(crate) fn number_or_infinity<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> std::result::Result<Option<f64>, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::Null => Ok(None),
        Value::String(text) if text.trim_start_matches(UNWRITABLE) == "Infinity" => Ok(Some(f64::INFINITY)),
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
    match Value::deserialize(deserializer)? {
        Value::String(name) => T::deserialize(name.into_deserializer()),
        value => T::deserialize(format!("{UNWRITABLE}{value}").into_deserializer()),
    }
}

/// A plain value as JSON.
pub fn text(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("plain values")
}

/// Parses options; errors name the option and what it accepts.
pub fn from_json<T: DeserializeOwned>(json: &str) -> Result<T> {
    from_value(parse(json).map_err(|message| explain("", &message))?)
}

/// The one parser: types read the value that it gives. Compiled for each type instead, parsing was a tenth of the module.
#[inline(never)]
pub(crate) fn parse(json: &str) -> std::result::Result<Value, String> {
    serde_json::from_str(json).map(|Distinct(value)| value).map_err(|error| error.to_string())
}

/// A value in whose objects each name is there once; of several serde_json would take the last.
struct Distinct(Value);

impl<'de> Deserialize<'de> for Distinct {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        deserializer.deserialize_any(DistinctVisitor).map(Self)
    }
}

struct DistinctVisitor;

impl<'de> Visitor<'de> for DistinctVisitor {
    type Value = Value;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("JSON")
    }
    fn visit_bool<E>(self, value: bool) -> std::result::Result<Value, E> {
        Ok(value.into())
    }
    fn visit_i64<E>(self, value: i64) -> std::result::Result<Value, E> {
        Ok(value.into())
    }
    fn visit_u64<E>(self, value: u64) -> std::result::Result<Value, E> {
        Ok(value.into())
    }
    fn visit_f64<E>(self, value: f64) -> std::result::Result<Value, E> {
        Ok(value.into())
    }
    fn visit_str<E>(self, value: &str) -> std::result::Result<Value, E> {
        Ok(value.into())
    }
    fn visit_unit<E>(self) -> std::result::Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> std::result::Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(Distinct(value)) = list.next_element()? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> std::result::Result<Value, A::Error> {
        let mut fields = serde_json::Map::new();
        while let Some((name, Distinct(value))) = object.next_entry::<String, _>()? {
            if fields.contains_key(&name) {
                return Err(A::Error::custom(format!("the name {name:?} twice")));
            }
            fields.insert(name, value);
        }
        Ok(Value::Object(fields))
    }
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
    if let Some((name, known)) = unknown_field(message) {
        return UmapError::unknown_option(name, known);
    }
    if let Some(name) = message.strip_prefix("duplicate field ") {
        return UmapError::parameter(name.trim_matches('`'), "one value", "two: the option and its alias are both set");
    }
    match message.rsplit_once(", expected ") {
        Some((got, expected)) => {
            UmapError::parameter(name, expected_in_words(expected), got_in_words(got) + advice(name, got))
        }
        None => UmapError::parameter(name, "a value that fits", message),
    }
}

/// The name and those that there are, of the text "unknown field `c`, expected one of `a`, `b`". Names are in backticks.
fn unknown_field(message: &str) -> Option<(&str, Vec<&str>)> {
    let (name, known) = message.strip_prefix("unknown field `")?.rsplit_once("`, expected ")?;
    Some((name, known.split('`').skip(1).step_by(2).collect()))
}

/// What JavaScript calls a type of Rust's.
fn expected_in_words(expected: &str) -> String {
    match expected {
        "u32" => format!("an integer, 0 to {}", u32::MAX),
        "i32" => "an integer".into(),
        "f64" => "a finite number".into(),
        "a sequence" => "an array".into(),
        "a map" => "an object".into(),
        _ if expected.starts_with("struct ") || expected.contains("enum ") => "an object".into(),
        _ => expected.replace('`', ""),
    }
}

/// Characters of a text that are quoted.
const QUOTED: usize = 40;

/// What JavaScript calls a value of serde's: "invalid type: string \"15\"", "floating point `1.5`", "map".
fn got_in_words(got: &str) -> String {
    let prefixes = ["invalid type: ", "invalid value: ", "unknown variant "];
    let got = prefixes.iter().find_map(|prefix| got.strip_prefix(prefix)).unwrap_or(got);
    // Texts are escaped where they are of a wrong type, names are not.
    if let Some((_, words)) = got.split_once(UNWRITABLE).or_else(|| got.split_once("\\0")) {
        return words.trim_end_matches(['"', '`']).into();
    }
    match got {
        "sequence" => return "an array".into(),
        "map" => return "an object".into(),
        _ => {}
    }
    let numbers = ["integer ", "floating point ", "boolean "];
    if let Some(value) = numbers.iter().find_map(|kind| got.strip_prefix(kind)) {
        return value.trim_matches('`').into();
    }
    let text = got.strip_prefix("string ").unwrap_or(got).trim_matches(['"', '`']);
    match got {
        "null" | "unit value" => "null".into(),
        _ if text.chars().count() > QUOTED => {
            format!("the string \"{}...\"", text.chars().take(QUOTED).collect::<String>())
        }
        _ => format!("the string \"{text}\""),
    }
}

/// Where else to go with what has no place here.
fn advice(name: &str, got: &str) -> &'static str {
    if name.starts_with("metric") && got.contains("a function") {
        "; for a distance of your own find the neighbours yourself, and give them to UMAP as `precomputedKnn`"
    } else {
        ""
    }
}
