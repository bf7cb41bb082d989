/**
 * Search indexes: time to build, and queries per second against recall, of this package, pynndescent and hnswlib.
 * Every so many rows (`--every`) are asked for and not in the index. Writes results/<dataset>-index.md.
 *
 *   node bench/index.mjs --dataset glove --repeats 3 [--only umap-wasm,hnswlib]
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { main } from "../scripts/run.mjs";
import { flags, someOf, wholeNumber } from "./flags.mjs";
import { buildFirst, chosenDataset, interleaved, otherRows, pointsOnDisk, truthOnDisk } from "./measure.mjs";
import { INDEX_PROGRAMS, ready } from "./programs.mjs";
import { circumstances, header, save } from "./record.mjs";
import { heading, line, median } from "./table.mjs";

const RECALL = 0.95;

/** Share of the true neighbours in what a run found with an effort. */
function recall(out, effort, truth, k) {
  const bytes = readFileSync(`${out}.${effort}.i32`);
  const found = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  let hits = 0;
  for (let at = 0; at < found.length; at += k) {
    const of = new Set(truth.subarray(at, at + k));
    hits += found.subarray(at, at + k).filter((row) => of.has(row)).length;
  }
  return hits / found.length;
}

/** Of a program: medians over its runs of each point of its curve. */
function curveOf(runs) {
  return runs[0].curve.map(({ effort }, at) => ({
    effort,
    recall: median(runs.map((run) => run.curve[at].recall)),
    qps: median(runs.flatMap((run) => run.curve[at].qps)),
  }));
}

/** Queries per second at a recall: on the line between the two nearest points, of the logarithm over recall. */
function qpsAt(curve, wanted) {
  const at = curve.findIndex((point) => point.recall >= wanted);
  if (at < 0) return undefined;
  if (at === 0) return curve[0].qps;
  const [low, high] = [curve[at - 1], curve[at]];
  const part = (wanted - low.recall) / (high.recall - low.recall);
  return Math.exp(Math.log(low.qps) * (1 - part) + Math.log(high.qps) * part);
}

function report({ circumstances, dataset, queries, k, programs, runs }) {
  const of = (program) => runs.filter((run) => run.program === program && !run.failed);
  const measured = programs.filter((program) => of(program).length > 0);
  const summary = measured.map((program) => {
    const build = median(of(program).map((run) => run.seconds));
    const peak = median(of(program).map((run) => run.peak_mib));
    return [program, of(program).length, build.toFixed(1), Math.round(peak), qpsAt(curveOf(of(program)), RECALL)];
  });
  const single = measured.flatMap((program) => {
    const times = of(program).flatMap((run) => run.single_ms ?? []);
    return times.length > 0 ? [`${program} ${median(times).toFixed(2)} ms`] : [];
  });
  const versions = new Set(runs.flatMap((run) => run.versions ?? []));
  return [
    `# ${dataset.name}: an index of ${dataset.rows} x ${dataset.cols}, ${dataset.metric}, ${queries} rows asked for, k = ${k}`,
    "",
    ...header(circumstances),
    `- ${[...versions].join("; ")}`,
    "- `-1` runs on one thread, the others on two. Building: from the points to the first query, after the compilers have run; pynndescent is built with its default of 30 neighbours, pynndescent-15 with 15, which is ours; hnswlib with M = 16 and ef 200.",
    "- Queries in one batch; medians of all rounds. Recall: of the true neighbours, by comparing all in 64 bits.",
    ...(single.length > 0 ? [`- One row in a call of its own, default epsilon, median: ${single.join(", ")}.`] : []),
    "",
    ...heading(["program", "runs", "built in s", "peak MiB", `queries per second at recall ${RECALL}`]),
    ...summary.map(([name, count, build, peak, qps]) =>
      line([name, count, build, peak, qps ? Math.round(qps) : "not reached"]),
    ),
    ...runs.filter((run) => run.failed).map((run) => `\n${run.program}, run ${run.repeat}: ${run.failed}`),
    "",
    ...heading(["program", "epsilon, or ef", "recall", "queries per second"]),
    ...measured.flatMap((program) =>
      curveOf(of(program)).map(({ effort, recall, qps }) =>
        line([program, effort, recall.toFixed(4), Math.round(qps)]),
      ),
    ),
  ].join("\n");
}

await main(async () => {
  const all = Object.keys(INDEX_PROGRAMS);
  const defaults = { dataset: "glove", rows: "", repeats: "3", every: "170", k: "10", limit: "3600", only: "" };
  const given = flags({ ...defaults, "no-build": false });
  const programs = given.only ? someOf("only", given.only, all) : all;
  const [repeats, every, k, limit] = ["repeats", "every", "k", "limit"].map((name) => wholeNumber(name, given[name]));
  const chosen = ready(INDEX_PROGRAMS, programs);
  await buildFirst(!given["no-build"]);
  const name = [given.dataset, given.rows, "index", given.only && programs.join("+")].filter(Boolean).join("-");
  const { rows, asked } = otherRows(chosenDataset(given.dataset, given.rows), every);
  const input = pointsOnDisk(name, rows, asked);
  const values = { ...input.points, queries: input.queries, "query-rows": asked.rows, k };
  const truth = truthOnDisk(values, join(input.folder, "truth.i32"));
  const dataset = { name: rows.name, rows: rows.rows, cols: rows.cols, metric: rows.metric };
  const record = { circumstances: circumstances(), dataset, queries: asked.rows, k, programs };
  const repeatsOf = Object.fromEntries(programs.map((program) => [program, repeats]));
  interleaved({ programs: chosen, repeats: repeatsOf, values, folder: input.folder, limit }, (runs) => {
    for (const run of runs.filter((run) => !run.failed)) {
      for (const point of run.curve) point.recall ??= recall(run.out, point.effort, truth, k);
    }
    record.runs = runs;
    save(name, record, report(record));
  });
  console.log(report(record));
});
