/**
 * New rows into a fitted model, and models as files: the 10,000 test images of MNIST or Fashion-MNIST into a model of the
 * 60,000 others, beside umap-learn; one row into a model of 100,000 x 384. Writes results/DATASET-transform.md.
 *
 *   node bench/transform.mjs [--dataset fashion-mnist] --threads 2 --repeats 15 [--no-peer] [--no-build]
 */
import { join } from "node:path";
import { main } from "../scripts/run.mjs";
import { flags, wholeNumber } from "./flags.mjs";
import { buildFirst, chosenDataset, pointsOnDisk } from "./measure.mjs";
import { part, repeated, runPeer, timed, withAccuracy } from "./new_rows.mjs";
import { circumstances, header, save } from "./record.mjs";
import { heading, line, median } from "./table.mjs";

const FITTED = 60_000;
const SINGLE_CALLS = 200;

/** One row after the other, as a server gets them. */
const singleRow = (umap, points) => repeated(SINGLE_CALLS, (call) => umap.transform(part(points, call, call + 1)));

/** What a model does with new points; the first call, which gets it ready, apart. */
async function measured(name, umap, points, repeats) {
  const first = await timed(() => umap.transform(part(points, 0, 1)));
  const all = await repeated(repeats, () => umap.transform(points));
  const one = await singleRow(umap, points);
  return { name, seconds: all.ms / 1000, first_ms: first.ms, one_row_ms: one.ms, places: all.result.data };
}

/** The model, itself and from a file with and without raw data. */
async function ours({ UMAP }, dataset, { threads, repeats }) {
  const [known, asked] = [part(dataset, 0, FITTED), part(dataset, FITTED, dataset.rows)];
  const umap = await new UMAP({ nThreads: threads }).fit(known);
  const models = [{ ...(await measured("model", umap, asked, repeats)), fit: umap.embedding.data }];
  const files = [];
  for (const [name, how] of [
    ["with raw data", {}],
    ["without", { rawData: false }],
  ]) {
    const { ms: saving, result: file } = await repeated(repeats, () => umap.save(how));
    const load = () => UMAP.load(file, { nThreads: threads });
    const loading = await repeated(repeats, async () => (await load()).dispose());
    files.push({ name, bytes: file.length, save_ms: saving, load_ms: loading.ms });
    const again = await load();
    models.push({ ...(await measured(`loaded, ${name}`, again, asked, repeats)), fit: again.embedding.data });
    await again.dispose();
  }
  await umap.dispose();
  return { models, files };
}

async function large({ UMAP }, threads) {
  const points = chosenDataset("clustered-100k", "");
  const umap = await new UMAP({ nThreads: threads }).fit(points);
  const { ms: first } = await timed(() => umap.transform(part(points, 0, 1)));
  const noisy = part(points, 0, SINGLE_CALLS);
  const asked = { ...noisy, data: noisy.data.map((x, at) => x + 0.01 * Math.sin(at)) };
  const one = await singleRow(umap, asked);
  await umap.dispose();
  return { first_ms: first, one_row_ms: one.ms };
}

function umapLearn({ folder, points }, threads) {
  const out = join(folder, "umap-learn");
  const facts = runPeer("umap_learn_transform.py", { ...points, threads, out, fitted: FITTED });
  return { name: "umap-learn", out, ...facts, seconds: median(facts.seconds) };
}

function report({ circumstances, versions, dataset, threads, models, files, large }) {
  const number = (value, digits) => (value === undefined ? "" : value.toFixed(digits));
  return [
    `# New rows: 10,000 of ${dataset} into a model of ${FITTED.toLocaleString("en")}, ${threads} threads`,
    "",
    ...header(circumstances),
    `- ${versions}`,
    "- Times: medians, of calls after the first, which gets the model ready for new rows; umap-learn after its compiler has run.",
    "- Accuracy: 15-NN on the embedding of the model, for the new rows (scikit-learn, the same for all).",
    "",
    ...heading(["", "10,000 rows, s", "first call, ms", "one row, ms", "label accuracy"], 1),
    ...models.map((m) =>
      line([m.name, number(m.seconds, 2), number(m.first_ms, 0), number(m.one_row_ms, 2), number(m.accuracy, 4)]),
    ),
    "",
    ...heading(["file", "MB", "saved in ms", "loaded in ms"], 1),
    ...files.map((f) => line([f.name, (f.bytes / 1e6).toFixed(2), f.save_ms.toFixed(0), f.load_ms.toFixed(0)])),
    "",
    `One row into a model of 100,000 x 384 (made clusters), the call as a program makes it: ${large.one_row_ms.toFixed(2)} ms ` +
      `(median of ${SINGLE_CALLS}); the first call, which makes the search graph: ${large.first_ms.toFixed(0)} ms.`,
  ].join("\n");
}

await main(async () => {
  const values = flags({ dataset: "mnist", threads: "2", repeats: "15", "no-peer": false, "no-build": false });
  const [threads, repeats] = ["threads", "repeats"].map((name) => wholeNumber(name, values[name]));
  await buildFirst(!values["no-build"]);
  const umap = await import("../dist/node-index.js");
  const dataset = chosenDataset(values.dataset, "");
  const disk = pointsOnDisk(`${values.dataset}-transform`, dataset);
  const { models, files } = await ours(umap, dataset, { threads, repeats });
  const peers = values["no-peer"] ? [] : [umapLearn(disk, threads)];
  const record = {
    circumstances: circumstances(),
    versions: [`Node ${process.versions.node}`, ...peers.map(({ versions }) => versions)].join(", "),
    dataset: values.dataset,
    threads,
    models: withAccuracy([...models, ...peers], disk),
    files,
    large: await large(umap, threads),
  };
  save(`${values.dataset}-transform`, record, report(record));
  console.log(report(record));
});
