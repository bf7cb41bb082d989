// Runs programs in turns on points that lie on disk, and has their results scored.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { ALL_DATASETS, head, loadDataset } from "../datasets/index.mjs";
import { oneOf, wholeNumber } from "./flags.mjs";
import { bytesOf } from "./npy.mjs";
import { peer } from "./programs.mjs";
import { python } from "./python.mjs";

const CACHE = join(dirname(fileURLToPath(import.meta.url)), "..", ".cache", "bench");

/** Builds this package first, unless told that it is built. */
export async function buildFirst(wanted) {
  if (!wanted) return;
  const { build } = await import("../scripts/build.mjs");
  await build();
}

/** A data set by the texts of --dataset and --rows. */
export function chosenDataset(name, rows) {
  const dataset = loadDataset(oneOf("dataset", name, ALL_DATASETS));
  if (rows === "") return dataset;
  const count = wholeNumber("rows", rows);
  if (count > dataset.rows) throw new Error(`--rows ${rows}: expected at most ${dataset.rows}, the rows of ${name}`);
  return head(dataset, count);
}

/** Every so many rows of a data set apart from the rest. */
export function otherRows({ data, rows, cols, labels: _, ...dataset }, every) {
  const isAsked = (row) => row % every === every >> 1;
  const numbers = Array.from({ length: rows }, (_, row) => row);
  const of = (chosen) => {
    const some = new data.constructor(chosen.length * cols);
    for (const [at, row] of chosen.entries()) some.set(data.subarray(row * cols, (row + 1) * cols), at * cols);
    return { ...dataset, data: some, rows: chosen.length, cols };
  };
  return { rows: of(numbers.filter((row) => !isAsked(row))), asked: of(numbers.filter(isAsked)) };
}

/** The `k` nearest rows of each row asked for, row after row. */
export function truthOnDisk(values, out) {
  const child = spawnSync(python(), [peer("index_truth.py"), ...asArguments({ ...values, out })], { stdio: "inherit" });
  if (child.status !== 0) throw new Error(`index_truth.py ended with ${child.signal ?? `code ${child.status}`}`);
  const bytes = readFileSync(out);
  return new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
}

/**
 * Writes the points, and rows that are asked for, where all programs read them. `folder` also takes the results, until the
 * next call of that name.
 */
export function pointsOnDisk(name, { data, rows, cols, metric, labels }, asked) {
  const folder = join(CACHE, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const [points, labelFile] = [join(folder, "points.bin"), join(folder, "labels.bin")];
  writeFileSync(points, bytesOf(data));
  if (labels) writeFileSync(labelFile, bytesOf(labels));
  const queries = join(folder, "queries.bin");
  if (asked) writeFileSync(queries, bytesOf(asked.data));
  const dtype = data instanceof Uint8Array ? "uint8" : "float32";
  return { folder, points: { points, dtype, rows, cols, metric }, labels: labels && labelFile, queries };
}

const asArguments = (values) =>
  Object.entries(values).flatMap(([name, value]) => (value === true ? [`--${name}`] : [`--${name}`, String(value)]));

/** One run in a process of its own: the facts that it prints, or `failed`, the reason why there are none. */
function runOnce({ command: [file, first], extra }, values, limitSeconds) {
  const load = loadavg()[0];
  const started = performance.now();
  const child = spawnSync(file, [...first, ...asArguments({ ...values, ...extra })], {
    encoding: "utf8",
    timeout: limitSeconds * 1000,
    killSignal: "SIGKILL",
    maxBuffer: 1 << 26,
  });
  const facts = child.stdout?.split("\n").findLast((line) => line.startsWith("{"));
  if (child.status === 0 && facts) return { load, ...JSON.parse(facts) };
  const took = (performance.now() - started) / 1000;
  return { load, failed: reason(child, limitSeconds), failed_after: took };
}

function reason({ error, status, signal, stderr }, limitSeconds) {
  if (error?.code === "ETIMEDOUT") return `more than ${limitSeconds} s`;
  if (error) return error.message;
  if (status === 0) return "expected a line of JSON, there was none";
  const lines = `${stderr ?? ""}`.split("\n");
  const telling = lines.filter((line) => /out of memory|heap limit|MemoryError|RuntimeError|Error:/.test(line));
  const ended = signal ? `ended by ${signal}` : `exit code ${status}`;
  // A promise that never settles ends Node with 13, and the kernel ends what takes the last memory with SIGKILL.
  const hint = { 13: "never finished", SIGKILL: "out of memory?" }[signal ?? status] ?? "";
  return [ended, telling[0]?.trim() || hint].filter(Boolean).join(": ").slice(0, 200);
}

/** Runs programs in turns; `repeats` has how often each. Calls `save(runs)` after every run. */
export function interleaved({ programs, repeats, values, folder, limit }, save) {
  const runs = [];
  const names = Object.keys(programs);
  for (let repeat = 1; repeat <= Math.max(...names.map((name) => repeats[name])); repeat++) {
    for (const program of names.filter((name) => repeat <= repeats[name])) {
      const out = join(folder, `${program}-${repeat}`);
      const run = runOnce(programs[program], { ...values, seed: repeat, out }, limit);
      const said = run.failed ?? `${run.seconds.toFixed(2)} s, ${Math.round(run.peak_mib)} MiB`;
      console.error(`${program} ${repeat}/${repeats[program]}: ${said}`);
      runs.push({ program, repeat, out, ...run });
      save(runs);
    }
  }
  return runs;
}

/** The runs with what score.py says of those that have results. */
export function scored({ points, labels }, runs, sample) {
  const done = runs.filter((run) => !run.failed);
  if (done.length === 0) return runs;
  if (!existsSync(points.points)) throw new Error(`${points.points} is not there: expected it from the measured runs`);
  const flags = asArguments({ ...points, sample, ...(labels && { labels }) });
  const child = spawnSync(python(), [peer("score.py"), ...flags, ...done.map((run) => run.out)], {
    encoding: "utf8",
    maxBuffer: 1 << 26,
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (child.status !== 0) throw new Error(`score.py ended with ${child.signal ?? `code ${child.status}`}`);
  const scores = child.stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  return runs.map((run) => ({ ...run, ...scores.find(({ result }) => result === run.out) }));
}
