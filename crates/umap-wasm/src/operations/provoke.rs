//! Failures on demand, so that tests can end the module that ships in every way in which it may end.

use std::hint::black_box;
use std::rc::Rc;

use serde::Deserialize;
use umap_core::json::from_json;
use umap_core::{Result, UmapError, parallel, pulse::Pulse};
use wasm_bindgen::prelude::*;

use crate::input::Input;
use crate::operation::{Entry, Operation};
use crate::residents;

#[derive(Deserialize)]
struct Provoke {
    failure: String,
}

/// Fails in the way that is asked for.
pub static PROVOKE: Entry = Entry::of::<Provoke>();

impl Operation for Provoke {
    const NAME: &'static str = "provoke";

    fn new(options: &str, _: u32) -> Result<Self> {
        from_json(options)
    }

    async fn run(self, _: Input, resident: u32, pulse: &Pulse) -> Result<JsValue> {
        self.provoke(resident, pulse).await.map(|()| JsValue::NULL)
    }
}

impl Provoke {
    async fn provoke(&self, resident: u32, pulse: &Pulse) -> Result<()> {
        match self.failure.as_str() {
            "panic" => panic!("provoked"),
            "panic-in-pool" => {
                let fail_at = |task: u32| assert!(task != 7, "provoked in task {task}");
                parallel::for_each(pulse, (0..64).collect::<Vec<u32>>(), fail_at).await
            }
            "out-of-memory" => {
                // As much as there may be in all, in parts that an allocation may have.
                let parts: Vec<Vec<u8>> = (0..8).map(|_| black_box(Vec::with_capacity(1 << 29))).collect();
                Err(UmapError::parameter("failure", "a memory of less than 4 GiB", parts.len()))
            }
            // What stays between calls, and whether it is there.
            "keep" => {
                residents::put(resident, Rc::new("kept"));
                Ok(())
            }
            "recall" => {
                let lost = || UmapError::InstanceLost(format!("there is no resident {resident}"));
                residents::get::<&str>(resident).map(drop).ok_or_else(lost)
            }
            other => Err(UmapError::parameter("failure", "panic, panic-in-pool, out-of-memory, keep or recall", other)),
        }
    }
}
