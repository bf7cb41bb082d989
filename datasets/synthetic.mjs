// Data made for what it does to neighbour searches and layouts: { data, labels, rows, cols, classes }, the same at every call.
// Rows come in random order of their labels, each from its own part of the random sequence, so a prefix is a sample.

/** Random numbers from a seed (mulberry32): uniform in (0, 1), and normal by Box and Muller's method. */
function generator(seed) {
  let state = seed;
  let spare;
  const uniform = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (((mixed ^ (mixed >>> 14)) >>> 0) + 0.5) / 2 ** 32;
  };
  const normal = () => {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    const radius = Math.sqrt(-2 * Math.log(uniform()));
    const angle = 2 * Math.PI * uniform();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
  return { uniform, normal, below: (count) => Math.floor(count * uniform()) };
}

const classNames = (word, count) => Array.from({ length: count }, (_, i) => `${word} ${i + 1}`);

/** `fill(row)` writes the coordinates of one row and returns its label. */
function filled({ rows, cols, word, classes }, fill) {
  const data = new Float32Array(rows * cols);
  const labels = new Uint8Array(rows);
  for (let row = 0; row < rows; row++) labels[row] = fill(data.subarray(row * cols, (row + 1) * cols));
  return { data, labels, rows, cols, classes: classNames(word, classes) };
}

/** 50 balls with no edge between them in any neighbour graph: every one is a component of its own. */
function blobs50() {
  const [cols, classes, random] = [50, 50, generator(1)];
  const centres = Float64Array.from({ length: classes * cols }, () => 10 * random.normal());
  return filled({ rows: 20_000, cols, word: "blob", classes }, (row) => {
    const label = random.below(classes);
    for (let i = 0; i < cols; i++) row[i] = centres[label * cols + i] + random.normal();
    return label;
  });
}

/** scikit-learn's make_swiss_roll; the label is the stretch along the roll. */
function swissRoll() {
  const [classes, random] = [20, generator(2)];
  return filled({ rows: 20_000, cols: 3, word: "stretch", classes }, (row) => {
    const along = random.uniform();
    const angle = 1.5 * Math.PI * (1 + 2 * along);
    row.set([angle * Math.cos(angle), 21 * random.uniform(), angle * Math.sin(angle)]);
    return Math.floor(classes * along);
  });
}

/**
 * Columns of scales from 1e-3 to 1e6, each with 10 clusters in Student's t of 2 degrees of freedom: no variance, so the
 * greatest value of a column is hundreds of times its spread, and one scale for all columns sees the last few alone.
 */
function heavyTailed() {
  const [cols, classes, random] = [40, 10, generator(3)];
  const scales = Float64Array.from({ length: cols }, (_, i) => 10 ** (-3 + (9 * i) / (cols - 1)));
  const centres = Float64Array.from({ length: classes * cols }, () => 5 * random.normal());
  const student = () => random.normal() / Math.sqrt(-Math.log(random.uniform()));
  return filled({ rows: 20_000, cols, word: "cluster", classes }, (row) => {
    const label = random.below(classes);
    for (let i = 0; i < cols; i++) row[i] = scales[i] * (centres[label * cols + i] + student());
    return label;
  });
}

/**
 * 200 clusters whose centres are 1.4 of their own radii apart, each a flat piece of 8 dimensions with
 * a tenth as much noise around it, so that neighbours mean something in so many columns.
 */
function clustered(rows, cols) {
  const [classes, inner, random] = [200, 8, generator(4)];
  const centres = Float64Array.from({ length: classes * cols }, () => random.normal());
  const axes = Float64Array.from({ length: classes * inner * cols }, () => random.normal() / Math.sqrt(inner));
  const position = new Float64Array(inner);
  return filled({ rows, cols, word: "cluster", classes }, (row) => {
    const label = random.below(classes);
    for (let a = 0; a < inner; a++) position[a] = random.normal();
    for (let i = 0; i < cols; i++) {
      let sum = centres[label * cols + i] + 0.1 * random.normal();
      for (let a = 0; a < inner; a++) sum += position[a] * axes[(label * inner + a) * cols + i];
      row[i] = sum;
    }
    return label;
  });
}

export const GENERATORS = {
  blobs50,
  "swiss-roll": swissRoll,
  "heavy-tailed": heavyTailed,
  "clustered-1m": () => clustered(1_000_000, 128),
  "clustered-100k": () => clustered(100_000, 384),
};
