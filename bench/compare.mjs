/**
 * `npm run bench`: this package beside others on real and made data: time, memory, quality. Each fit runs in a process of
 * its own, the programs take turns, one scorer judges every result on the same rows. Flags and results: README.md.
 *
 *   node bench/compare.mjs --dataset mnist --peers --repeats 3 --repeats-of embedding-atlas=1,umap-js=1
 */
import { comparison } from "./comparison.mjs";
import { PEERS, PROGRAMS, STORES } from "./programs.mjs";

await comparison({
  registry: PROGRAMS,
  defaults: { peers: false, stores: false },
  choose: ({ peers, stores }) => {
    if (peers && stores) throw new Error("--peers and --stores: expected one of them");
    if (stores) return { programs: STORES, suffix: "stores" };
    return { programs: peers ? PEERS : ["umap-wasm", "umap-learn"], suffix: "" };
  },
  notes: [
    "Time: the fit alone after a small warm-up fit, input in memory; umap-wasm-1, embedding-atlas and umap-js run on one thread.",
  ],
});
