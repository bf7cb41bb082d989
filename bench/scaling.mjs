/**
 * How time grows with the number of points: prefixes of GloVe, 200 epochs each. Writes results/scaling.md.
 *
 *   node bench/scaling.mjs --repeats 3
 */
import { main } from "../scripts/run.mjs";
import { flags, wholeNumber } from "./flags.mjs";
import { buildFirst, chosenDataset, interleaved, pointsOnDisk } from "./measure.mjs";
import { PROGRAMS, ready } from "./programs.mjs";
import { circumstances, header, save } from "./record.mjs";
import { heading, line, median } from "./table.mjs";

const SIZES = [20_000, 40_000, 80_000, 160_000, 320_000];
const STAGES = { layout: "optimize", neighbours: "knn" };

/** Of one size: rows, microseconds per point of each stage, recall; undefined if every run failed. */
function summary(rows, runs) {
  const done = runs.filter((run) => run.program === String(rows) && !run.failed);
  if (done.length === 0) return undefined;
  const perPoint = (stage) => (1e6 * median(done.map((run) => run.stages[stage]))) / rows;
  return {
    rows,
    runs: done.length,
    seconds: median(done.map((run) => run.seconds)),
    perPoint: Object.values(STAGES).map(perPoint),
    recall: median(done.map((run) => run.recall_estimate)),
  };
}

function table(sizes, runs) {
  const rows = sizes.map((size) => summary(size, runs)).filter(Boolean);
  const [first] = rows;
  const growth = (row, stage) =>
    row.perPoint[stage] / first.perPoint[stage] / (Math.log(row.rows) / Math.log(first.rows));
  const stageTitles = Object.keys(STAGES).flatMap((name) => [`${name}, µs per point`, "growth against log n"]);
  return [
    ...heading(["points", "runs", "s", ...stageTitles, "recall (its own estimate)"], 0),
    ...rows.map((row) => {
      const stages = row.perPoint.flatMap((value, stage) => [value.toFixed(1), growth(row, stage).toFixed(2)]);
      return line([row.rows, row.runs, row.seconds.toFixed(2), ...stages, row.recall.toFixed(4)]);
    }),
    ...runs.filter((run) => run.failed).map((run) => `\n${run.program} points, run ${run.repeat}: ${run.failed}`),
  ];
}

function report({ circumstances, dataset, threads, sizes, runs }) {
  const versions = runs.find((run) => run.versions)?.versions ?? "";
  return [
    `# Scaling: prefixes of ${dataset.name} (x ${dataset.cols}, ${dataset.metric}), 200 epochs, ${threads} threads`,
    "",
    ...header(circumstances),
    `- ${versions}. Medians of the runs, each in a process of its own, the sizes in turns.`,
    `- Growth against log n: time per point over that of ${sizes[0]} points, over the same ratio of log n. 1 is n log n, less is better.`,
    "",
    ...table(sizes, runs),
  ].join("\n");
}

await main(async () => {
  const given = flags({ repeats: "3", threads: "2", limit: "3600", sizes: SIZES.join(","), "no-build": false });
  const [repeats, threads, limit] = ["repeats", "threads", "limit"].map((name) => wholeNumber(name, given[name]));
  const sizes = given.sizes.split(",").map((size) => wholeNumber("sizes", size));
  await buildFirst(!given["no-build"]);
  const { data, ...dataset } = chosenDataset("glove", String(Math.max(...sizes)));
  const { folder, points } = pointsOnDisk("scaling", { data, ...dataset });
  const [ours] = Object.values(ready(PROGRAMS, ["umap-wasm"]));
  // Prefixes: the same file, of which fewer rows are read.
  const programs = Object.fromEntries(sizes.map((rows) => [rows, { ...ours, extra: { rows, epochs: 200 } }]));
  const { name, cols, metric } = dataset;
  const record = { circumstances: circumstances(), dataset: { name, cols, metric }, threads, sizes };
  const repeatsOf = Object.fromEntries(sizes.map((rows) => [rows, repeats]));
  interleaved({ programs, repeats: repeatsOf, values: { ...points, threads }, folder, limit }, (runs) => {
    record.runs = runs;
    save("scaling", record, report(record));
  });
  console.log(report(record));
});
