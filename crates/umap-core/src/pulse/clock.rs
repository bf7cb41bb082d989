//! Where a pulse reads the time.

/// Milliseconds from any fixed start.
pub type Clock = fn() -> f64;

/// The operating system's monotonic clock. There is none in WebAssembly, where the caller brings one.
#[cfg(not(target_arch = "wasm32"))]
pub fn native_clock() -> f64 {
    thread_local!(static START: std::time::Instant = std::time::Instant::now());
    START.with(|start| start.elapsed().as_secs_f64() * 1e3)
}

#[cfg(target_arch = "wasm32")]
pub(super) fn native_clock() -> f64 {
    0.0
}
