// UMAP that learns from numbers: 10,000 images of Fashion-MNIST, arranged by how bright they are, too.
//
//   npm run build && node examples/continuous-target.mjs
//
// Writes demo-output/continuous-target.webp.
import { UMAP } from "umap-wasm";
import { head, loadDataset, writePicture } from "./helpers.mjs";

const { data, rows, cols } = head(loadDataset("fashion-mnist"), 10_000);
const mean = (row) => data.subarray(row * cols, (row + 1) * cols).reduce((sum, value) => sum + value, 0) / cols;
const brightness = Float32Array.from({ length: rows }, (_, row) => mean(row));

async function embed(target, targetWeight) {
  const umap = new UMAP({ targetMetric: "euclidean", targetNNeighbors: 200, targetWeight });
  const embedding = await umap.fitTransform({ data, rows, cols }, { target });
  await umap.dispose();
  return embedding.data;
}

// For the colours: tenths of the images, from dark to bright.
const order = Array.from(brightness.keys()).sort((a, b) => brightness[a] - brightness[b]);
const labels = new Uint8Array(rows);
for (const [place, row] of order.entries()) labels[row] = Math.floor((10 * place) / rows);
const VIRIDIS = "440154 482878 3e4989 31688e 26828e 1f9e89 35b779 6ece58 b5de2b fde725";

await writePicture("demo-output/continuous-target.webp", {
  title: "10,000 images of Fashion-MNIST, arranged by their brightness, too",
  classes: ["darkest tenth", ...Array.from({ length: 8 }, (_, at) => `${at + 2}`), "brightest tenth"],
  colours: VIRIDIS.split(" ").map((colour) => `#${colour}`),
  perRow: 3,
  panels: [
    { caption: "UMAP without a target", positions: await embed(), labels },
    { caption: "Brightness as target, targetWeight 0.3", positions: await embed(brightness, 0.3), labels },
    { caption: "Brightness as target, targetWeight 0.5", positions: await embed(brightness, 0.5), labels },
  ],
});
