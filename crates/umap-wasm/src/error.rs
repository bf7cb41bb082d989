//! Errors on their way out: plain data `{ code, message }`, thrown. Anything else that is thrown is a trap.

use js_sys::{Object, Reflect};
use wasm_bindgen::prelude::*;

pub enum Error { Cancelled, Invalid(String) }
impl Error {
    pub fn code(&self) -> &'static str { match self { Error::Cancelled => "cancelled", Error::Invalid(_) => "invalid-input" } }
    pub fn message(&self) -> String { match self { Error::Cancelled => "cancelled".into(), Error::Invalid(m) => m.clone() } }
}

impl From<Error> for JsValue {
    fn from(error: Error) -> JsValue {
        let plain = Object::new();
        let set = |key: &str, value: &str| Reflect::set(&plain, &key.into(), &value.into());
        set("code", error.code()).and(set("message", &error.message())).unwrap_throw();
        plain.into()
    }
}
