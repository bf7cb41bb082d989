// The curves that the page of aligned embeddings draws.
import { expect, test } from "vitest";
import { createWays } from "../../plot/aligned/ways.js";

const NONE = Number.NaN;
/** Five slices of three points: one in all, one in the second and third, one in the fourth alone. */
const x = [0, NONE, NONE, 1, 5, NONE, 4, 7, NONE, 9, NONE, 2, 16, NONE, NONE];
const ways = createWays({ x, y: x.map((value) => -value), points: 3, slices: 5 });

test("a way goes through the places", () => {
  for (const [slice, place] of [0, 1, 4, 9, 16].entries()) expect(ways.at(0, slice)).toEqual([place, -place, 1]);
});

test("a parabola stays one between slices with both neighbours", () => {
  for (const time of [1.25, 1.5, 2.75]) expect(ways.at(0, time)[0]).toBeCloseTo(time ** 2, 12);
});

test("a way has no corners", () => {
  const step = 1e-6;
  for (const slice of [1, 2, 3]) {
    const [before, here, after] = [slice - step, slice, slice + step].map((time) => ways.at(0, time)[0]);
    expect((here - before) / step).toBeCloseTo((after - here) / step, 4);
  }
});

test("two places are joined by a straight line", () => {
  expect(ways.at(1, 1.25)).toEqual([5.5, -5.5, 1]);
});

test("a point comes and goes where it is first and last", () => {
  expect(ways.at(1, 0)).toBe(undefined);
  expect(ways.at(1, 0.25)).toEqual([5, -5, 0.25]);
  expect(ways.at(1, 2.75)).toEqual([7, -7, 0.25]);
  expect(ways.at(1, 3)).toBe(undefined);
  expect([2.5, 3, 3.5, 4].map((time) => ways.at(2, time))).toEqual([[2, -2, 0.5], [2, -2, 1], [2, -2, 0.5], undefined]);
});

test("curves join slices that both have the point", () => {
  const joined = (point) => [0, 1, 2, 3].filter((slice) => ways.joins(point, slice));
  expect([0, 1, 2].map(joined)).toEqual([[0, 1, 2, 3], [1], []]);
});
