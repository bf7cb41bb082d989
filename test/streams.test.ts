/** Files that come as streams, which may be slow, silent, locked, or fail. */
import { openAsBlob } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AlignedUMAP, NeighborIndex, UMAP } from "umap-wasm";
import { ParametricUMAP } from "umap-wasm/parametric";
import { describe, expect, it, onTestFinished } from "vitest";

const loaders = { UMAP, AlignedUMAP, NeighborIndex, ParametricUMAP };

/** Bytes that are no file, one piece after the other, for ever; `cancelled` tells of the end. */
function damaged(milliseconds: number) {
  let cancelled = false;
  const stream = new ReadableStream<Uint8Array>({
    async pull(controller) {
      await new Promise((resolve) => setTimeout(resolve, milliseconds));
      if (!cancelled) controller.enqueue(new Uint8Array(200).fill(7));
    },
    cancel() {
      cancelled = true;
    },
  });
  return { stream, isCancelled: () => cancelled };
}

describe.each(Object.entries(loaders))("%s", (name, loader) => {
  const loaded = async (file: ReadableStream<Uint8Array> | Blob, call = {}) => (loader as typeof UMAP).load(file, call);

  // A rejection that nobody handles ends the process; Vitest reports it.
  it("rejects a damaged file that comes slowly, and reads no more of it", async () => {
    const { stream, isCancelled } = damaged(200);
    await expect(loaded(stream)).rejects.toMatchObject({ code: "malformed-file" });
    await expect.poll(isCancelled).toBe(true);
  });

  it("hears of an abort while the stream is silent, and cancels it", async () => {
    let cancelled = false;
    const silent = new ReadableStream<Uint8Array>({
      pull: () => new Promise(() => {}),
      cancel: () => {
        cancelled = true;
      },
    });
    const call = loaded(silent, { signal: AbortSignal.timeout(300) });
    await expect(call).rejects.toMatchObject({ code: "cancelled" });
    expect(cancelled).toBe(true);
  });

  it("rejects with what a stream fails with, and refuses one that is read elsewhere", async () => {
    const failure = new Error("the network is gone");
    const failing = new ReadableStream<Uint8Array>({ pull: () => Promise.reject(failure) });
    await expect(loaded(failing)).rejects.toBe(failure);
    const { stream } = damaged(0);
    stream.getReader();
    await expect(loaded(stream)).rejects.toMatchObject({ code: "invalid-parameter" });
  });

  it("refuses a buffer that was transferred elsewhere", async () => {
    const buffer = new ArrayBuffer(100);
    structuredClone(buffer, { transfer: [buffer] });
    await expect(loaded(buffer as never)).rejects.toMatchObject({ name: "UmapError" });
  });

  it("rejects a damaged file on the disk", async () => {
    const path = join(tmpdir(), `umap-wasm-damaged-${process.pid}-${name}`);
    await writeFile(path, new Uint8Array(5_000_000).fill(7));
    onTestFinished(() => rm(path));
    await expect(loaded(await openAsBlob(path))).rejects.toMatchObject({ code: "malformed-file" });
  });
});
