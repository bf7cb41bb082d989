// The demo itself, once everything is built: load, embed, measure, write the page.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { configure, evaluate, UMAP } from "umap-wasm";
import { loadDataset } from "../../datasets/index.mjs";
import { thumbnails } from "../../plot/images.mjs";
import { bundleTemplate, fillTemplate } from "../../plot/scatter/page.mjs";
import { showProgress } from "./progress.mjs";

const TITLES = { digits: "Digits", mnist: "MNIST", "fashion-mnist": "Fashion-MNIST", glove: "GloVe words" };
const STAGES = {
  points: "Copying points",
  knn: "Neighbours",
  fuzzy: "Fuzzy graph",
  init: "Initial layout",
  optimize: "Layout",
  radii: "Local radii",
  evaluate: "Quality",
};

// The one module that the demo builds; an engine with relaxed SIMD would choose another one.
configure({ wasmUrl: { threads: new URL("../../dist/umap_wasm_threads.wasm", import.meta.url) } });

const number = (value) => value.toLocaleString("en");
const seconds = (milliseconds) => `${(milliseconds / 1000).toFixed(2)} s`;

export async function demo({ dataset: name, threads, seed, out }) {
  const dataset = loadDataset(name);
  const { data, rows, cols } = dataset;
  console.log(`${TITLES[name]}: ${number(rows)} rows x ${cols} columns`);

  const umap = new UMAP({ seed, nThreads: threads, metric: name === "glove" ? "cosine" : "euclidean" });
  const fit = showProgress(STAGES);
  const started = performance.now();
  const embedding = await fit.during(umap.fitTransform({ data, rows, cols }, { onProgress: fit.report }));
  const total = performance.now() - started;
  const quality = await measured(dataset, embedding, seed);

  const stages = umap.diagnostics.stageMs.map(([stage, time]) => [STAGES[stage], seconds(time)]);
  const results = describe({ dataset, umap, quality });
  console.log();
  const times = [...stages, ["Total", seconds(total)]];
  for (const [label, value] of [...times, ...results]) console.log(`  ${label.padEnd(20)}${value}`);
  await umap.dispose();
  const facts = [["Points", number(rows)], ["Dimensions", `${cols} → 2`], ["Seed", String(seed)], ...results, ...times];
  console.log(`\nOpen ${pathToFileURL(await writePage({ dataset, embedding, facts, out }))}`);
}

/** Every row's neighbours cost rows^2: above 10,000 rows, 10,000 of them say enough (the same ones for the same seed). */
function measured({ data, rows, cols, labels }, embedding, seed) {
  const quality = showProgress(STAGES);
  const options = { k: 15, labels, seed, sample: Math.min(rows, 10_000), onProgress: quality.report };
  return quality.during(evaluate({ data, rows, cols }, embedding, options));
}

function describe({ dataset, umap, quality }) {
  const { backend, threads } = umap.diagnostics;
  return [
    ["Threads", backend === "single" ? "1 (no shared memory)" : String(threads)],
    ["Trustworthiness@15", quality.trustworthiness.toFixed(4)],
    ["Neighbours kept@15", `${(100 * quality.neighborPreservation).toFixed(1)} %`],
    ...(dataset.labels ? [["Label accuracy@15", `${(100 * quality.labelAccuracy).toFixed(1)} %`]] : []),
  ];
}

async function writePage({ dataset, embedding, facts, out }) {
  const page = fillTemplate(await bundleTemplate(), {
    title: `UMAP of ${TITLES[dataset.name]}`,
    positions: embedding.data,
    labels: dataset.labels,
    classes: dataset.classes,
    names: dataset.words,
    images: thumbnails(dataset),
    facts,
  });
  mkdirSync(out, { recursive: true });
  const file = join(out, `${dataset.name}.html`);
  writeFileSync(file, page);
  return file;
}
