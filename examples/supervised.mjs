// UMAP that learns from labels, and what that does for new points. Fashion-MNIST: 60,000 images with labels, 10,000 others.
//
//   npm run build && node examples/supervised.mjs
//
// Writes demo-output/supervised.webp and demo-output/half-labelled.webp.
import { UMAP } from "umap-wasm";
import { boundsOf, loadDataset, writePicture } from "./helpers.mjs";

const { data, cols, labels, classes } = loadDataset("fashion-mnist");
const known = { data: data.subarray(0, 60_000 * cols), rows: 60_000, cols };
const others = { data: data.subarray(60_000 * cols), rows: 10_000, cols };
const [knownLabels, otherLabels] = [labels.subarray(0, 60_000), labels.subarray(60_000)];

/** Fits with a target, and places the images that the fit has not seen. Their labels are used for nothing but colours. */
async function embed(target) {
  const umap = new UMAP({ targetMetric: "categorical", targetWeight: 0.5 });
  const embedding = await umap.fitTransform(known, { target });
  const places = await umap.transform(others);
  const milliseconds = umap.diagnostics.stageMs.reduce((sum, [, ms]) => sum + ms, 0);
  console.log(`${umap.diagnostics.labelled ?? "no"} labels: ${(milliseconds / 1000).toFixed(1)} s`);
  await umap.dispose();
  return { fitted: embedding.data, places: places.data, bounds: boundsOf(embedding.data, places.data) };
}

// null says that a label is not known; -1 and undefined do too.
const everyOther = Array.from(knownLabels, (label, row) => (row % 2 ? label : null));
const [without, withAll, withHalf] = [await embed(), await embed(knownLabels), await embed(everyOther)];

const panel = (caption, positions, labels, { bounds }) => ({ caption, positions, labels, bounds });
await writePicture("demo-output/supervised.webp", {
  title: "Fashion-MNIST without and with labels",
  classes,
  perRow: 2,
  panels: [
    panel("Fitted without labels: 60,000 images", without.fitted, knownLabels, without),
    panel("10,000 new images in that model", without.places, otherLabels, without),
    panel("Fitted with labels", withAll.fitted, knownLabels, withAll),
    panel("The new images, whose labels it has not seen", withAll.places, otherLabels, withAll),
  ],
});

const rows = (wanted) => Array.from(knownLabels.keys()).filter((row) => (everyOther[row] !== null) === wanted);
const taken = (rows) => Float32Array.from(rows.flatMap((row) => [...withHalf.fitted.subarray(2 * row, 2 * row + 2)]));
await writePicture("demo-output/half-labelled.webp", {
  title: "Fashion-MNIST with the labels of every other image",
  classes,
  perRow: 3,
  panels: [
    panel(
      "Images whose labels the fit had",
      taken(rows(true)),
      rows(true).map((row) => knownLabels[row]),
      withHalf,
    ),
    panel(
      "Images whose labels it had not",
      taken(rows(false)),
      rows(false).map((row) => knownLabels[row]),
      withHalf,
    ),
    panel("10,000 new images", withHalf.places, otherLabels, withHalf),
  ],
});
