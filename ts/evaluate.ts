import { described } from "./describe.js";
import { type CallOptions, parted, runJob } from "./engine/run.js";
import { UmapError } from "./errors.js";
import type { EvaluateOptions, Evaluation } from "./generated/index.js";
import { type ArrowVector, readerOf } from "./points/arrow.js";
import { type Points, pointsSource } from "./points.js";
import { arraySource, integerSource } from "./sources.js";

/** What an embedding is held against beside the points. */
export interface Labelled {
  /** A class for each row; anything that can be compared. Adds the accuracy of a k-NN classifier. */
  labels?: ArrayLike<unknown> | ArrowVector;
  /**
   * Coordinates that are known of each row, such as its position on a sheet or its time along a path: adds how far the embedding
   * follows their distances (`referenceTriplets`, `referenceCorrelation`), by the option `referenceMetric`.
   */
  reference?: Points;
}

/** Measures how well an embedding keeps the neighbours that the points have, and their arrangement at large. */
export async function evaluate(
  points: Points,
  embedding: Points,
  options: EvaluateOptions & Labelled & CallOptions = {},
): Promise<Evaluation> {
  const { call, params } = parted(options, "{ k: 15, labels }");
  const { labels, reference, ...measures } = params;
  const { source, cols } = pointsSource(embedding, "embedding", arraySource);
  const known = reference && pointsSource(reference, "reference", arraySource);
  const arrays = {
    embedding: source,
    "embedding.cols": integerSource("embedding.cols", [cols]),
    reference: known?.source,
    "reference.cols": known && integerSource("reference.cols", [known.cols]),
    labels: labels && integerSource("labels", classNumbers(labels)),
  };
  return runJob({ kind: "evaluate", points, arrays, options: measures }, call);
}

/** Classes by number, in ascending order: of equally frequent classes the smallest counts. */
function classNumbers(labels: ArrayLike<unknown> | ArrowVector): Int32Array {
  if (typeof labels !== "object" || !Number.isInteger(labels.length)) {
    throw new UmapError("shape-mismatch", `labels: expected a label for each point, got ${described(labels)}`);
  }
  const labelAt = readerOf(labels);
  const all = Array.from({ length: labels.length }, (_, row) => labelAt(row));
  const ascending = [...new Set(all)].sort((a, b) => (lessThan(a, b) ? -1 : Number(lessThan(b, a))));
  const numbers = new Map(ascending.map((label, number) => [label, number]));
  return Int32Array.from(all, (label) => numbers.get(label) ?? 0);
}

/** Numbers by value, all else as strings. */
function lessThan(a: unknown, b: unknown): boolean {
  return typeof a === "number" && typeof b === "number" ? a < b : String(a) < String(b);
}
