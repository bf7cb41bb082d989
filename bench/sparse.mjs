/**
 * Sparse rows like those of TF-IDF (columns by Zipf's law, `--entries` a row) by cosine: this package beside umap-learn.
 *
 *   node bench/sparse.mjs --rows 10000 --cols 20000 --entries 100 [--only umap-wasm]
 *
 * Recall: of 500 rows, the share of the 15 neighbours that are no farther than the 15th by all pairs.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { nearestNeighbors, UMAP } from "umap-wasm";
import { python } from "./python.mjs";

const K = 15;
const { values } = parseArgs({
  options: {
    rows: { type: "string", default: "10000" },
    cols: { type: "string", default: "20000" },
    entries: { type: "string", default: "100" },
    topics: { type: "string", default: "50" },
    fit: { type: "boolean", default: true },
    only: { type: "string" },
  },
});
const [rows, cols, entries, topics] = ["rows", "cols", "entries", "topics"].map((name) => Number(values[name]));
const points = documents();
const known = truth();
if (values.only !== "umap-learn") console.log("umap-wasm ", JSON.stringify(await ours()));
if (values.only !== "umap-wasm") console.log("umap-learn", JSON.stringify(theirs()));

/** xorshift, so that the data are the same everywhere. */
function randoms(seed) {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** Two thirds of a document's words are its topic's, the others anybody's; weights are counts times the rarity of the word. */
function documents() {
  const random = randoms(20261127);
  const zipf = () => Math.min(cols - 1, Math.floor(cols ** random()) - 1);
  const words = Array.from({ length: topics }, () =>
    Array.from({ length: 4 * entries }, () => Math.floor(random() * cols)),
  );
  const indptr = new Int32Array(rows + 1);
  const [indices, data] = [[], []];
  for (let row = 0; row < rows; row++) {
    const own = words[row % topics];
    const counts = new Map();
    while (counts.size < entries) {
      const word = random() < 0.66 ? own[Math.floor(own.length * random() ** 2)] : Math.max(0, zipf());
      counts.set(word, (counts.get(word) ?? 0) + 1);
    }
    for (const word of [...counts.keys()].sort((a, b) => a - b)) {
      indices.push(word);
      data.push(counts.get(word) * Math.log(1 + word));
    }
    indptr[row + 1] = indices.length;
  }
  return { indptr, indices: Int32Array.from(indices), data: Float32Array.from(data), rows, cols };
}

/** Of some rows, how far the K-th nearest is, by all pairs in 64 bits. */
function truth() {
  const { indptr, indices, data } = points;
  const norms = Array.from({ length: rows }, (_, row) => Math.hypot(...data.subarray(indptr[row], indptr[row + 1])));
  const sample = Array.from({ length: Math.min(500, rows) }, (_, i) => Math.floor((i * rows) / Math.min(500, rows)));
  const spread = new Float64Array(cols);
  const distances = (row) => {
    for (let at = indptr[row]; at < indptr[row + 1]; at++) spread[indices[at]] = data[at];
    const all = new Float64Array(rows);
    for (let other = 0; other < rows; other++) {
      let dot = 0;
      for (let at = indptr[other]; at < indptr[other + 1]; at++) dot += data[at] * spread[indices[at]];
      all[other] = 1 - dot / (norms[row] * norms[other]);
    }
    for (let at = indptr[row]; at < indptr[row + 1]; at++) spread[indices[at]] = 0;
    return all;
  };
  return sample.map((row) => ({ row, limit: distances(row).sort()[K - 1] + 1e-6 }));
}

async function ours() {
  const timed = async (work) => {
    const start = performance.now();
    const result = await work();
    return [(performance.now() - start) / 1000, result];
  };
  const small = { ...points, indptr: points.indptr.slice(0, 501), rows: 500 };
  const end = small.indptr[500];
  await nearestNeighbors(
    { ...small, indices: points.indices.slice(0, end), data: points.data.slice(0, end) },
    { metric: "cosine" },
  );
  const [search, knn] = await timed(() => nearestNeighbors(points, { k: K, metric: "cosine" }));
  const hits = known.map(
    ({ row, limit }) => knn.distances.subarray(row * K, (row + 1) * K).filter((d) => d <= limit).length,
  );
  const recall = hits.reduce((sum, x) => sum + x, 0) / (K * known.length);
  const found = { search, recall, method: knn.method };
  if (!values.fit) return found;
  const umap = new UMAP({ nNeighbors: K, metric: "cosine" });
  const [fit] = await timed(() => umap.fit(points));
  return {
    ...found,
    fit,
    wasmMiB: Math.round(umap.diagnostics.wasmMemoryBytes / 2 ** 20),
    init: umap.diagnostics.init,
  };
}

function theirs() {
  const folder = mkdtempSync(join(tmpdir(), "sparse-"));
  try {
    const { indptr, indices, data } = points;
    for (const [name, array] of Object.entries({ "indptr.i32": indptr, "indices.i32": indices, "data.f32": data })) {
      writeFileSync(join(folder, name), array);
    }
    writeFileSync(join(folder, "shape.json"), JSON.stringify([rows, cols]));
    const script = join(dirname(fileURLToPath(import.meta.url)), "peers", "umap_learn_sparse.py");
    return JSON.parse(execFileSync(python(), ["-W", "ignore", script, folder], { encoding: "utf8" }));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
