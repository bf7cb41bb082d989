// Steps of training per second, beside JAX in turns; and matrix products alone, which both are made of.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pointsOnDisk } from "./measure.mjs";
import { part, repeated, runPeer } from "./new_rows.mjs";
import { bytesOf } from "./npy.mjs";
import { pythonPackage } from "./python.mjs";

/** Edges of a step, and the layers that follow the input: the defaults. */
export const BATCH = 1000;
const UNITS = [100, 100, 100, 2];

const STEPS = 240;
/** Steps in which the engine's optimiser still finds the hot loops. */
const WARM_UP = 60;

/** What a step learns from: options, and the columns that come to the first layer. */
const KINDS = {
  "all columns": { options: { inputComponents: 0 }, columns: (cols) => cols },
  "principal components (default)": { options: {}, columns: () => 100 },
};

/** Wide enough that little but products is left. */
const WIDE = [1024, 1024];
const WIDE_ROWS = 4000;
const PRODUCT_CALLS = 3;

/** Floating-point operations of the products for one row that goes through a network. */
export const flopsOfRow = (columns, units = UNITS) =>
  units.reduce((sum, count, layer) => sum + 2 * count * (layer > 0 ? units[layer - 1] : columns), 0);

/** The same with the way back, on which the first layer needs no derivative by its input. */
const flopsOfTrainedRow = (columns) => 3 * flopsOfRow(columns) - 2 * columns * UNITS[0];

/** Steps per second between two reports of progress: without the graph, and what comes before the first step. */
async function stepsPerSecond({ ParametricUMAP }, points, options) {
  const seen = [];
  const onProgress = ({ stage, epoch }) => {
    // The last report also comes after the embedding has been made.
    if (stage === "train" && epoch >= WARM_UP && epoch < STEPS) seen.push({ epoch, at: performance.now() });
  };
  const umap = await new ParametricUMAP({ ...options, trainingSteps: STEPS }).fit(points, { onProgress });
  const { graph } = umap;
  await umap.dispose();
  const [first, last] = [seen[0], seen.at(-1)];
  return { speed: ((last.epoch - first.epoch) * 1000) / (last.at - first.at), graph };
}

/** GFLOP/s of a transform that is nearly all products. */
async function productsAlone({ ParametricUMAP }, points, nThreads) {
  const encoder = { layers: WIDE.map((units) => ({ type: "dense", units })) };
  const options = { ...KINDS["all columns"].options, encoder, nThreads, trainingSteps: 1, batchSize: 100 };
  const rows = Math.min(points.rows, WIDE_ROWS);
  const umap = await new ParametricUMAP(options).fit(part(points, 0, Math.min(rows, 1000)));
  const some = part(points, 0, rows);
  await umap.transform(some);
  const { ms } = await repeated(PRODUCT_CALLS, () => umap.transform(some));
  await umap.dispose();
  return (rows * flopsOfRow(points.cols, [...WIDE, 2])) / ms / 1e6;
}

/** Rows that a step puts through the network, expected: its edges are drawn by their weight, and a row goes through once. */
function rowsOfStep({ indptr, indices, data }) {
  const weights = new Float64Array(indptr.length - 1);
  let sum = 0;
  for (let row = 0; row < weights.length; row++) {
    for (let edge = indptr[row]; edge < indptr[row + 1]; edge++) {
      weights[row] += data[edge];
      weights[indices[edge]] += data[edge];
      sum += data[edge];
    }
  }
  return weights.reduce((rows, weight) => rows + 1 - (1 - weight / sum) ** BATCH, 0);
}

/** Both ends of every edge. */
function edgesOf({ indptr, indices }) {
  const edges = new Int32Array(2 * indices.length);
  for (let row = 0; row < indptr.length - 1; row++) {
    for (let edge = indptr[row]; edge < indptr[row + 1]; edge++) edges.set([row, indices[edge]], 2 * edge);
  }
  return edges;
}

/** JAX's steps of one round, and numpy's products. */
function jax({ folder, points }, graph, threads) {
  const edges = join(folder, "edges.bin");
  writeFileSync(edges, bytesOf(edgesOf(graph)));
  const values = { ...points, threads, edges, packages: pythonPackage("jax"), out: join(folder, "jax") };
  return runPeer("jax_steps.py", values);
}

/** `points`: the first rows of MNIST. Each round measures everything once. */
export async function measureSteps({ umap, name, points, threads, rounds, withPeer }) {
  const disk = pointsOnDisk(name, points);
  const [steps, products] = [{}, {}];
  const add = (to, program, count, speeds, facts) => {
    const key = `${program}, ${count}`;
    to[key] ??= { program, threads: count, speeds: [], ...facts };
    to[key].speeds.push(...speeds);
    console.error(`${key}: ${speeds.map((speed) => speed.toFixed(1)).join(", ")}`);
  };
  let versions = [];
  for (let round = 1; round <= rounds; round++) {
    for (const nThreads of new Set([1, threads])) {
      let graph;
      for (const [kind, { options, columns }] of Object.entries(KINDS)) {
        const found = await stepsPerSecond(umap, points, { ...options, seed: round, nThreads });
        graph = found.graph;
        const rows = rowsOfStep(graph);
        const flops = rows * flopsOfTrainedRow(columns(points.cols));
        add(steps, `umap-wasm, ${kind}`, nThreads, [found.speed], { rows, flops });
      }
      const rate = await productsAlone(umap, points, nThreads);
      add(products, `umap-wasm, transform by ${[points.cols, ...WIDE, 2].join("-")}`, nThreads, [rate]);
      if (!withPeer) continue;
      const peer = jax(disk, graph, nThreads);
      const flops = 2 * BATCH * flopsOfTrainedRow(points.cols);
      add(steps, "JAX, all columns", nThreads, peer.steps_per_second, { rows: 2 * BATCH, flops });
      for (const [sides, gflops] of Object.entries(peer.products)) add(products, `numpy, ${sides}`, nThreads, [gflops]);
      versions = [peer.versions];
    }
  }
  return { steps: Object.values(steps), products: Object.values(products), rows: points.rows, versions };
}
