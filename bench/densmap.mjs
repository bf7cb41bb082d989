/**
 * DensMAP beside UMAP with as many epochs and beside umap-learn's densMAP: time, how far densities are kept, in places of
 * 10,000 new rows too. Writes results/<dataset>-densmap.md.
 *
 *   node bench/densmap.mjs --dataset mnist --seeds 3 --peer-seeds 1 [--threads 2] [--no-build]
 */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { main } from "../scripts/run.mjs";
import { flags, wholeNumber } from "./flags.mjs";
import { buildFirst, chosenDataset, pointsOnDisk } from "./measure.mjs";
import { part, runPeer, timed } from "./new_rows.mjs";
import { writeNpy } from "./npy.mjs";
import { peer } from "./programs.mjs";
import { python } from "./python.mjs";
import { circumstances, header, save } from "./record.mjs";
import { heading, line, mean, median, spread } from "./table.mjs";

const NEW_ROWS = 10_000;
/** The default of DensMAP for so many rows. */
const EPOCHS = 400;

/** Fits of all rows, UMAP and DensMAP in turns, and a model that places the last ones. */
async function ours(dataset, disk, { seeds, threads }) {
  const { DensMAP, UMAP } = await import("../dist/node-index.js");
  const warmUp = await new DensMAP({ nThreads: threads, nEpochs: 20 }).fit(part(dataset, 0, 4500));
  await warmUp.dispose();
  const fitted = dataset.rows - NEW_ROWS;
  const kinds = {
    UMAP: { make: (options) => new UMAP({ ...options, nEpochs: EPOCHS }), rows: dataset.rows },
    DensMAP: { make: (options) => new DensMAP(options), rows: dataset.rows },
    "DensMAP, new rows": { make: (options) => new DensMAP(options), rows: fitted },
  };
  const runs = [];
  for (let seed = 1; seed <= seeds; seed++) {
    for (const [name, { make, rows }] of Object.entries(kinds)) {
      const umap = make({ seed, nThreads: threads });
      const { ms } = await timed(() => umap.fit(part(dataset, 0, rows)));
      const out = join(disk.folder, `ours-${runs.length}`);
      writeNpy(`${out}.npy`, umap.embedding);
      const run = { name, seed, out, seconds: ms / 1000, rows };
      if (rows < dataset.rows) {
        await umap.transform(part(dataset, 0, 1));
        const { ms: placing, result } = await timed(() => umap.transform(part(dataset, rows, dataset.rows)));
        writeNpy(`${out}.places.npy`, result);
        run.placing = placing / 1000;
      }
      runs.push(run);
      await umap.dispose();
    }
  }
  return runs;
}

function umapLearn({ folder, points }, { peerSeeds, threads }) {
  const values = { ...points, threads, out: join(folder, "umap-learn"), seeds: peerSeeds };
  const { runs, versions } = runPeer("umap_learn_densmap.py", values);
  return { versions, runs: runs.map((run) => ({ name: "umap-learn's densMAP", ...run })) };
}

function withScores(runs, { points, labels }) {
  const args = Object.entries({ ...points, labels }).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const command = [peer("score_density.py"), ...args, ...runs.map(({ out }) => out)];
  const lines = execFileSync(python(), command, { encoding: "utf8", maxBuffer: 1 << 26 })
    .trim()
    .split("\n");
  return runs.map((run, at) => ({ ...run, ...JSON.parse(lines[at]) }));
}

function report({ circumstances, versions, threads, dataset, classes, runs }) {
  const names = [...new Set(runs.map(({ name }) => name))];
  const of = (name, key) => runs.filter((run) => run.name === name).map((run) => run[key]);
  const value = (values, show) => (values[0] === undefined ? "" : show(values));
  const row = (name) => [
    name,
    of(name, "seconds").length,
    median(of(name, "seconds")).toFixed(2),
    spread(of(name, "correlation")),
    value(of(name, "new_rows"), spread),
    value(of(name, "placing"), (seconds) => median(seconds).toFixed(2)),
  ];
  const radii = (name) => classes.map((_, at) => mean(of(name, "classes").map((all) => all[at])).toFixed(2));
  const time = (name) => median(of(name, "seconds"));
  const whole = names.filter((name) => of(name, "new_rows")[0] === undefined);
  const peerName = names.find((name) => name.startsWith("umap-learn"));
  return [
    `# DensMAP: ${dataset}`,
    "",
    ...header(circumstances),
    `- ${versions}, ${threads} threads`,
    `- Times: medians, after a fit of 4500 rows; UMAP with DensMAP's ${EPOCHS} epochs; umap-learn after its compiler has run, without a seed.`,
    "- Correlation of local radii (log mean squared distance of the 15 nearest) in the points and in the embedding, on 5000 rows (`peers/score_density.py`, the same for all), mean and half the range.",
    `- New rows: ${NEW_ROWS.toLocaleString("en")} that the model of the others has not seen; umap-learn's densMAP places none.`,
    "",
    ...heading(["", "seeds", "fit, s", "correlation", "of new rows", "new rows, s"], 1),
    ...names.map((name) => line(row(name))),
    "",
    `DensMAP takes ${(time("DensMAP") / time("UMAP")).toFixed(2)} times as long as UMAP${peerName ? `, umap-learn's ${(time(peerName) / time("DensMAP")).toFixed(1)} times as long as DensMAP` : ""}.`,
    "",
    "Median log radius of each class in the embedding, less that of all rows:",
    "",
    ...heading(["", ...classes], 1),
    ...whole.map((name) => line([name, ...radii(name)])),
  ].join("\n");
}

await main(async () => {
  const values = flags({ dataset: "mnist", seeds: "3", "peer-seeds": "1", threads: "2", "no-build": false });
  const [seeds, peerSeeds, threads] = ["seeds", "peer-seeds", "threads"].map((key) => wholeNumber(key, values[key]));
  await buildFirst(!values["no-build"]);
  const dataset = chosenDataset(values.dataset, "");
  const name = `${values.dataset}-densmap`;
  const disk = pointsOnDisk(name, dataset);
  const own = await ours(dataset, disk, { seeds, threads });
  const { runs, versions } = umapLearn(disk, { peerSeeds, threads });
  const record = {
    circumstances: circumstances(),
    versions: `Node ${process.versions.node}, ${versions}`,
    threads,
    dataset: values.dataset,
    classes: dataset.classes,
    runs: withScores([...own, ...runs], disk),
  };
  save(name, record, report(record));
  console.log(report(record));
});
