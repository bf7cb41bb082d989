// NumPy's .npy format (version 1.0, little-endian), so that one scorer reads every program's results.
import { readFileSync, writeFileSync } from "node:fs";

const TYPES = { "<f4": Float32Array, "<i4": Int32Array, "|u1": Uint8Array };

export function writeNpy(path, { data, rows, cols }) {
  const type = Object.keys(TYPES).find((type) => data instanceof TYPES[type]);
  const shape = `{'descr': '${type}', 'fortran_order': False, 'shape': (${rows}, ${cols}), }`;
  // Magic, version and length take 10 bytes; the header ends with a newline at a multiple of 64.
  const header = `${shape.padEnd(Math.ceil((shape.length + 11) / 64) * 64 - 11)}\n`;
  const length = Buffer.alloc(2);
  length.writeUInt16LE(header.length);
  const magic = Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]);
  writeFileSync(path, Buffer.concat([magic, length, Buffer.from(header, "latin1"), bytesOf(data)]));
}

/** A matrix in rows, as `writeNpy` and NumPy's `save` write it. */
export function readNpy(path) {
  const bytes = new Uint8Array(readFileSync(path));
  const start = 10 + bytes[8] + 256 * bytes[9];
  const header = Buffer.from(bytes.subarray(10, start)).toString("latin1");
  const [, type, rows, cols] = /'descr': '(...)', 'fortran_order': False, 'shape': \((\d+), (\d+)\)/.exec(header) ?? [];
  if (!TYPES[type]) throw new Error(`${path}: expected rows of ${Object.keys(TYPES).join(", ")}, got ${header.trim()}`);
  return { data: new TYPES[type](bytes.buffer, start), rows: Number(rows), cols: Number(cols) };
}

export const bytesOf = (array) => Buffer.from(array.buffer, array.byteOffset, array.byteLength);
