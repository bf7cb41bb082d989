// Recall of nearestNeighbors against an exact search written in plain JavaScript, which shares no code with ours:
//
//   node bench/recall.mjs [--dataset mnist] [--rows 1000] [--k 15] [--threads 2]
//
// k counts the point itself, as everywhere; the recall is that of the others. A neighbour counts as found if it is no
// farther than the farthest true one, so ties do not matter. MNIST takes about a minute, nearly all for the exact search.
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { nearestNeighbors } from "umap-wasm";
import { loadDataset } from "./datasets.mjs";

const { values } = parseArgs({
  options: {
    dataset: { type: "string", default: "mnist" },
    rows: { type: "string", default: "1000" },
    k: { type: "string", default: "15" },
    threads: { type: "string", default: String(availableParallelism()) },
  },
});
const [sample, k, nThreads] = [values.rows, values.k, values.threads].map(Number);
const { data, rows, cols } = loadDataset(values.dataset);

const started = performance.now();
const found = await nearestNeighbors({ data, rows, cols }, { k, nThreads, forceApproximation: true });
const seconds = (performance.now() - started) / 1000;

function squaredDistance(i, j) {
  let sum = 0;
  for (let a = i * cols, b = j * cols, end = a + cols; a < end; a++, b++) sum += (data[a] - data[b]) ** 2;
  return sum;
}

/** Distance of the last of the k - 1 nearest others of a row. */
function farthestTrue(row) {
  const distances = Float64Array.from({ length: rows }, (_, other) =>
    other === row ? Number.POSITIVE_INFINITY : squaredDistance(row, other),
  );
  return distances.sort()[k - 2];
}

let hits = 0;
for (let at = 0; at < sample; at++) {
  const row = Math.floor((at * rows) / sample);
  const limit = farthestTrue(row);
  const others = found.indices.subarray(row * k + 1, (row + 1) * k);
  hits += others.filter((other) => squaredDistance(row, other) <= limit).length;
}
console.log(`${values.dataset}: ${rows} x ${cols}, k = ${k}, ${nThreads} threads, Node ${process.versions.node}`);
console.log(`${seconds.toFixed(2)} s, recall ${(hits / (sample * (k - 1))).toFixed(4)} on ${sample} rows`);
console.log(`the package's own estimate: ${found.recall.toFixed(4)}`);
