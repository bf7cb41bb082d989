//! The system allocator, telling the worker of every allocation that fails: the trap that follows says nothing.
//!
//! With shared memory it also sees to it that a thread knows of the memory that it is given. V8 keeps the memory's size for
//! each instance of the module, holds `memory.init`, `memory.copy` and `memory.fill` against that, and tells an instance of
//! what another thread added only where a function begins or a loop turns. A thread that waited for the allocator while
//! another one grew the memory was given a block that its instance took for out of bounds: pools of 64 workers trapped at
//! one start of eight, in the `memory.init` of the worker's own variables.

use std::alloc::{GlobalAlloc, Layout, System};

struct Telling;

#[global_allocator]
static ALLOCATOR: Telling = Telling;

fn told(pointer: *mut u8, bytes: usize) -> *mut u8 {
    if pointer.is_null() {
        crate::allocation_failed(bytes as f64);
    }
    pointer
}

/// Calls the allocator, alone, on a thread that knows the memory's size, and knows it afterwards.
#[cfg(target_feature = "atomics")]
fn informed(allocate: impl FnOnce() -> *mut u8) -> *mut u8 {
    use std::arch::wasm32::{memory_grow, memory_size};
    use std::sync::{Mutex, PoisonError};

    /// The memory's size when the last call ended. Nothing else grows it.
    static PAGES: Mutex<usize> = Mutex::new(0);
    let mut pages = PAGES.lock().unwrap_or_else(PoisonError::into_inner);
    if memory_size::<0>() < *pages {
        // Growing by nothing makes an instance look.
        memory_grow::<0>(0);
    }
    let pointer = allocate();
    *pages = memory_size::<0>().max(*pages);
    pointer
}

#[cfg(not(target_feature = "atomics"))]
fn informed(allocate: impl FnOnce() -> *mut u8) -> *mut u8 {
    allocate()
}

// SAFETY: every method passes its arguments on to `System` and returns what `System` returned.
unsafe impl GlobalAlloc for Telling {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as above.
        told(informed(|| unsafe { System.alloc(layout) }), layout.size())
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as above.
        told(informed(|| unsafe { System.alloc_zeroed(layout) }), layout.size())
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: as above.
        told(informed(|| unsafe { System.realloc(pointer, layout, size) }), size)
    }
}
