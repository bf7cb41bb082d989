/**
 * Fits that learn from labels: the 60,000 labelled images of Fashion-MNIST, then places for the 10,000 others, beside
 * umap-learn. Writes results/fashion-mnist-supervised.md, which keeps what earlier calls measured of the rest.
 *
 *   node bench/supervised.mjs --seeds 5 --peer-seeds 3 [--only umap-wasm] [--labels all] [--threads 2] [--no-build]
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { main } from "../scripts/run.mjs";
import { flags, someOf, wholeNumber } from "./flags.mjs";
import { buildFirst, chosenDataset, pointsOnDisk } from "./measure.mjs";
import { part, runPeer, timed, withAccuracy } from "./new_rows.mjs";
import { circumstances, header, save, savedOr } from "./record.mjs";
import { heading, line, mean, median, spread } from "./table.mjs";

const NAME = "fashion-mnist-supervised";
const FITTED = 60_000;
const PROGRAMS = ["umap-wasm", "umap-learn"];

/** What a fit is told of the labels: -1 is not known. */
const TARGETS = {
  none: () => undefined,
  half: (labels) => labels.map((label, row) => (row % 2 ? label : -1)),
  all: (labels) => labels,
};
const targetOf = (dataset, labels) => TARGETS[labels](Int32Array.from(dataset.labels.subarray(0, FITTED)));

async function ours({ dataset, kinds, seeds, threads }) {
  const { UMAP } = await import("../dist/node-index.js");
  const [known, asked] = [part(dataset, 0, FITTED), part(dataset, FITTED, dataset.rows)];
  const runs = [];
  for (let seed = 1; seed <= seeds; seed++) {
    for (const labels of kinds) {
      const umap = new UMAP({ nThreads: threads, seed });
      const target = targetOf(dataset, labels);
      const fit = await timed(() => umap.fit(known, { target }));
      await umap.transform(part(dataset, 0, 1));
      const { ms, result } = await timed(() => umap.transform(asked));
      const took = { fit_seconds: fit.ms / 1000, seconds: ms / 1000 };
      runs.push({ program: "umap-wasm", labels, seed, ...took, fit: umap.embedding.data, places: result.data });
      await umap.dispose();
    }
  }
  return { runs, versions: `Node ${process.versions.node}` };
}

function umapLearn({ dataset, disk, kinds, seeds, threads }) {
  const found = kinds.map((labels) => {
    const out = join(disk.folder, `umap-learn-${labels}`);
    const target = `${out}.target.bin`;
    const known = targetOf(dataset, labels);
    if (known) writeFileSync(target, new Uint8Array(known.buffer));
    const values = { ...disk.points, threads, out, fitted: FITTED, seeds, target: known ? target : "" };
    const { runs, versions } = runPeer("umap_learn_supervised.py", values);
    return { runs: runs.map((run) => ({ program: "umap-learn", labels, ...run })), versions };
  });
  return { runs: found.flatMap(({ runs }) => runs), versions: found[0].versions };
}

/** What this call measured, and of the rest what earlier ones did. */
function together(parts) {
  const before = savedOr(NAME, { parts: [] }).parts;
  const isNew = ({ program, labels }) => parts.some((one) => one.program === program && one.labels === labels);
  const order = ({ program, labels }) => 10 * PROGRAMS.indexOf(program) + Object.keys(TARGETS).indexOf(labels);
  return [...before.filter((one) => !isNew(one)), ...parts].sort((a, b) => order(a) - order(b));
}

function report(parts) {
  const row = ({ program, labels, runs }) => {
    const [fits, placings, accuracies] = ["fit_seconds", "seconds", "accuracy"].map((key) => runs.map((r) => r[key]));
    return [program, labels, runs.length, median(fits).toFixed(2), median(placings).toFixed(2), spread(accuracies)];
  };
  const lines = parts.flatMap(({ circumstances, versions, threads }) => [
    ...header(circumstances),
    `- ${versions}, ${threads} threads`,
  ]);
  const titles = ["", "labels", "seeds", "fit, s", "10,000 new rows, s", "label accuracy of new rows"];
  return [
    `# Labels: a model of ${FITTED.toLocaleString("en")} of Fashion-MNIST, places of 10,000 others`,
    "",
    ...new Set(lines),
    "- Of `half` the label of every other row is not known. `targetWeight` 0.5, both programs' default.",
    "- Times: medians; umap-learn after its compiler has run, without a seed (with one it has one thread).",
    "- Accuracy: 15-NN on the embedding of the model, by all labels, for the new rows (scikit-learn, the same for all); the mean, ± half the range.",
    "",
    ...heading(titles, 2),
    ...parts.map((one) => line(row(one))),
    ...compared(parts),
  ].join("\n");
}

/** umap-learn's fits against ours by the same labels. */
function compared(parts) {
  const [own, others] = PROGRAMS.map((program) => parts.filter((one) => one.program === program));
  const value = (one, key, of) => of(one.runs.map((run) => run[key]));
  const cells = others.flatMap((other) => {
    const mine = own.find(({ labels }) => labels === other.labels);
    if (!mine) return [];
    const ratio = value(other, "fit_seconds", median) / value(mine, "fit_seconds", median);
    const more = value(mine, "accuracy", mean) - value(other, "accuracy", mean);
    return [[other.labels, ratio.toFixed(2), `${more < 0 ? "" : "+"}${more.toFixed(4)}`]];
  });
  if (cells.length === 0) return [];
  return [
    "",
    ...heading(["labels", "umap-learn's time of the fit / ours", "our accuracy - its"], 1),
    ...cells.map(line),
  ];
}

await main(async () => {
  const defaults = { seeds: "5", "peer-seeds": "3", threads: "2", only: "", labels: "", "no-build": false };
  const values = flags(defaults);
  const [seeds, peerSeeds, threads] = ["seeds", "peer-seeds", "threads"].map((key) => wholeNumber(key, values[key]));
  const chosen = (key, all) => (values[key] === "" ? all : someOf(key, values[key], all));
  const [programs, kinds] = [chosen("only", PROGRAMS), chosen("labels", Object.keys(TARGETS))];
  await buildFirst(!values["no-build"]);
  const dataset = chosenDataset("fashion-mnist", "");
  const disk = pointsOnDisk(NAME, dataset);
  const parts = [];
  for (const program of programs) {
    const measure = program === "umap-wasm" ? ours : umapLearn;
    const count = program === "umap-wasm" ? seeds : peerSeeds;
    const { runs, versions } = await measure({ dataset, disk, kinds, seeds: count, threads });
    const done = withAccuracy(runs, disk);
    const facts = { circumstances: circumstances(), versions, threads };
    for (const labels of kinds) {
      parts.push({ program, labels, ...facts, runs: done.filter((run) => run.labels === labels) });
    }
  }
  const record = { parts: together(parts) };
  save(NAME, record, report(record.parts));
  console.log(report(record.parts));
});
