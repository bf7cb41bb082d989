/** Files of models, on their way to the module. */
import { described, nameOf } from "./describe.js";
import { UmapError } from "./errors.js";
import type { Piece } from "./protocol.js";
import { arraySource, type Source } from "./sources.js";

/** What a saved model can come from. */
export type ModelFile = Uint8Array | ArrayBuffer | Blob | ReadableStream<Uint8Array>;

export function fileSource(file: ModelFile): Source {
  switch (nameOf(file)) {
    case "Uint8Array":
      return arraySource("file", file as Uint8Array);
    case "ArrayBuffer":
      return arraySource("file", bytesOf(file as ArrayBuffer));
    case "Blob":
    case "File":
      return streamSource((file as Blob).stream());
    case "ReadableStream":
      return streamSource(file as ReadableStream<Uint8Array>);
    default: {
      const expected = "a Uint8Array, ArrayBuffer, Blob or ReadableStream";
      const got = described(file) + instead(file);
      throw new UmapError("invalid-parameter", `file: expected ${expected}, got ${got}`);
    }
  }
}

function bytesOf(file: ArrayBuffer): Uint8Array {
  try {
    return new Uint8Array(file);
  } catch (cause) {
    const message = "file: expected an ArrayBuffer with bytes, got one that is detached: it was transferred elsewhere";
    throw new UmapError("invalid-parameter", message, { cause });
  }
}

/** How what came could become a file. */
function instead(file: unknown): string {
  if (typeof file === "string" || nameOf(file) === "URL") return ": read the file first, or fetch it";
  if (nameOf(file) === "Response") return ": pass its body";
  if (nameOf(file) === "Promise") return ": await it first";
  return "";
}

/** How much will come is not known, so the progress of reading stays at 0 until all has come. */
function streamSource(stream: ReadableStream<Uint8Array>): Source {
  if (stream.locked) {
    throw new UmapError("invalid-parameter", "file: expected a stream that nobody reads, got one that is locked");
  }
  return { dtype: "u8", count: Number.POSITIVE_INFINITY, pieces: () => piecesOf(stream.getReader()) };
}

/** Not a generator, whose `return` would wait for a read that waits. */
function piecesOf(reader: ReadableStreamDefaultReader<Uint8Array>): AsyncIterator<Piece, void, Piece | undefined> {
  return {
    async next() {
      const { value, done } = await reader.read();
      if (done) return { done: true, value: undefined };
      if (nameOf(value) !== "Uint8Array") {
        throw new UmapError("invalid-parameter", `file: expected a stream of Uint8Array, got ${described(value)}`);
      }
      // A copy: the stream may own what it gave.
      return { done: false, value: new Uint8Array(value) };
    },
    async return() {
      // Of a load that failed the rest is not wanted.
      await reader.cancel().catch(() => {});
      return { done: true, value: undefined };
    },
  };
}
