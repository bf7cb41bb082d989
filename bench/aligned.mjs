/**
 * AlignedUMAP beside umap-learn's: ten slices of 400 digits in the order of their ink, each 150 further, fitted together and
 * grown one by one from two; time, how far neighbourhoods are kept, how far related digits move. And the memory that a
 * hundred slices of 10,000 rows take. Writes results/aligned.md.
 *
 *   node bench/aligned.mjs [--seeds 5] [--peer-runs 2] [--threads 2] [--only digits|memory] [--no-build]
 *
 * With --only the other part of the table stays as it was measured before.
 */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { main } from "../scripts/run.mjs";
import { flags, oneOf, wholeNumber } from "./flags.mjs";
import { buildFirst, chosenDataset, pointsOnDisk } from "./measure.mjs";
import { part, runPeer, timed } from "./new_rows.mjs";
import { writeNpy } from "./npy.mjs";
import { peer } from "./programs.mjs";
import { circumstances, header, save, savedOr } from "./record.mjs";
import { heading, line, mean, median, spread } from "./table.mjs";

const [SLICES, ROWS, STEP] = [10, 400, 150];

/** Digits in the order of the sum of their pixels. */
function byInk({ data, rows, cols, ...rest }) {
  const ink = Array.from({ length: rows }, (_, row) =>
    data.subarray(row * cols, (row + 1) * cols).reduce((a, b) => a + b),
  );
  const order = [...ink.keys()].sort((a, b) => ink[a] - ink[b]);
  const ordered = new data.constructor(data.length);
  for (const [at, row] of order.entries()) ordered.set(data.subarray(row * cols, (row + 1) * cols), at * cols);
  return { ...rest, data: ordered, rows, cols };
}

const ends = (dataset) => Array.from({ length: SLICES }, (_, i) => [STEP * i, Math.min(dataset.rows, STEP * i + ROWS)]);

async function ours(dataset, disk, { seeds, threads }) {
  const { AlignedUMAP } = await import("../dist/node-index.js");
  const slices = ends(dataset).map(([from, to]) => part(dataset, from, to));
  const relations = slices.slice(1).map(({ rows }) => {
    const shared = Array.from({ length: Math.min(ROWS - STEP, rows) }, (_, row) => [row + STEP, row]);
    return new Map(shared);
  });
  const embed = (count, seed) =>
    new AlignedUMAP({ seed, nThreads: threads }).fit(slices.slice(0, count), {
      relations: relations.slice(0, count - 1),
    });
  const written = (aligned, name) => {
    const out = join(disk.folder, name);
    for (const [i, embedding] of aligned.embeddings.entries()) writeNpy(`${out}-${i}.npy`, embedding);
    return out;
  };
  await (await embed(2, 0)).dispose();
  const runs = [];
  for (let seed = 1; seed <= seeds; seed++) {
    const whole = await timed(() => embed(SLICES, seed));
    runs.push({
      name: "umap-wasm",
      how: "fit",
      seconds: whole.ms / 1000,
      out: written(whole.result, `ours-fit-${seed}`),
    });
    await whole.result.dispose();
    const grown = await embed(2, seed);
    const updates = [];
    for (let i = 2; i < SLICES; i++) {
      updates.push((await timed(() => grown.update(slices[i], { relations: relations[i - 1] }))).ms / 1000);
    }
    runs.push({
      name: "umap-wasm",
      how: "updates",
      seconds: median(updates),
      out: written(grown, `ours-updates-${seed}`),
    });
    await grown.dispose();
  }
  return runs;
}

function umapLearn({ folder, points }, { peerRuns, threads }) {
  const values = { ...points, threads, out: join(folder, "umap-learn"), runs: peerRuns };
  const { runs, versions } = runPeer("umap_learn_aligned.py", { ...values, slices: SLICES, length: ROWS, step: STEP });
  return { versions, runs: runs.map((run) => ({ name: "umap-learn", ...run })) };
}

function withScores(runs, { points }) {
  const values = { ...points, slices: SLICES, length: ROWS, step: STEP };
  const scores = runPeer(
    "score_aligned.py",
    values,
    runs.map(({ out }) => out),
  );
  return runs.map((run, at) => ({ ...run, ...scores[at] }));
}

