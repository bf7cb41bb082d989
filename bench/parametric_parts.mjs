// Whole fits of ParametricUMAP, of UMAP and of umap-learn's ParametricUMAP: their time and what came of them.
import { join } from "node:path";
import { chosenDataset, pointsOnDisk, scored } from "./measure.mjs";
import { part, repeated, runPeer, timed, withAccuracy } from "./new_rows.mjs";
import { writeNpy } from "./npy.mjs";
import { pythonPackage } from "./python.mjs";

/** Rows that quality is measured on. */
const SAMPLE = 10_000;
const TRANSFORMS = 50;

/** Of a data set the first rows, which models learn, and behind them its last ones, which they do not. */
function firstAndLast(dataset, fitted, asked) {
  const pick = (array, width) => {
    const both = new array.constructor((fitted + asked) * width);
    both.set(array.subarray(0, fitted * width));
    both.set(array.subarray(array.length - asked * width), fitted * width);
    return both;
  };
  const { data, cols, labels } = dataset;
  return { ...dataset, rows: fitted + asked, data: pick(data, cols), labels: pick(labels, 1) };
}

/** The rows where all programs read them. */
function input(name, dataset, fitted, asked) {
  const all = firstAndLast(chosenDataset(dataset, ""), fitted, asked);
  const [known, unseen] = [part(all, 0, fitted), part(all, fitted, fitted + asked)];
  return { known, unseen, disk: pointsOnDisk(name, all, unseen) };
}

/** Of results the accuracy of new rows, and the neighbours kept among the rows of the model and among the new ones. */
function judged(runs, { known, unseen, disk }, { neighbors = true } = {}) {
  const some = unseen.rows > 0 ? withAccuracy(runs, disk) : runs;
  if (!neighbors) return some;
  const among = (points, suffix) => {
    const named = runs.map(({ out }) => ({ out: `${out}${suffix}` }));
    return scored({ points: { ...disk.points, ...points } }, named, SAMPLE);
  };
  const fitted = among({ rows: known.rows }, ".fit");
  const places = unseen.rows > 0 ? among({ points: disk.queries, rows: unseen.rows }, "") : [];
  return some.map((run, at) => ({
    ...run,
    kept: fitted[at].preservation,
    trustworthiness: fitted[at].trustworthiness,
    new_kept: places[at]?.preservation,
  }));
}

/** Fits in turns, each program's after one of few rows; `more(model, unseen)` has further facts. */
async function fits(programs, { known, unseen, disk }, { seeds, threads, more = () => ({}) }) {
  const few = part(known, 0, Math.min(known.rows, 4500));
  for (const { Model, short } of Object.values(programs)) {
    const warmUp = await new Model({ nThreads: threads, ...short }).fit(few);
    await warmUp.dispose();
  }
  const runs = [];
  for (let seed = 1; seed <= seeds; seed++) {
    for (const [program, { Model, options }] of Object.entries(programs)) {
      const model = new Model({ seed, nThreads: threads, ...options });
      const { ms } = await timed(() => model.fit(known));
      const out = join(disk.folder, `${program}-${seed}`);
      writeNpy(`${out}.fit.npy`, model.embedding);
      if (unseen.rows > 0) writeNpy(`${out}.npy`, await model.transform(unseen));
      const stages = Object.fromEntries(model.diagnostics.stageMs);
      const facts = { program, seed, out, seconds: ms / 1000, stages, steps: model.history?.at(-1).step };
      runs.push({ ...facts, ...(await more(model, unseen)) });
      console.error(`${program}, ${known.rows} rows, seed ${seed}: ${facts.seconds.toFixed(1)} s`);
      await model.dispose();
    }
  }
  return runs;
}

/** `trainingSteps` of ParametricUMAP, where they are not to be the default. */
const programsOf = ({ ParametricUMAP, UMAP }, trainingSteps) => ({
  ParametricUMAP: { Model: ParametricUMAP, options: trainingSteps && { trainingSteps }, short: { trainingSteps: 20 } },
  UMAP: { Model: UMAP, options: {}, short: { nEpochs: 20 } },
});

/** ParametricUMAP and UMAP of the same rows. */
export async function measureBoth({ umap, name, dataset, fitted, asked, seeds, threads, trainingSteps }) {
  const rows = input(name, dataset, fitted, asked);
  const runs = await fits(programsOf(umap, trainingSteps), rows, { seeds, threads });
  return { fitted, asked, runs: judged(runs, rows) };
}

/** Milliseconds of a call that places rows, by threads. */
async function transformTimes({ ParametricUMAP }, model, unseen, threads) {
  const file = await model.save();
  const times = [];
  for (const nThreads of new Set([1, threads])) {
    const again = await ParametricUMAP.load(file, { nThreads });
    await again.transform(unseen);
    const { ms } = await repeated(TRANSFORMS, () => again.transform(unseen));
    times.push({ threads: nThreads, ms });
    await again.dispose();
  }
  return times;
}

/** ParametricUMAP of many rows, and how long it takes to place others. */
export async function measureLarge({ umap, name, fitted, asked, seeds, threads, trainingSteps }) {
  const rows = input(name, "mnist", fitted, asked);
  const { ParametricUMAP } = programsOf(umap, trainingSteps);
  const more = async (model, unseen) => ({ transforms: await transformTimes(umap, model, unseen, threads) });
  const runs = await fits({ ParametricUMAP }, rows, { seeds, threads, more });
  return { fitted, asked, cols: rows.known.cols, runs: judged(runs, rows, { neighbors: false }) };
}

/** One fit of umap-learn's. */
export function measureUmapLearn({ name, fitted, asked, threads }) {
  const rows = input(name, "mnist", fitted, asked);
  const { folder, points } = rows.disk;
  const out = join(folder, "umap-learn");
  const values = { ...points, threads, out, fitted, packages: pythonPackage("tensorflow") };
  const { versions, ...facts } = runPeer("umap_learn_parametric.py", values);
  const runs = judged([{ program: "umap-learn's ParametricUMAP", out, ...facts }], rows);
  return { fitted, asked, runs, versions: [versions] };
}
