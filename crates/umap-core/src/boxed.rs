//! Keeps the state machines of stages apart.

use std::pin::Pin;

/// The future behind a pointer, so that the compiler cannot make one function of it and of who awaits it.
///
/// Functions of 100 KB are what a WebAssembly engine optimises worst: V8 took 0.9 s of a core and 77 MB for one that held
/// the whole search, though next to none of it is hot.
pub(crate) fn boxed<'a, F: Future + 'a>(future: F) -> Pin<Box<dyn Future<Output = F::Output> + 'a>> {
    Box::pin(future)
}
