/** Points for tests, the same everywhere: 32-bit integers of a small generator, no platform's sin or random. */
export function points(rows, cols, seed = 1) {
  let state = seed >>> 0;
  const data = Float32Array.from({ length: rows * cols }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 8) / 2 ** 24 - 0.5;
  });
  return { data, rows, cols };
}

/** The same points as rows of numbers. */
export function nested({ data, rows, cols }) {
  return Array.from({ length: rows }, (_, row) => Array.from(data.subarray(row * cols, (row + 1) * cols)));
}

/** An integer's hash (lowbias32), as umap_core::random::h32. */
function h32(x) {
  let h = x >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x7feb352d);
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Twelve clusters of points that are no integers: what crates/umap-core/tests/bits.rs makes. */
export function blobs(rows, cols) {
  const uniform = (x) => h32(x) / 2 ** 32;
  const value = (i, j) => uniform((i % 12) * 1000 + j) * 4 + uniform(1_000_000 + i * cols + j) * 1.7;
  return {
    data: Float32Array.from({ length: rows * cols }, (_, at) => value(Math.floor(at / cols), at % cols)),
    rows,
    cols,
  };
}

/**
 * Of fits whose options name a metric of targets: labels, a third of which is not known, or numbers; also there.
 * @param {{ targetMetric?: string }} options
 * @param {number} rows
 */
export function target({ targetMetric }, rows) {
  if (targetMetric === undefined) return undefined;
  if (targetMetric === "categorical") return Array.from({ length: rows }, (_, i) => (i % 3 ? i % 12 : null));
  return Float32Array.from({ length: rows }, (_, i) => h32(2_000_000 + i) / 2 ** 32);
}

/** FNV-1a in 64 bits over the bytes: equal for equal bits. */
export function bits(...arrays) {
  let hash = 0xcbf29ce484222325n;
  for (const { buffer, byteOffset, byteLength } of arrays) {
    for (const byte of new Uint8Array(buffer, byteOffset, byteLength)) {
      hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
    }
  }
  return hash.toString(16).padStart(16, "0");
}
