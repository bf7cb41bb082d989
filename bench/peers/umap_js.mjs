// umap-js: a fit on its one thread. Arguments and output: task.mjs. The points are rows of numbers before the clock starts.
import { createRequire } from "node:module";
import { npmModule } from "../packages.mjs";
import { K, readPoints, report, task, timed } from "./task.mjs";

// Not the index: it leaves out the metrics.
const { module, name } = npmModule("umap-js", "dist/umap.js");
const umapJs = createRequire(import.meta.url)(new URL(module).pathname);

const options = { nComponents: 2, nNeighbors: K, minDist: 0.1, distanceFn: umapJs[task.metric] };

/** The stages of `fit`, which calls the same two methods. */
async function embed(points, extra = {}) {
  const umap = new umapJs.UMAP({ ...options, ...extra });
  const setup = await timed(() => umap.initializeFit(points));
  const layout = await timed(() => umap.optimizeLayout());
  return { umap, stages: { setup: setup.seconds, layout: layout.seconds } };
}

const data = readPoints();
const points = Array.from({ length: task.rows }, (_, row) =>
  Array.from(data.subarray(row * task.cols, (row + 1) * task.cols)),
);
await embed(points.slice(0, 200), { nEpochs: 20 });
const { result, seconds } = await timed(() => embed(points));
const { umap, stages } = result;
report({
  seconds,
  stages,
  versions: name,
  embedding: Float32Array.from(umap.getEmbedding().flat()),
  knn: Int32Array.from(umap.knnIndices.flat()),
});
