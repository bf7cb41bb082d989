/** A model that native Rust saved (crates/umap-core/tests/model.rs), and new points for it. */
import { readFileSync } from "node:fs";
import json from "./fixtures/model-v1.json" with { type: "json" };

export const golden = {
  file: new Uint8Array(readFileSync(new URL("./fixtures/model-v1.umap", import.meta.url))),
  asked: json.asked,
  places: json.places,
};
