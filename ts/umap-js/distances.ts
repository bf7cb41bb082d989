/** umap-js's two distance functions. As `distanceFn` they are recognised, and the module computes the distances. */
import type { DistanceFn, Vector } from "./options.js";

/** Euclidean distance. */
export function euclidean(x: Vector, y: Vector): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += ((x[i] as number) - (y[i] as number)) ** 2;
  return Math.sqrt(sum);
}

/** 1 - cosine of the angle; 0 between two zero rows, 1 between a zero row and another. */
export function cosine(x: Vector, y: Vector): number {
  let [product, xx, yy] = [0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    product += (x[i] as number) * (y[i] as number);
    xx += (x[i] as number) ** 2;
    yy += (y[i] as number) ** 2;
  }
  if (xx === 0 || yy === 0) return xx === yy ? 0 : 1;
  return 1 - product / Math.sqrt(xx * yy);
}

/** The function, unless the module has the metric. */
export function foreign(distanceFn: DistanceFn | undefined): DistanceFn | undefined {
  return distanceFn === euclidean || distanceFn === cosine ? undefined : distanceFn;
}