async function digits({ seeds, peerRuns, threads }) {
  const dataset = byInk(chosenDataset("digits", ""));
  const disk = pointsOnDisk("aligned", dataset);
  const own = await ours(dataset, disk, { seeds, threads });
  const { runs, versions } = umapLearn(disk, { peerRuns, threads });
  return {
    circumstances: circumstances(),
    versions: `Node ${process.versions.node}, ${versions}`,
    threads,
    runs: withScores([...own, ...runs], disk),
  };
}

function memory({ threads }) {
  const output = execFileSync(process.execPath, [peer("aligned_memory.mjs"), String(threads)], { encoding: "utf8" });
  return { circumstances: circumstances(), threads, ...JSON.parse(output.trim().split("\n").at(-1)) };
}

function digitsReport({ circumstances, versions, threads, runs }) {
  const of = (name, how, key) => runs.filter((run) => run.name === name && run.how === how).map((run) => run[key]);
  const row = (name, how) => [
    name,
    how === "fit" ? `fit of ${SLICES}` : "fit of 2, then updates",
    of(name, how, "seconds").length,
    median(of(name, how, "seconds")).toFixed(3),
    spread(of(name, how, "trustworthiness")),
    spread(of(name, how, "displacement")),
  ];
  const ratio = (how) => median(of("umap-learn", how, "seconds")) / median(of("umap-wasm", how, "seconds"));
  const difference = (key) => mean(of("umap-wasm", "fit", key)) - mean(of("umap-learn", "fit", key));
  return [
    `## ${SLICES} slices of ${ROWS} digits, each ${STEP} further in the order of their ink`,
    "",
    ...header(circumstances),
    `- ${versions}, ${threads} threads, defaults; after a fit of 2 slices`,
    "- s: of the fit, or of one update (medians). Trustworthiness of 15 neighbours: mean of the slices. Displacement: mean distance of related digits in consecutive slices, as a part of the embeddings' standard deviation (`peers/score_aligned.py`, the same for all; mean and half the range of the seeds).",
    "",
    ...heading(["", "", "runs", "s", "trustworthiness", "displacement"], 2),
    ...["fit", "updates"].flatMap((how) => ["umap-wasm", "umap-learn"].map((name) => line(row(name, how)))),
    "",
    `umap-learn's fit takes ${ratio("fit").toFixed(0)} times as long, its update ${ratio("updates").toFixed(0)} times. Trustworthiness of the fit is ${signed(difference("trustworthiness"))} from its, displacement ${signed(difference("displacement"))}.`,
  ];
}

const signed = (value) => `${value < 0 ? "" : "+"}${value.toFixed(4)}`;

function memoryReport({ circumstances, threads, slices, rows, cols, epochs, seconds, peak_mib, wasm_mib, input_mib }) {
  return [
    `## ${slices} slices of ${rows.toLocaleString("en")} rows x ${cols}`,
    "",
    ...header(circumstances),
    `- Identity relations, ${epochs} epochs, ${threads} threads; ${seconds.toFixed(0)} s (not on an idle machine)`,
    "",
    `The module's memory is ${wasm_mib.toFixed(0)} MiB, that of the process at most ${peak_mib.toFixed(0)} MiB, the caller's input of ${input_mib.toFixed(0)} MiB counted.`,
  ];
}

function report({ digits, memory }) {
  const parts = [digits && digitsReport(digits), memory && memoryReport(memory)].filter(Boolean);
  return ["# AlignedUMAP", ...parts.flatMap((lines) => ["", ...lines])].join("\n");
}

await main(async () => {
  const values = flags({ seeds: "5", "peer-runs": "2", threads: "2", only: "", "no-build": false });
  const [seeds, peerRuns, threads] = ["seeds", "peer-runs", "threads"].map((key) => wholeNumber(key, values[key]));
  const parts = values.only === "" ? ["digits", "memory"] : [oneOf("only", values.only, ["digits", "memory"])];
  await buildFirst(!values["no-build"]);
  const record = values.only === "" ? {} : savedOr("aligned", {});
  if (parts.includes("digits")) record.digits = await digits({ seeds, peerRuns, threads });
  if (parts.includes("memory")) record.memory = memory({ threads });
  save("aligned", record, report(record));
  console.log(report(record));
});
