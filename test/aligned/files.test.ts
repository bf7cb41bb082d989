/** Files of aligned models that somebody changed, with a checksum that fits. */
import { crc32 } from "node:zlib";
import { AlignedUMAP } from "umap-wasm";
import { expect, it } from "vitest";
import { embed, first, ids } from "./slices.js";

const latin = new TextDecoder("latin1");

/** The file with other ids, and the checksum of that. */
function withIds(file: Uint8Array, before: string, after: string): Uint8Array {
  const text = latin.decode(file);
  const changed = Uint8Array.from(file);
  changed.set(new TextEncoder().encode(after.padEnd(before.length)), text.indexOf(before));
  const digits = text.indexOf('"crc32":"') + 9;
  const put = (checksum: string) => changed.set(new TextEncoder().encode(checksum), digits);
  put("00000000");
  put(crc32(changed).toString(16).padStart(8, "0"));
  return changed;
}

it("ids that no fit can have had are refused as a malformed file", async () => {
  await using aligned = await embed({ nEpochs: 20 }, { ids: ids.slice(0, 3) }, first);
  const file = await aligned.save();
  const saved = latin.decode(file).match(/\[\["row.*"\]\]/)?.[0] ?? "";
  await using again = await AlignedUMAP.load(withIds(file, saved, saved));
  expect(again.embeddings.length).toBe(3);
  for (const wrong of [
    "[null]",
    '{"__proto__":1}',
    "[]",
    "7",
    saved.replace(/"row \d+"/, (id) => "null".padEnd(id.length)),
  ]) {
    const load = AlignedUMAP.load(withIds(file, saved, wrong));
    await expect(load).rejects.toMatchObject({ code: "malformed-file", message: expect.stringContaining("ids: ") });
  }
});
