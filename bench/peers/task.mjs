// What every program in JavaScript here shares: one task in a process of its own, timed, with one line of JSON at the end.
//
//   node <program>.mjs --points points.bin --dtype uint8 --rows 70000 --cols 784 --metric euclidean --threads 2
//                      --seed 1 --out result [--knn-only] [--epochs 200] [--store int8]
//
// result.npy is the embedding, result.knn.npy the neighbours (the point itself among them). task.py is the same in Python.
import { readFileSync } from "node:fs";
import { flags } from "../flags.mjs";
import { writeNpy } from "../npy.mjs";
import { peakMib } from "./peak.mjs";

/** Neighbours per point, the point itself counted: the default of every program here. */
export const K = 15;
const ELEMENTS = { uint8: Uint8Array, float32: Float32Array };

const values = flags({
  points: "",
  dtype: "float32",
  rows: "",
  cols: "",
  metric: "euclidean",
  threads: "1",
  seed: "42",
  out: "",
  "knn-only": false,
  epochs: "",
  store: "",
  package: "",
  method: "",
});

export const task = {
  rows: Number(values.rows),
  cols: Number(values.cols),
  metric: values.metric,
  threads: Number(values.threads),
  seed: Number(values.seed),
  knnOnly: values["knn-only"],
  epochs: values.epochs === "" ? undefined : Number(values.epochs),
  store: values.store === "" ? undefined : values.store,
  package: values.package,
  method: values.method,
};

/** The points as they are stored. */
export function readPoints() {
  const bytes = readFileSync(values.points);
  return new ELEMENTS[values.dtype](bytes.buffer, bytes.byteOffset, task.rows * task.cols);
}

/** Points as rows of numbers. */
export function rowsOf(data) {
  return Array.from({ length: task.rows }, (_, row) =>
    Array.from(data.subarray(row * task.cols, (row + 1) * task.cols)),
  );
}

/** Seconds that some work takes, with its result. */
export async function timed(work) {
  const started = performance.now();
  const result = await work();
  return { result, seconds: (performance.now() - started) / 1000 };
}

/** `facts`: seconds, stages (seconds by their names), versions and what else is worth keeping. */
export function report({ embedding, knn, ...facts }) {
  // Before the results are written: copies of them are not the program's memory.
  const peak_mib = peakMib();
  if (embedding) writeNpy(`${values.out}.npy`, { data: embedding, rows: task.rows, cols: 2 });
  if (knn) writeNpy(`${values.out}.knn.npy`, { data: knn, rows: task.rows, cols: knn.length / task.rows });
  console.log(JSON.stringify({ peak_mib, ...facts }));
}
