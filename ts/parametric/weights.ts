/** Weights of networks on their way to Rust. */
import type { OwnFloat32Array } from "../arrays.js";
import { described } from "../describe.js";
import { UmapError } from "../errors.js";
import { arraySource, integerSource, type NumericArray, type Source } from "../sources.js";

/** An array of weights: row-major, with its sides. */
export interface Weights {
  data: OwnFloat32Array;
  shape: number[];
}

/** Weights as `setWeights` takes them. */
export type GivenWeights = NumericArray | { data: NumericArray; shape?: readonly number[] };

export function weightArrays(weights: Record<string, GivenWeights>): Record<string, Source> {
  if (typeof weights !== "object" || weights === null || Array.isArray(weights)) {
    throw new UmapError("invalid-parameter", `weights: expected arrays by name, got ${described(weights)}`);
  }
  const sources = Object.entries(weights).flatMap(([name, given]): [string, Source][] => {
    const isNamed = typeof given === "object" && given !== null && "data" in given;
    const { data, shape }: { data: NumericArray; shape?: readonly number[] } = isNamed ? given : { data: given };
    const values = arraySource(name, data);
    if (shape === undefined) return [[`weights.${name}`, values]];
    return [
      [`weights.${name}`, values],
      [`shapes.${name}`, integerSource(`${name}.shape`, shape)],
    ];
  });
  return Object.fromEntries(sources);
}
