/** How arrays are cut into pieces that go to the host and come back to be filled again. */

import { expect, it } from "vitest";
import { pointsSource } from "../ts/points.js";

const ROWS = 3_000;
const COLS = 1_000;
const data = Float32Array.from({ length: ROWS * COLS }, (_, i) => i % 9973);

/** Whether all pieces together hold `data`, and how many of them lie in memory that was used before. */
function collect(points: Parameters<typeof pointsSource>[0], handBack: boolean) {
  const { source } = pointsSource(points);
  const seen = new Set<ArrayBuffer>();
  let [read, again, wrong] = [0, 0, 0];
  let spare: Uint8Array<ArrayBuffer> | undefined;
  const pieces = source.pieces();
  for (let next = pieces.next(); next.value; next = pieces.next(handBack ? spare : undefined)) {
    const { buffer } = next.value;
    again += Number(seen.has(buffer));
    seen.add(buffer);
    const values = source.dtype === "f32" ? new Float32Array(buffer) : new Float64Array(buffer);
    for (const value of values) wrong += Number(value !== data[read++]);
    spare = next.value;
  }
  return { read, again, wrong, count: source.count };
}

it.each([
  ["a typed array", { data, rows: ROWS, cols: COLS }],
  ["rows of numbers", Array.from({ length: ROWS }, (_, i) => [...data.subarray(i * COLS, (i + 1) * COLS)])],
])("pieces of %s hold its values, filled again or not", (_name, points) => {
  const fresh = collect(points, false);
  expect(fresh).toMatchObject({ read: data.length, again: 0, wrong: 0 });
  expect(fresh.count).toBeGreaterThan(2);
  // The last is shorter.
  expect(collect(points, true)).toMatchObject({ read: data.length, again: fresh.count - 2, wrong: 0 });
});
