//! Types that points can be given in.

use super::half::F16;
use super::store::{Store, StoreUsed};
use crate::metric::Metric;

/// A type that points can be given in.
pub trait Element: Copy {
    /// The smallest store that keeps every value of the type exactly, or 32-bit floats.
    const STORE: StoreUsed;
    /// Whether 32-bit floats round some of its values.
    const IS_WIDE: bool;
    /// The value as a 32-bit float; what does not fit becomes infinite and is refused.
    fn to_f32(self) -> f32;
    /// Converts all values; the bits of the greatest absolute value, which are above those of any number if one is not
    /// finite.
    fn convert(from: &[Self], to: &mut [f32]) -> u32;
    /// The value itself, for messages.
    fn to_f64(self) -> f64;
    /// The values, if they are bytes.
    fn as_bytes(_values: &[Self]) -> Option<&[u8]> {
        None
    }
}

macro_rules! element {
    ($($type:ty => $store:ident, $is_wide:literal $(, $more:item)?;)*) => { $(impl Element for $type {
        const STORE: StoreUsed = StoreUsed::$store;
        const IS_WIDE: bool = $is_wide;
        #[inline(always)]
        fn to_f32(self) -> f32 {
            self as f32
        }
        // Of each type, so that it is compiled here and for speed: see `crate::parallel`.
        #[inline(never)]
        fn convert(from: &[Self], to: &mut [f32]) -> u32 {
            convert(from, to)
        }
        fn to_f64(self) -> f64 {
            f64::from(self)
        }
        $($more)?
    })* };
}
element! {
    f32 => F32, false;
    f64 => F32, true;
    u8 => Int8, false, fn as_bytes(values: &[u8]) -> Option<&[u8]> {
        Some(values)
    };
    i8 => Int8, false;
    u16 => F32, false;
    i16 => F32, false;
    u32 => F32, true;
    i32 => F32, true;
}

impl Element for F16 {
    const STORE: StoreUsed = StoreUsed::F16;
    const IS_WIDE: bool = false;
    #[inline(always)]
    fn to_f32(self) -> f32 {
        self.widen()
    }
    #[inline(never)]
    fn convert(from: &[Self], to: &mut [f32]) -> u32 {
        convert(from, to)
    }
    fn to_f64(self) -> f64 {
        f64::from(self.widen())
    }
}

/// Without an early exit, so that the loop vectorises.
#[inline(always)]
fn convert<T: Element>(from: &[T], to: &mut [f32]) -> u32 {
    let mut largest = 0;
    for (to, from) in to.iter_mut().zip(from) {
        *to = from.to_f32();
        largest = largest.max(to.to_bits() & !(1 << 31));
    }
    largest
}

/// Shorter rows are searched as they are stored, not in 7 bits: decoding them over and over takes a third more time
/// (200,000 x 16), for little memory.
const LEAST_COLUMNS: usize = 32;

impl Store {
    /// The store for points of `metric` with so many columns that are given as `T`s.
    pub fn of<T: Element>(self, cols: usize, metric: &Metric) -> StoreUsed {
        // As with short rows, there is no search in 7 bits for some metrics.
        let is_decoded_rarely = cols >= LEAST_COLUMNS && metric.facts().codes.is_some();
        match self {
            Self::Auto if metric.form().is_as_is() && is_decoded_rarely => T::STORE,
            Self::Auto | Self::F32 => StoreUsed::F32,
            Self::F16 => StoreUsed::F16,
            Self::Int8 => StoreUsed::Int8,
        }
    }
}
