//! Results on their way out: plain objects of typed arrays, each a copy in JavaScript's own memory.

use std::cell::{Cell, RefCell};
use std::marker::PhantomData;

use js_sys::{Array, Float32Array, Function, Int32Array, JSON, Object, Reflect, Uint8Array, Uint32Array};
use serde::Serialize;
#[cfg(feature = "bindings")]
pub use ts_rs::TS as Typed;
use umap_core::pulse::{Pulse, Stage};
use umap_core::{Result, UmapError};
use wasm_bindgen::prelude::*;

/// What has a type in TypeScript, for which only the generator of types asks.
#[cfg(not(feature = "bindings"))]
pub trait Typed {}
#[cfg(not(feature = "bindings"))]
impl<T: ?Sized> Typed for T {}

/// A result.
pub trait Output: Typed {
    /// As JavaScript gets it.
    fn into_js(self) -> JsValue;
}

/// A value in JavaScript's memory, with the type in TypeScript that `T` has.
pub struct Js<T: ?Sized>(JsValue, PhantomData<T>);

macro_rules! arrays {
    ($($(#[$doc:meta])* $name:ident = $typescript:literal;)*) => {$(
        $(#[$doc])*
        #[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(rename = $typescript))]
        pub struct $name;
    )*};
}

arrays! {
    /// The type of arrays of 32-bit floats, for [`Js`].
    Floats = "OwnFloat32Array";
    /// Of arrays of integers that are not negative.
    Integers = "OwnUint32Array";
    /// Of arrays of integers.
    Signed = "OwnInt32Array";
    /// Of arrays of bytes.
    Bytes = "OwnUint8Array";
}

/// An array of floats, copied.
pub fn floats(values: &[f32]) -> Result<Js<Floats>> {
    let array: Float32Array = array("Float32Array", "the result", values.len() as f64, 4)?;
    array.copy_from(values);
    Ok(Js::of(array))
}

/// An array of integers, copied.
pub fn integers(values: &[u32]) -> Result<Js<Integers>> {
    let array: Uint32Array = array("Uint32Array", "the result", values.len() as f64, 4)?;
    array.copy_from(values);
    Ok(Js::of(array))
}

/// An array of bytes, copied.
pub fn bytes(values: &[u8]) -> Result<Js<Bytes>> {
    let array: Uint8Array = array("Uint8Array", "the result", values.len() as f64, 1)?;
    array.copy_from(values);
    Ok(Js::of(array))
}

/// A typed array of JavaScript's. It throws where it has no room, and what is thrown through the module ends it.
fn array<T: JsCast>(constructor: &str, what: &str, len: f64, width: u64) -> Result<T> {
    let constructor: Function = Reflect::get(&js_sys::global(), &constructor.into()).unwrap_throw().unchecked_into();
    let refused = |_| UmapError::OutOfMemory { what: what.into(), bytes: len as u64 * width };
    Reflect::construct(&constructor, &Array::of1(&len.into())).map(JsCast::unchecked_into).map_err(refused)
}

impl<T: ?Sized> Js<T> {
    /// A value that is known to have that type.
    pub fn of(value: impl Into<JsValue>) -> Self {
        Self(value.into(), PhantomData)
    }
}

impl<T: Serialize + ?Sized> Js<T> {
    /// What is small and has many fields.
    pub fn plain(value: &T) -> Self {
        Self::of(plain(&value))
    }
}

/// A plain value as JavaScript's.
pub fn plain(value: &impl Serialize) -> JsValue {
    JSON::parse(&umap_core::json::text(value)).unwrap_throw()
}

impl Js<Integers> {
    /// The same bits: an absent neighbour reads as -1.
    pub(crate) fn signed(self) -> Js<Signed> {
        Js::of(Int32Array::new(&self.0.unchecked_into::<Uint32Array>().buffer()))
    }
}

/// A file, whose size `write` tells its first argument, and its bytes one after the other the second.
pub async fn file(
    pulse: &Pulse,
    write: impl AsyncFnOnce(&dyn Fn(u64) -> Result<()>, &dyn Fn(&[u8])) -> Result<()>,
) -> Result<Js<Bytes>> {
    pulse.begin(Stage::Save);
    let (file, at) = (RefCell::new(Uint8Array::default()), Cell::new(0));
    let begin = |bytes| {
        file.replace(array("Uint8Array", "the file", bytes as f64, 1)?);
        Ok(())
    };
    let push = |bytes: &[u8]| {
        let from = at.replace(at.get() + bytes.len() as u32);
        file.borrow().subarray(from, at.get()).copy_from(bytes);
    };
    write(&begin, &push).await?;
    Ok(Js::of(file.into_inner()))
}

/// An object of these fields, but for those that are undefined.
pub fn object(fields: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (name, value) in fields.iter().filter(|(_, value)| !value.is_undefined()) {
        Reflect::set(&object, &(*name).into(), value).unwrap_throw();
    }
    object.into()
}

/// The module's memory in bytes. It never shrinks: the most that was needed since it was made.
pub fn memory_bytes() -> f64 {
    let buffer = wasm_bindgen::memory().unchecked_into::<js_sys::WebAssembly::Memory>().buffer();
    Reflect::get(&buffer, &"byteLength".into()).ok().and_then(|bytes| bytes.as_f64()).unwrap_throw()
}

/// Declares objects that JavaScript gets: what each is made of, and its fields by their names there.
#[macro_export]
macro_rules! objects {
    ($($(#[$of_type:meta])* $name:ident($($from:pat_param in $source:ty),*) {
        $($(#[$of_field:meta])* $field:ident: $kind:ty = $value:expr,)*
    })*) => {
        $(
            $(#[$of_type])*
            #[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(optional_fields))]
            #[allow(non_snake_case, reason = "fields have their names in JavaScript")]
            pub struct $name { $($(#[$of_field])* $field: $kind,)* }

            impl $name {
                /// A copy in JavaScript's memory.
                pub fn new($($from: $source),*) -> umap_core::Result<Self> {
                    Ok(Self { $($field: $value,)* })
                }
            }

            impl $crate::output::Output for $name {
                fn into_js(self) -> wasm_bindgen::JsValue {
                    $crate::output::object(&[$((stringify!($field), self.$field.into_js()),)*])
                }
            }
        )*

        /// Their declarations in TypeScript.
        #[cfg(feature = "bindings")]
        pub fn declarations() -> Vec<String> {
            let config = ts_rs::Config::default();
            vec![$(<$name as ts_rs::TS>::export_to_string(&config).expect("an object that is exported"),)*]
        }
    };
}

impl<T: Typed + ?Sized> Output for Js<T> {
    fn into_js(self) -> JsValue {
        self.0
    }
}

#[cfg(feature = "bindings")]
impl<T: ts_rs::TS + ?Sized> ts_rs::TS for Js<T> {
    type WithoutGenerics = T::WithoutGenerics;
    type OptionInnerType = Self;

    fn name(config: &ts_rs::Config) -> String {
        T::name(config)
    }

    fn inline(config: &ts_rs::Config) -> String {
        T::inline(config)
    }
}

impl<T: Output> Output for Option<T> {
    fn into_js(self) -> JsValue {
        self.map_or(JsValue::UNDEFINED, T::into_js)
    }
}

impl<T: Output> Output for Vec<T> {
    fn into_js(self) -> JsValue {
        self.into_iter().map(T::into_js).collect::<Array>().into()
    }
}

macro_rules! numbers {
    ($($kind:ty),*) => {$(
        impl Output for $kind {
            fn into_js(self) -> JsValue {
                self.into()
            }
        }
    )*};
}

numbers!(u32, f64, bool);

/// Nothing.
impl Output for () {
    fn into_js(self) -> JsValue {
        JsValue::NULL
    }
}
