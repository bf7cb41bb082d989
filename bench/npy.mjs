// NumPy's .npy format (version 1.0, little-endian), so that one scorer reads every program's results.
import { writeFileSync } from "node:fs";

export function writeNpy(path, { data, rows, cols }) {
  const type = data instanceof Int32Array ? "<i4" : "<f4";
  const shape = `{'descr': '${type}', 'fortran_order': False, 'shape': (${rows}, ${cols}), }`;
  // Magic, version and length take 10 bytes; the header ends with a newline at a multiple of 64.
  const header = `${shape.padEnd(Math.ceil((shape.length + 11) / 64) * 64 - 11)}\n`;
  const length = Buffer.alloc(2);
  length.writeUInt16LE(header.length);
  const magic = Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]);
  writeFileSync(path, Buffer.concat([magic, length, Buffer.from(header, "latin1"), bytesOf(data)]));
}

export const bytesOf = (array) => Buffer.from(array.buffer, array.byteOffset, array.byteLength);
