// AlignedUMAP of parameters: the 1,797 digits ten times, with more and more neighbours and a greater and greater minDist.
//
//   npm run build && node examples/aligned-parameters.mjs
//
// Writes demo-output/aligned-parameters.html, a page to turn and to play, and a picture of it, demo-output/aligned-parameters.webp.
import { AlignedUMAP, evaluate } from "umap-wasm";
import { loadDataset, thumbnails, writeAlignedPage, writePageShot } from "./helpers.mjs";

const nNeighbors = [3, 4, 5, 7, 11, 16, 22, 29, 37, 45];
const minDist = [0.01, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45];
const options = { alignmentWindowSize: 2, alignmentRegularisation: 1e-3 };

const digits = loadDataset("digits");
const { rows, labels, classes } = digits;
const same = Array.from({ length: rows }, (_, row) => [row, row]);

const aligned = new AlignedUMAP({ nNeighbors, minDist, ...options });
const started = performance.now();
await aligned.fit(new Array(nNeighbors.length).fill(digits), {
  relations: new Array(nNeighbors.length - 1).fill(same),
});
const seconds = (performance.now() - started) / 1000;
console.log(`fit of ${nNeighbors.length} times ${rows} rows: ${seconds.toFixed(2)} s`);

const slices = [];
for (const [at, { data }] of aligned.embeddings.entries()) {
  const { trustworthiness } = await evaluate(digits, aligned.embeddings[at]);
  const facts = [
    ["nNeighbors", String(nNeighbors[at])],
    ["minDist", String(minDist[at])],
    ["trustworthiness", trustworthiness.toFixed(3)],
  ];
  console.log(facts.flat().join(" "));
  slices.push({ name: `${nNeighbors[at]} · ${minDist[at]}`, facts, positions: data });
}
await aligned.dispose();

await writeAlignedPage("demo-output/aligned-parameters.html", {
  title: "Digits, and what parameters do to them",
  axis: "nNeighbors · minDist",
  count: rows,
  labels,
  classes,
  images: thumbnails(digits),
  facts: [
    ["Digits", rows.toLocaleString("en")],
    ...Object.entries(options).map(([name, value]) => [name, String(value)]),
  ],
  slices,
});
await writePageShot("demo-output/aligned-parameters.webp", "demo-output/aligned-parameters.html", 4);
