// umap-js: a fit on its one thread. Arguments and output: task.mjs. The points are rows of numbers before the clock starts.
// Not the index: it leaves out the metrics.
import umapJs from "umap-js/dist/umap.js";
import manifest from "umap-js/package.json" with { type: "json" };
import { K, readPoints, report, rowsOf, task, timed } from "./task.mjs";

const options = { nComponents: 2, nNeighbors: K, minDist: 0.1, distanceFn: umapJs[task.metric] };

/** The stages of `fit`, which calls the same two methods. */
async function embed(points, extra = {}) {
  const umap = new umapJs.UMAP({ ...options, ...extra });
  const setup = await timed(() => umap.initializeFit(points));
  const layout = await timed(() => umap.optimizeLayout());
  return { umap, stages: { setup: setup.seconds, layout: layout.seconds } };
}

const points = rowsOf(readPoints());
await embed(points.slice(0, 200), { nEpochs: 20 });
const { result, seconds } = await timed(() => embed(points));
const { umap, stages } = result;
report({
  seconds,
  stages,
  versions: `umap-js ${manifest.version}`,
  embedding: Float32Array.from(umap.getEmbedding().flat()),
  knn: Int32Array.from(umap.knnIndices.flat()),
});
