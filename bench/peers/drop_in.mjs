// umap-js, or the drop-in for it, as a program that has imported nothing yet: from `import` to the embedding, by `fit` or
// `fitAsync` (--method) of one or the other (--package). Arguments and output: task.mjs.
import { readPoints, report, rowsOf, task, timed } from "./task.mjs";

const rows = rowsOf(readPoints());
const { result, seconds } = await timed(async () => {
  const { UMAP } = await import(task.package);
  return new UMAP()[task.method](rows);
});
report({ seconds, embedding: Float32Array.from(result.flat()) });
