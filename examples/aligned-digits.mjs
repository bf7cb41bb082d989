// AlignedUMAP of a window that moves over data: the 1,797 digits from little to much ink, ten slices of 400 that begin 150 apart.
//
//   npm run build && node examples/aligned-digits.mjs
//
// Writes demo-output/aligned-digits.webp (all slices fitted together), demo-output/aligned-updates.webp (two fitted, eight added
// one by one) and demo-output/aligned-digits.html (the first, to turn and to play); says how long it took and how good it is.
import { AlignedUMAP, evaluate } from "umap-wasm";
import { boundsOf, loadDataset, thumbnails, timed, writeAlignedPage, writePicture } from "./helpers.mjs";

const [SLICES, ROWS, STEP] = [10, 400, 150];
const { data, rows, cols, labels, classes } = loadDataset("digits");

const taken = (array, width, wanted) =>
  Uint8Array.from(wanted.flatMap((row) => [...array.subarray(row * width, (row + 1) * width)]));
const ink = (row) => data.subarray(row * cols, (row + 1) * cols).reduce((sum, value) => sum + value, 0);
const order = Array.from({ length: rows }, (_, row) => row).sort((a, b) => ink(a) - ink(b));
const slices = Array.from({ length: SLICES }, (_, at) => order.slice(STEP * at, STEP * at + ROWS));
const datasets = slices.map((wanted) => ({ data: taken(data, cols, wanted), rows: ROWS, cols }));

// A digit is called by its row in the data, so it is known which rows of different slices are the same.
const together = new AlignedUMAP();
await timed(`fit of ${SLICES} slices`, together.fit(datasets, { ids: slices }));
const growing = new AlignedUMAP();
await timed("fit of 2 slices", growing.fit(datasets.slice(0, 2), { ids: slices.slice(0, 2) }));
for (let at = 2; at < SLICES; at++)
  await timed(`update with slice ${at + 1}`, growing.update(datasets[at], { ids: slices[at] }));

for (const [what, { embeddings }] of Object.entries({ "fitted together": together, updated: growing })) {
  const qualities = await Promise.all(embeddings.map((embedding, at) => evaluate(datasets[at], embedding)));
  const trustworthiness = mean(qualities.map((quality) => quality.trustworthiness));
  console.log(
    `${what}: trustworthiness ${trustworthiness.toFixed(3)}, ` +
      `the same digit in the next slice ${displacement(embeddings).toFixed(2)} standard deviations away`,
  );
}

await picture("aligned-digits", "Ten slices of the digits, from little to much ink, fitted together", together);
await picture("aligned-updates", "The first two slices fitted, the others added one by one", growing);

const shown = order.slice(0, STEP * (SLICES - 1) + ROWS);
await writeAlignedPage("demo-output/aligned-digits.html", {
  title: "Digits, from little to much ink",
  axis: "Ink",
  count: shown.length,
  labels: taken(labels, 1, shown),
  classes,
  images: thumbnails({ name: "digits", data: taken(data, cols, shown) }),
  facts: [
    ["Digits", shown.length.toLocaleString("en")],
    ["Slices", String(SLICES)],
    ["Rows of each", String(ROWS)],
    ["Shared with the next", String(ROWS - STEP)],
  ],
  slices: slices.map((wanted, at) => ({
    name: inkOf(wanted),
    facts: [
      ["Slice", `${at + 1} of ${SLICES}`],
      ["Ink", inkOf(wanted)],
    ],
    positions: together.embeddings[at].data,
    points: wanted.map((_, row) => STEP * at + row),
  })),
});
await together.dispose();
await growing.dispose();

function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Mean distance between the places of a digit in consecutive slices, over the standard deviation of all places. */
function displacement(embeddings) {
  const place = (at, row) => embeddings[at].data.subarray(2 * row, 2 * row + 2);
  // Rows 150 to 399 of a slice are rows 0 to 249 of the next.
  const shared = Array.from({ length: ROWS - STEP }, (_, row) => row);
  const pairs = embeddings
    .slice(1)
    .flatMap((_, at) => shared.map((row) => [place(at, row + STEP), place(at + 1, row)]));
  const distances = pairs.map(([a, b]) => Math.hypot(a[0] - b[0], a[1] - b[1]));
  const all = embeddings.flatMap(({ data }) =>
    Array.from({ length: data.length / 2 }, (_, row) => [data[2 * row], data[2 * row + 1]]),
  );
  const centre = [0, 1].map((axis) => mean(all.map((each) => each[axis])));
  const variance = mean(all.map(([x, y]) => (x - centre[0]) ** 2 + (y - centre[1]) ** 2));
  return mean(distances) / Math.sqrt(variance);
}

function inkOf(wanted) {
  return `${ink(wanted[0])}–${ink(wanted.at(-1))}`;
}

/** All slices side by side, with the same axes. */
function picture(name, title, { embeddings }) {
  const bounds = boundsOf(...embeddings.map(({ data }) => data));
  const panels = embeddings.map((embedding, at) => ({
    caption: `${at + 1}: ink ${inkOf(slices[at])}`,
    positions: embedding.data,
    labels: taken(labels, 1, slices[at]),
    bounds,
  }));
  return writePicture(`demo-output/${name}.webp`, { title, classes, perRow: 5, side: 250, panels });
}
