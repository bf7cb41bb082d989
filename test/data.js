/** Points for tests, the same everywhere: 32-bit integers of a small generator, no platform's sin or random. */
export function points(rows, cols, seed = 1) {
  let state = seed >>> 0;
  const data = Float32Array.from({ length: rows * cols }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 8) / 2 ** 24 - 0.5;
  });
  return { data, rows, cols };
}

/** FNV-1a over the bytes: equal for equal bits. */
export function bits(...arrays) {
  let hash = 0x811c9dc5;
  for (const { buffer, byteOffset, byteLength } of arrays) {
    for (const byte of new Uint8Array(buffer, byteOffset, byteLength)) hash = Math.imul(hash ^ byte, 0x01000193);
  }
  return (hash >>> 0).toString(16);
}
