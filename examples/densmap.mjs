// DensMAP beside UMAP: what densities become. MNIST and Fashion-MNIST, 70,000 images each.
//
//   npm run build && node examples/densmap.mjs [mnist | fashion-mnist]
//
// Writes demo-output/densmap-<name>.webp, and says how far densities are kept.
import { DensMAP, evaluate, UMAP } from "umap-wasm";
import { boundsOf, loadDataset, writePicture } from "./helpers.mjs";

const [name = "mnist"] = process.argv.slice(2);
const { data, rows, cols, labels, classes } = loadDataset(name);
const title = `${{ mnist: "MNIST", "fashion-mnist": "Fashion-MNIST" }[name]}: UMAP, and DensMAP, which keeps densities`;
const part = (from, to) => ({ data: data.subarray(from * cols, to * cols), rows: to - from, cols });
const all = part(0, rows);
const fitted = Math.floor(rows * 0.9);

/** Median of the log radii of a class less that of all rows; 2 ln 2 is twice as wide. */
function width({ embedding }, label) {
  const median = (values) => values.toSorted()[values.length >> 1];
  return median(embedding.filter((_, row) => labels[row] === label)) - median(embedding);
}

async function panel(caption, umap, call = {}) {
  const embedding = await umap.fitTransform(all, call);
  const { densityCorrelation, labelAccuracy } = await evaluate(all, embedding, { labels });
  const widths = classes.map((each, label) => `${each} ${width(umap.radii, label).toFixed(2)}`);
  console.log(
    `${caption}: correlation of densities ${densityCorrelation.toFixed(3)}, accuracy ${labelAccuracy.toFixed(3)}`,
  );
  console.log(`  log radii of the classes: ${widths.join(", ")}`);
  await umap.dispose();
  return { caption, positions: embedding.data, labels };
}

const outputDens = true;
const panels = [
  await panel("UMAP: clusters about equally dense", new UMAP({ outputDens })),
  await panel("DensMAP (densLambda 2, the default)", new DensMAP({ outputDens })),
  await panel("DensMAP, densLambda 0.1", new DensMAP({ outputDens, densLambda: 0.1 })),
  await panel("DensMAP, densLambda 5", new DensMAP({ outputDens, densLambda: 5 })),
  await panel("DensMAP that learns from the labels, too", new DensMAP({ outputDens }), { target: labels }),
];

// The last tenth is not in the model; the picture has its places alone.
const model = await new DensMAP().fit(part(0, fitted));
const { data: places } = await model.transform(part(fitted, rows));
panels.push({
  caption: `${(rows - fitted).toLocaleString("en")} new images in a DensMAP of the others`,
  positions: places,
  labels: labels.subarray(fitted),
  bounds: boundsOf(model.embedding.data, places),
});
await model.dispose();

await writePicture(`demo-output/densmap-${name}.webp`, { title, classes, perRow: 3, panels });
