// Milliseconds from abort() to the rejection, in every stage and both builds: `node bench/abort.mjs [rows]`.
// Synthetic points of MNIST's shape and sparsity. On an idle machine; the promise is LIMIT.
import { availableParallelism } from "node:os";
import { configure, evaluate, nearestNeighbors, UMAP } from "umap-wasm";

const LIMIT = 100;
const ROWS = Number(process.argv[2] ?? 70_000);
const COLS = 784;
/** How far into a stage, and how long after the report that says so, so that no phase of a slice is favoured. */
const MOMENTS = [0, 0.1, 0.3, 0.5, 0.7, 0.9].map((fraction, i) => ({ fraction, delay: (i * 11) % 40 }));

const points = { data: digits(ROWS, COLS), rows: ROWS, cols: COLS };

/** Ten classes; a fifth of the pixels of each is inked, with noise. */
function digits(rows, cols) {
  const data = new Uint8Array(rows * cols);
  let state = 1;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const ink = Array.from({ length: 10 * cols }, () => (random() < 0.2 ? 60 + 180 * random() : 0));
  for (let at = 0; at < data.length; at++) {
    const mean = ink[(Math.floor(at / cols) % 10) * cols + (at % cols)];
    data[at] = mean === 0 ? 0 : Math.min(255, Math.max(0, mean + 160 * (random() - 0.5)));
  }
  return data;
}

async function measure(stage, work, { fraction, delay }) {
  const controller = new AbortController();
  let aborted;
  const onProgress = (progress) => {
    if (aborted !== undefined || progress.stage !== stage || progress.fraction < fraction) return;
    aborted = Number.POSITIVE_INFINITY;
    setTimeout(() => {
      aborted = performance.now();
      controller.abort();
    }, delay);
  };
  const error = await work({ signal: controller.signal, onProgress }).catch((thrown) => thrown);
  // A stage may end before the moment comes.
  if (error?.code === "cancelled") return performance.now() - aborted;
  if (error instanceof Error) throw error;
  return undefined;
}

console.log(
  `${ROWS} x ${COLS}, Node ${process.versions.node}, ${availableParallelism()} processors; milliseconds, limit ${LIMIT}\n`,
);
console.log("| build | stage | aborts | median | greatest | |\n| --- | --- | ---: | ---: | ---: | --- |");
configure({ backend: "threads" });
const precomputedKnn = await nearestNeighbors(points);
const embedding = { data: new Float32Array(ROWS * 2).map((_, i) => (i * 7919) % 1009), rows: ROWS, cols: 2 };
const given = (options) => (call) => new UMAP({ precomputedKnn, ...options }).fit(points, call);
const STAGES = [
  ["points", "", (call) => nearestNeighbors(points, call)],
  ["knn", "approximate", (call) => nearestNeighbors(points, call)],
  // As many rows as are still compared each with each.
  [
    "knn",
    "exact",
    (call) => nearestNeighbors({ data: points.data.subarray(0, 3200 * COLS), rows: 3200, cols: COLS }, call),
  ],
  ["fuzzy", "", given({})],
  ["init", "spectral", given({})],
  ["init", "pca", given({ init: "pca" })],
  ["optimize", "", given({})],
  ["evaluate", "", (call) => evaluate(points, embedding, call)],
];
for (const backend of ["threads", "single"]) {
  configure({ backend });
  for (const [stage, how, work] of STAGES) {
    const all = [];
    for (const moment of MOMENTS) all.push(await measure(stage, work, moment));
    const times = all.filter((ms) => ms !== undefined).sort((a, b) => a - b);
    const cells = [times[times.length >> 1], times.at(-1)].map((ms) => ms?.toFixed(0) ?? "-");
    const verdict = (times.at(-1) ?? 0) <= LIMIT ? "ok" : "**too long**";
    console.log(`| ${backend} | ${stage} ${how} | ${times.length} | ${cells.join(" | ")} | ${verdict} |`);
  }
}
