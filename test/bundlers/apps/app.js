/** What every bundler bundles: a small fit, and the hash of its coordinates. */
import { UMAP } from "umap-wasm";

async function embed() {
  const rows = Array.from({ length: 300 }, (_, i) => Array.from({ length: 8 }, (_, j) => (i * (j + 3) * 7919) % 1009));
  // With threads wherever they can be.
  const umap = new UMAP({ nEpochs: 50, nThreads: 2 });
  const { data } = await umap.fitTransform(rows);
  const hash = new Uint32Array(data.buffer).reduce((hash, word) => Math.imul(hash ^ word, 0x01000193) >>> 0, 0);
  return { hash, backend: umap.diagnostics.backend };
}

globalThis.found = embed().catch(({ name, code, message }) => ({ name, code, message }));
