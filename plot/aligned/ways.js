/**
 * The way of each point through the slices: a smooth curve (Catmull-Rom) through its places. Unlike a spline over all slices
 * it stays close to them, and a point that is in some slices only has one through these.
 * @param {{ x: Float32Array, y: Float32Array, points: number, slices: number }} places slice after slice; NaN where a slice lacks a point
 */
export function createWays({ x, y, points, slices }) {
  const has = (slice, point) => slice >= 0 && slice < slices && !Number.isNaN(x[slice * points + point]);

  function between(values, point, slice, part) {
    const value = (at) => values[at * points + point];
    const [from, to] = [value(slice), value(slice + 1)];
    // At an end the curve goes straight on.
    const before = has(slice - 1, point) ? value(slice - 1) : 2 * from - to;
    const after = has(slice + 2, point) ? value(slice + 2) : 2 * to - from;
    return catmullRom(before, from, to, after, part);
  }

  return {
    points,
    slices,
    /** Whether a point has a curve from a slice to the next. */
    joins: (point, slice) => has(slice, point) && has(slice + 1, point),
    /** Where a point is at `time` (0 is the first slice, 1 the second), and how visible; undefined where it is not there. */
    at(point, time) {
      const slice = Math.min(Math.floor(time), slices - 2);
      const part = time - slice;
      const [here, next] = [has(slice, point), has(slice + 1, point)];
      if (here && next) return [between(x, point, slice, part), between(y, point, slice, part), 1];
      if (!here && !next) return undefined;
      const visible = here ? 1 - part : part;
      const at = (here ? slice : slice + 1) * points + point;
      return visible > 0 ? [x[at], y[at], visible] : undefined;
    },
  };
}

function catmullRom(before, from, to, after, part) {
  const [start, end] = [(to - before) / 2, (after - from) / 2];
  const cubic = 2 * (from - to) + start + end;
  const square = 3 * (to - from) - 2 * start - end;
  return ((cubic * part + square) * part + start) * part + from;
}
