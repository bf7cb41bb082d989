/** Which build runs, where nothing runs or stays yet: a pool that is there would serve few points too. */

import { configure, UMAP } from "umap-wasm";
import { expect, it } from "vitest";
import { blobs } from "./data.js";

it("says why a build ran for each call, also on an engine that another call started", async () => {
  const few = blobs(300, 5);
  configure({ backend: "single" });
  const configured = await new UMAP({ nEpochs: 5 }).fit(few);
  configure({ backend: "auto" });
  const chosen = await new UMAP({ nEpochs: 5 }).fit(few);
  expect(configured.diagnostics).toMatchObject({ backend: "single", backendReason: "configured", threads: 1 });
  expect(chosen.diagnostics).toMatchObject({ backend: "single", backendReason: expect.stringContaining("few points") });
});
