import { type CallOptions, runJob } from "./engine/run.js";
import type { EvaluateOptions, Evaluation } from "./generated/index.js";
import type { Matrix, Points } from "./points.js";

/** What an embedding is held against beside the points. */
export interface Labelled {
  /** A class for each row; anything that can be compared. Adds the accuracy of a k-NN classifier. */
  labels?: ArrayLike<unknown>;
}

/** Measures how well an embedding keeps the neighbours that the points have. */
export function evaluate(
  points: Points,
  embedding: Pick<Matrix, "data" | "rows" | "cols">,
  options: EvaluateOptions & Labelled & CallOptions = {},
): Promise<Evaluation> {
  const { signal, onProgress, labels, ...params } = options;
  const arrays = { embedding: embedding.data, labels: labels && classNumbers(labels) };
  return runJob({ kind: "evaluate", points, arrays, options: params }, { signal, onProgress });
}

/** Classes by number, in the order in which they first occur: only whether two are equal counts. */
function classNumbers(labels: ArrayLike<unknown>): Uint32Array {
  const numbers = new Map<unknown, number>();
  return Uint32Array.from(labels, (label) => {
    const known = numbers.get(label);
    if (known !== undefined) return known;
    numbers.set(label, numbers.size);
    return numbers.size - 1;
  });
}
