/** Rows for the tests of the drop-in. */

/** Numbers from 0 to 1, the same everywhere: what programs give to umap-js as `random`. */
export function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

export interface Labelled {
  rows: number[][];
  labels: number[];
}

/** Three clusters of points in a cube, `spread` wide where their centres are 10 apart. */
export function clusters(count: number, cols: number, spread = 2, seed = 1): Labelled {
  const random = generator(seed);
  const labels = Array.from({ length: count }, (_, i) => i % 3);
  const rows = labels.map((label) =>
    Array.from({ length: cols }, (_, col) => (col % 3 === label ? 10 : 0) + spread * (random() - 0.5)),
  );
  return { rows, labels };
}

const distance = (a: number[], b: number[]) => Math.hypot(...a.map((x, axis) => x - (b[axis] as number)));

/** The part of rows of which the nearest of `among` has the same label; among the rows themselves it is another row. */
export function purity(places: number[][], labels: number[], among = places, theirs = labels): number {
  const nearest = places.map((place, i) => {
    const others = among.map((other, j) => (places === among && i === j ? Infinity : distance(place, other)));
    return theirs[others.indexOf(Math.min(...others))];
  });
  return nearest.filter((label, i) => label === labels[i]).length / labels.length;
}

/** The nearest rows by brute force, the row itself first: what `setPrecomputedKNN` takes. */
export function nearest(rows: number[][], k: number): { indices: number[][]; distances: number[][] } {
  const sorted = rows.map((row) =>
    rows.map((other, j) => ({ j, length: distance(row, other) })).sort((a, b) => a.length - b.length || a.j - b.j),
  );
  return {
    indices: sorted.map((row) => row.slice(0, k).map(({ j }) => j)),
    distances: sorted.map((row) => row.slice(0, k).map(({ length }) => length)),
  };
}
