/**
 * `npm run bench`: this package beside umap-learn on real data. Each fit runs in a process of its own, the programs take
 * turns; one scorer (peers/score.py) judges every embedding on the same rows. Writes bench/results/<dataset>.md.
 *
 *   node bench/compare.mjs --dataset mnist --repeats 3 --threads 2 [--rows 10000] [--only umap-wasm]
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, platform, release, tmpdir, totalmem } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { DATASETS, head, loadDataset } from "./datasets.mjs";
import { bytesOf } from "./npy.mjs";
import { python } from "./python.mjs";
import { markdownTable } from "./table.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const peer = (name) => join(here, "peers", name);

/** umap-learn without a seed: it runs in parallel only then. Ours gives one result for one seed, so each repeat has its own. */
const PROGRAMS = {
  "umap-wasm": (args, repeat) => [process.execPath, [peer("umap_wasm.mjs"), ...args, "--seed", String(repeat)]],
  "umap-learn": (args) => [python(), [peer("umap_learn.py"), ...args]],
};

function options() {
  const { values } = parseArgs({
    options: {
      dataset: { type: "string", default: "mnist" },
      repeats: { type: "string", default: "3" },
      threads: { type: "string", default: "2" },
      rows: { type: "string" },
      sample: { type: "string", default: "10000" },
      only: { type: "string" },
    },
  });
  if (!DATASETS.includes(values.dataset))
    throw new Error(`--dataset ${values.dataset}: expected one of ${DATASETS.join(", ")}`);
  const programs = values.only ? [values.only] : Object.keys(PROGRAMS);
  if (!programs.every((name) => name in PROGRAMS))
    throw new Error(`--only ${values.only}: expected one of ${Object.keys(PROGRAMS).join(", ")}`);
  return { ...values, repeats: Number(values.repeats), programs };
}

/** Writes the points where both programs read them; returns the arguments that describe them. */
function pointsOnDisk(folder, dataset) {
  const points = join(folder, "points.bin");
  const labels = join(folder, "labels.bin");
  writeFileSync(points, bytesOf(dataset.data));
  if (dataset.labels) writeFileSync(labels, bytesOf(dataset.labels));
  const dtype = dataset.data instanceof Uint8Array ? "uint8" : "float32";
  const shape = [points, "--dtype", dtype, "--rows", String(dataset.rows), "--cols", String(dataset.cols)];
  return { shape, labels: dataset.labels ? ["--labels", labels] : [] };
}

const lastLines = (command, args) =>
  execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"], maxBuffer: 1 << 26 })
    .trim()
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line));

function runAll({ programs, repeats, threads, dataset }, folder, shape) {
  const metric = dataset === "glove" ? "cosine" : "euclidean";
  const runs = [];
  for (let repeat = 1; repeat <= repeats; repeat++) {
    for (const program of programs) {
      const out = join(folder, `${program}-${repeat}.npy`);
      const load = loadavg()[0].toFixed(2);
      const [run] = lastLines(
        ...PROGRAMS[program]([...shape, "--threads", threads, "--metric", metric, "--out", out], repeat),
      );
      console.error(`${program} ${repeat}/${repeats}: ${run.seconds.toFixed(2)} s, ${Math.round(run.peak_mib)} MiB`);
      runs.push({ program, repeat, out, load, ...run });
    }
  }
  return runs;
}

function report(wanted, dataset, runs) {
  const { model } = cpus()[0];
  const machine = `${cpus().length} x ${model}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${platform()} ${release()}`;
  return [
    `# ${dataset.name}: ${dataset.rows} x ${dataset.cols}, ${wanted.threads} threads`,
    "",
    `- ${new Date().toISOString().slice(0, 10)}, ${machine}`,
    `- ${wanted.programs.map((program) => runs.find((run) => run.program === program).versions).join("; ")}`,
    `- \`node bench/compare.mjs ${process.argv.slice(2).join(" ")}\``,
    `- Time: fit_transform alone after a small warm-up fit, input in memory. Memory: peak of the whole process. Quality at k = 15`,
    `  on the same ${runs[0].rows_scored} rows against all rows. Load: the machine's 1-minute load average as the process started.`,
    "",
    markdownTable(wanted.programs, runs),
    "",
  ].join("\n");
}

async function buildFirst() {
  const [{ build }, { setup }] = await Promise.all([import("../scripts/build.mjs"), import("../scripts/setup.mjs")]);
  await build(await setup({ browsers: false }));
}

const wanted = options();
if (wanted.programs.includes("umap-wasm")) await buildFirst();
const all = loadDataset(wanted.dataset);
const dataset = wanted.rows ? head(all, Number(wanted.rows)) : all;
const folder = mkdtempSync(join(tmpdir(), "umap-compare-"));
try {
  const { shape, labels } = pointsOnDisk(folder, dataset);
  const runs = runAll(wanted, folder, shape);
  const scores = lastLines(python(), [
    peer("score.py"),
    ...shape,
    ...labels,
    "--sample",
    wanted.sample,
    ...runs.map((run) => run.out),
  ]);
  const text = report(
    wanted,
    dataset,
    runs.map((run, index) => ({ ...run, ...scores[index] })),
  );
  console.log(text);
  mkdirSync(join(here, "results"), { recursive: true });
  writeFileSync(join(here, "results", `${wanted.dataset}${wanted.rows ? `-${wanted.rows}` : ""}.md`), text);
} finally {
  rmSync(folder, { recursive: true });
}
