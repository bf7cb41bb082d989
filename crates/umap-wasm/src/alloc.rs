//! The system allocator, telling the worker of every allocation that fails: the trap that follows says nothing.

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

// SAFETY: every method passes its arguments on to `System` and returns what `System` returned.
unsafe impl GlobalAlloc for Telling {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as above.
        told(unsafe { System.alloc(layout) }, layout.size())
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as above.
        told(unsafe { System.alloc_zeroed(layout) }, layout.size())
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: as above.
        told(unsafe { System.realloc(pointer, layout, size) }, size)
    }
}
