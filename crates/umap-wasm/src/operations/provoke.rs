//! Failures on demand, so that tests can end the module that ships in every way in which it may end.

use std::hint::black_box;

use umap_core::json::from_json;
use umap_core::{Result, UmapError, parallel};

use crate::operation::{Call, Entry, reading};
use crate::residents;

/// For a module that has no other of these operations.
pub static OPERATIONS: [Entry; 1] =
    [("provoke", &reading(|json, _| Ok(from_json::<Failure>(json)?.failure), provoke).typed("{ failure: string }"))];

#[derive(serde::Deserialize)]
struct Failure {
    failure: String,
}

/// Fails in the way that is asked for.
async fn provoke(call: Call<String>) -> Result<()> {
    match call.params.as_str() {
        "panic" => panic!("provoked"),
        "panic-in-pool" => {
            let fail_at = |task: u32| assert!(task != 7, "provoked in task {task}");
            parallel::for_each(&call.pulse, (0..64).collect::<Vec<u32>>(), fail_at).await
        }
        "out-of-memory" => {
            // As much as there may be in all, in parts that an allocation may have.
            let parts: Vec<Vec<u8>> = (0..8).map(|_| black_box(Vec::with_capacity(1 << 29))).collect();
            Err(UmapError::parameter("failure", "a memory of less than 4 GiB", parts.len()))
        }
        // What stays between calls, and whether it is there.
        "keep" => {
            call.keep("kept");
            Ok(())
        }
        "recall" => {
            let lost = || UmapError::InstanceLost(format!("there is no resident {}", call.resident));
            residents::get::<&str>(call.resident).map(drop).ok_or_else(lost)
        }
        other => Err(UmapError::parameter("failure", "panic, panic-in-pool, out-of-memory, keep or recall", other)),
    }
}
