// UMAP that learns from numbers: handwritten digits, arranged by how much ink they took.
//
//   npm run build && node examples/continuous-target.mjs
//
// Writes demo-output/continuous-target.jpg.
import { UMAP } from "umap-wasm";
import { loadDataset } from "../bench/datasets.mjs";
import { writePicture } from "./picture.mjs";

const { data, rows, cols } = loadDataset("digits");
const points = { data, rows, cols };
const ink = Float32Array.from({ length: rows }, (_, row) =>
  data.subarray(row * cols, (row + 1) * cols).reduce((sum, value) => sum + value, 0),
);

// Few points are near in both to begin with: the target needs more neighbours than the points.
async function embed(target) {
  const umap = new UMAP({ targetMetric: "euclidean", targetNNeighbors: 100, targetWeight: 0.5 });
  const { data } = await umap.fitTransform(points, { target });
  await umap.dispose();
  return data;
}

// Tenths of the digits, from little ink to much.
const order = Array.from(ink.keys()).sort((a, b) => ink[a] - ink[b]);
const tenths = new Uint8Array(rows);
for (const [place, row] of order.entries()) tenths[row] = Math.floor((10 * place) / rows);
const colours = [
  "#440154",
  "#482878",
  "#3e4989",
  "#31688e",
  "#26828e",
  "#1f9e89",
  "#35b779",
  "#6ece58",
  "#b5de2b",
  "#fde725",
];

await writePicture("demo-output/continuous-target.jpg", {
  title: "Handwritten digits and the ink they took",
  classes: colours.map((_, tenth) => ["least ink", ...Array(8).fill(""), "most"][tenth]),
  colours,
  perRow: 2,
  panels: [
    { caption: "Fitted without a target", positions: await embed(), labels: tenths },
    { caption: "Fitted with the ink as target", positions: await embed(ink), labels: tenths },
  ],
});
