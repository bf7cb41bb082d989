/** Targets of supervised fits, on their way to the module. */
import { described } from "./describe.js";
import { UmapError } from "./errors.js";
import type { TargetMetric } from "./generated/index.js";
import { type ArrowVector, readerOf } from "./points/arrow.js";
import { arrayOf, type Points } from "./points.js";
import {
  type ArraySource,
  arraySource,
  computedIntegers,
  integerSource,
  isNested,
  type NumericArray,
  sampled,
} from "./sources.js";

/** The class of a point: equal values are the same class. -1, null and undefined mean that it is not known. */
export type Label = number | string | boolean | null | undefined;

/** Of every point a label, or with a `targetMetric` of numbers one or several numbers. */
export type Target = ArrayLike<Label> | NumericArray | Points;

/** The arrays of a target, by the names that Rust knows them by. */
export function targetArrays(
  target: Target | undefined,
  metric: TargetMetric = "categorical",
): Record<string, ArraySource> {
  if (target === undefined) return {};
  if (metric === "categorical") return { "target.labels": labelSource(target as ArrayLike<Label>) };
  const { data, cols } = arrayOf("target", target as NumericArray);
  if (cols === undefined && Array.isArray(data) && !isNested(data)) {
    // Each number is a row, so that an error can name it.
    const rows = (data as readonly number[]).map((value) => [value]);
    return { "target.values": arraySource("target", rows) };
  }
  return {
    "target.values": arraySource("target", data),
    "target.cols": integerSource("target.cols", [cols ?? 1]),
  };
}

/** Classes by number in the order in which they come, -1 where none is known. */
function labelSource(labels: ArrayLike<Label> | ArrowVector): ArraySource {
  const length = Number(Object(labels).length);
  if (typeof labels !== "object" || !Number.isInteger(length)) {
    const { data } = Object(labels);
    const instead = typeof data === "function" ? ": pass await it.data()" : ": pass its `data`";
    const got = described(labels) + (data === undefined ? "" : instead);
    throw new UmapError("shape-mismatch", `target: expected a label for each point, got ${got}`);
  }
  const labelAt = readerOf(labels);
  const numbers = new Map<Label, number>();
  const numberOf = (label: Label, row: number) => {
    if (label === null || label === undefined || label === -1) return -1;
    const known = numbers.get(label);
    if (known !== undefined) return known;
    checkLabel(label, row);
    numbers.set(label, numbers.size);
    return numbers.size - 1;
  };
  return computedIntegers(
    length,
    () => (row) => numberOf(labelAt(row), row),
    () => sampled(length, labelAt),
  );
}

function checkLabel(label: unknown, row: number): void {
  if (Number.isInteger(label) || typeof label === "string" || typeof label === "boolean") return;
  const instead = typeof label === "number" ? '; numbers take targetMetric: "euclidean"' : "";
  throw new UmapError(
    "invalid-parameter",
    `target: expected integers or strings, got ${described(label)} in row ${row}${instead}`,
  );
}
