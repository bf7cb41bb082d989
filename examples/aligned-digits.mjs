// AlignedUMAP of a window that moves over data: the 1,797 digits from little to much ink, ten slices of 400 that begin 150 apart.
//
//   npm run build && node examples/aligned-digits.mjs
//
// Writes demo-output/aligned-digits.jpg (all slices fitted together), demo-output/aligned-updates.jpg (two fitted, eight added
// one by one) and demo-output/aligned-digits.html (the first, to turn and to play), and says how long that took.
import { AlignedUMAP } from "umap-wasm";
import { loadDataset } from "../bench/datasets.mjs";
import { thumbnails } from "../scripts/demo/images.mjs";
import { writeAlignedPage } from "./aligned-page.mjs";
import { boundsOf, writePicture } from "./picture.mjs";

const [SLICES, ROWS, STEP] = [10, 400, 150];

const digits = loadDataset("digits");
const image = (row) => digits.data.subarray(row * digits.cols, (row + 1) * digits.cols);
const ink = (row) => image(row).reduce((sum, value) => sum + value, 0);
const order = Array.from({ length: digits.rows }, (_, row) => row).sort((a, b) => ink(a) - ink(b));

/** Which digits are in each slice: their rows in the data. */
const slices = Array.from({ length: SLICES }, (_, slice) => order.slice(STEP * slice, STEP * slice + ROWS));
const points = (rows) => ({ data: Uint8Array.from(rows.flatMap((row) => [...image(row)])), rows: ROWS, cols: digits.cols });
const datasets = slices.map(points);
/** Rows 150 to 399 of a slice are rows 0 to 249 of the next. */
const relation = Array.from({ length: ROWS - STEP }, (_, row) => [row + STEP, row]);
const relations = Array.from({ length: SLICES - 1 }, () => relation);

async function timed(what, work) {
  const started = performance.now();
  const result = await work;
  console.log(`${what}: ${((performance.now() - started) / 1000).toFixed(2)} s`);
  return result;
}

const together = new AlignedUMAP();
await timed(`Fit of ${SLICES} slices`, together.fit(datasets, { relations }));

const growing = new AlignedUMAP();
await timed("Fit of 2 slices", growing.fit(datasets.slice(0, 2), { relations: relations.slice(0, 1) }));
for (const dataset of datasets.slice(2)) await timed("Update with one more", growing.update(dataset, { relations: relation }));
