/**
 * Fits that learn from labels: the 60,000 labelled images of Fashion-MNIST, then places for the 10,000 others, beside
 * umap-learn. Writes results/fashion-mnist-supervised.md.
 *
 *   node bench/supervised.mjs --threads 2 --repeats 5 [--no-peer] [--no-build]
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { main } from "../scripts/run.mjs";
import { flags, wholeNumber } from "./flags.mjs";
import { buildFirst, chosenDataset, pointsOnDisk } from "./measure.mjs";
import { part, repeated, runPeer, withAccuracy } from "./new_rows.mjs";
import { circumstances, header, save } from "./record.mjs";
import { heading, line, median } from "./table.mjs";

const FITTED = 60_000;

/** What is known of the labels; -1 is not. umap-learn gets the same. */
function targets({ labels }) {
  const all = Int32Array.from(labels.subarray(0, FITTED));
  return { none: undefined, half: all.map((label, row) => (row % 2 ? label : -1)), all };
}

async function ours({ UMAP }, dataset, { threads, repeats }) {
  const [known, asked] = [part(dataset, 0, FITTED), part(dataset, FITTED, dataset.rows)];
  const models = [];
  for (const [labels, target] of Object.entries(targets(dataset))) {
    const fits = [];
    let umap;
    for (let run = 0; run < repeats; run++) {
      await umap?.dispose();
      umap = new UMAP({ nThreads: threads });
      fits.push((await repeated(1, () => umap.fit(known, { target }))).ms);
    }
    await umap.transform(part(dataset, 0, 1));
    const placing = await repeated(repeats, () => umap.transform(asked));
    models.push({
      name: `umap-wasm ${labels}`,
      labels,
      fit_seconds: median(fits) / 1000,
      fuzzy_ms: Object.fromEntries(umap.diagnostics.stageMs).fuzzy,
      seconds: placing.ms / 1000,
      fit: umap.embedding.data,
      places: placing.result.data,
    });
    await umap.dispose();
  }
  return models;
}

function umapLearn({ folder, points }, dataset, labels, threads) {
  const out = join(folder, `umap-learn-${labels}`);
  const target = `${out}.target.bin`;
  writeFileSync(target, new Uint8Array(targets(dataset)[labels].buffer));
  const facts = runPeer("umap_learn_supervised.py", { ...points, threads, out, fitted: FITTED, target });
  return { name: `umap-learn ${labels}`, labels, out, ...facts };
}

function report({ circumstances, versions, threads, models }) {
  const number = (value, digits) => (value === undefined ? "" : value.toFixed(digits));
  const cells = ({ name, labels, fit_seconds, fuzzy_ms, seconds, accuracy }) => [
    name.split(" ")[0],
    labels,
    number(fit_seconds, 2),
    number(fuzzy_ms, 0),
    number(seconds, 2),
    accuracy.toFixed(4),
  ];
  return [
    `# Labels: a model of ${FITTED.toLocaleString("en")} of Fashion-MNIST, places of 10,000 others, ${threads} threads`,
    "",
    ...header(circumstances),
    `- ${versions}`,
    "- Of `half` the label of every other row is not known. `targetWeight` 0.5, both programs' default.",
    "- Times: medians; umap-learn once, after its compiler has run. The graph's share is in the time of the fit.",
    "- Accuracy: 15-NN on the embedding of the model, by all labels, for the new rows (scikit-learn, the same for all).",
    "",
    ...heading(["", "labels", "fit, s", "of it the graph, ms", "10,000 new rows, s", "label accuracy of new rows"], 2),
    ...models.map((model) => line(cells(model))),
  ].join("\n");
}

await main(async () => {
  const values = flags({ threads: "2", repeats: "5", "no-peer": false, "no-build": false });
  const [threads, repeats] = ["threads", "repeats"].map((name) => wholeNumber(name, values[name]));
  await buildFirst(!values["no-build"]);
  const umap = await import("../dist/node/index.js");
  const dataset = chosenDataset("fashion-mnist", "");
  const disk = pointsOnDisk("fashion-mnist-supervised", dataset);
  const models = await ours(umap, dataset, { threads, repeats });
  const peers = values["no-peer"] ? [] : ["half", "all"].map((labels) => umapLearn(disk, dataset, labels, threads));
  const record = {
    circumstances: circumstances(),
    versions: [`Node ${process.versions.node}`, ...peers.slice(0, 1).map(({ versions }) => versions)].join(", "),
    threads,
    models: withAccuracy([...models, ...peers], disk),
  };
  save("fashion-mnist-supervised", record, report(record));
  console.log(report(record));
});
