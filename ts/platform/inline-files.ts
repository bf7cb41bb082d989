/** The package's files as parts of its scripts, for bundlers that copy none. A module is a script that is loaded with it. */
import type { PackageFiles } from "./platform.js";

/** `relaxed` is left out: `threads` serves all engines, with the same results. */
export const inlineModules: PackageFiles["modules"] = {
  threads: () => threads,
  single: () => single,
};

export const inlineParametricModules: PackageFiles["modules"] = {
  "parametric-threads": () => parametricThreads,
  "parametric-single": () => parametricSingle,
};

// Functions with a name each: a module is compiled once for a source.
const threads = () => unpacked(import("umap-wasm/data/threads"));
const single = () => unpacked(import("umap-wasm/data/single"));
const parametricThreads = () => unpacked(import("umap-wasm/data/parametric-threads"));
const parametricSingle = () => unpacked(import("umap-wasm/data/parametric-single"));

/** What the build writes into data/: a module, compressed by gzip, in base64. */
async function unpacked(script: Promise<{ default: string }>): Promise<Uint8Array<ArrayBuffer>> {
  const packed = Uint8Array.from(atob((await script).default), (character) => character.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
