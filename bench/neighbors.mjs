/**
 * Nearest neighbours alone: this package beside pynndescent with the parameters that umap-learn gives it.
 * Flags and results: README.md.
 *
 *   node bench/neighbors.mjs --dataset glove --repeats 3 [--only umap-wasm]
 */
import { comparison } from "./comparison.mjs";
import { KNN_PROGRAMS } from "./programs.mjs";

await comparison({
  registry: KNN_PROGRAMS,
  choose: () => ({ programs: Object.keys(KNN_PROGRAMS), suffix: "neighbors" }),
  notes: ["Time: the search alone after a small warm-up search, input in memory; umap-wasm-1 runs on one thread."],
});
