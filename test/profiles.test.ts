/** The profile for development gives the bits of the one that ships, to which other tests hold the same hashes. */
import { existsSync } from "node:fs";
import { configure, UMAP } from "umap-wasm";
import { expect, it } from "vitest";
import { bits, blobs, target } from "./data.js";
import fits from "./fixtures/bits.json" with { type: "json" };

/** Made by `npm test` without names and by `npm run check`. */
const FAST = new URL("../target/compared/umap_wasm_bg.wasm", import.meta.url);
const small = Object.entries(fits).filter(([, { rows }]) => rows <= 2000);

(existsSync(FAST) || process.env.CI ? it : it.skip).each(small)("%s", async (_, { rows, cols, options, hash }) => {
  configure({ backend: "single", wasmUrl: { single: FAST } });
  const given = JSON.parse(options);
  const umap = new UMAP(given);
  const { data } = await umap.fitTransform(blobs(rows, cols), { target: target(given, rows) });
  await umap.dispose();
  expect(bits(data)).toBe(hash);
});
