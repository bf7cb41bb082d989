// embedding-atlas: a fit on its one thread. Arguments and output: task.mjs.
import { npmModule } from "../packages.mjs";
import { K, readPoints, report, task, timed } from "./task.mjs";

// The package's `exports` hide UMAP, which works in Node by its path alone.
const { module, name } = npmModule("embedding-atlas", "dist/umap.js");
const { createUMAP } = await import(module);

const options = { metric: task.metric, seed: task.seed, nNeighbors: K };

async function embed(data, rows, cols) {
  const setup = await timed(() => createUMAP(rows, cols, 2, data, options));
  const layout = await timed(() => setup.result.run());
  return { umap: setup.result, stages: { setup: setup.seconds, layout: layout.seconds } };
}

// Compiles the module.
await embed(
  Float32Array.from({ length: 160 }, (_, i) => (i * 7919) % 101),
  40,
  4,
);
const data = new Float32Array(readPoints());
const { result, seconds } = await timed(() => embed(data, task.rows, task.cols));
const { umap, stages } = result;
report({ seconds, stages, versions: name, embedding: umap.embedding, knn: umap.knnIndices });
