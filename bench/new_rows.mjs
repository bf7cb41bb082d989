// What the benchmarks of new rows share: parts of a data set, times of calls, umap-learn's side, accuracy.
import { execFileSync, spawnSync } from "node:child_process";
import { join } from "node:path";
import { writeNpy } from "./npy.mjs";
import { peer } from "./programs.mjs";
import { python } from "./python.mjs";
import { median } from "./table.mjs";

export const part = ({ data, cols }, from, to) => ({
  data: data.subarray(from * cols, to * cols),
  rows: to - from,
  cols,
});

export async function timed(work) {
  const started = performance.now();
  const result = await work();
  return { result, ms: performance.now() - started };
}

/** `count` calls in turn: the median of their milliseconds, and the last result. */
export async function repeated(count, work) {
  const runs = [];
  for (let call = 0; call < count; call++) runs.push(await timed(() => work(call)));
  return { ms: median(runs.map(({ ms }) => ms)), result: runs.at(-1).result };
}

/** The facts that a program in peers/ prints in the end, of options and of files whose names follow them. */
export function runPeer(file, values, files = []) {
  const args = Object.entries(values).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const child = spawnSync(python(), [peer(file), ...args, ...files], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (child.status !== 0) throw new Error(`${file} ended with ${child.signal ?? child.status}`);
  return JSON.parse(child.stdout.trim().split("\n").at(-1));
}

/**
 * Models with the accuracy of labels around the new rows, by scikit-learn for all. Those of peers have their results in files
 * that begin with `out`, ours in `fit` and `places`.
 */
export function withAccuracy(models, { folder, labels }) {
  const files = models.flatMap(({ out, fit, places }, at) => {
    if (out) return [`${out}.fit.npy`, `${out}.npy`];
    return [
      ["fit", fit],
      ["places", places],
    ].map(([what, data]) => {
      const path = join(folder, `ours-${at}.${what}.npy`);
      writeNpy(path, { data, rows: data.length / 2, cols: 2 });
      return path;
    });
  });
  const found = JSON.parse(execFileSync(python(), [peer("score_places.py"), labels, ...files], { encoding: "utf8" }));
  return models.map(({ fit, places, ...model }, at) => ({ ...model, accuracy: found[at] }));
}
