//! Failures on demand, so that tests can end the module that ships in every way in which it may end.

use std::hint::black_box;
use std::rc::Rc;

use serde::Deserialize;
use umap_core::{Result, UmapError, parallel, pulse::Pulse};

use crate::residents;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Provocation {
    failure: String,
}

/// Fails in the way that is asked for.
pub(crate) async fn provoke(how: &Provocation, resident: u32, pulse: &Pulse) -> Result<()> {
    match how.failure.as_str() {
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
