/**
 * What embeddings say at large, and in the small, beside umap-learn's: 18 small data sets whose arrangement is known
 * (peers/global_data.py), MNIST and Fashion-MNIST, by several seeds, one scorer for all (peers/score_global.py). Writes
 * results/global.md.
 *
 *   node bench/global.mjs [--seeds 5] [--threads 2] [--only digits,s-curve] [--no-peer] [--no-build]
 *
 * With --only the rest of the table stays as it was measured before; with --no-peer umap-learn's embeddings of the last call do.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadDataset } from "../datasets/index.mjs";
import { main } from "../scripts/run.mjs";
import { flags, someOf, wholeNumber } from "./flags.mjs";
import { buildFirst } from "./measure.mjs";
import { runPeer } from "./new_rows.mjs";
import { readNpy, writeNpy } from "./npy.mjs";
import { circumstances, header, save, savedOr } from "./record.mjs";
import { heading, line, median } from "./table.mjs";

const FOLDER = join(dirname(fileURLToPath(import.meta.url)), "..", ".cache", "bench", "global");
const LARGE = ["mnist", "fashion-mnist"];

/** Title of a measure, how much below umap-learn's it may be, and how much on the large data. */
const MEASURES = {
  trustworthiness: ["trustworthiness", 0.003],
  preservation: ["neighbours kept", 0.003],
  label_accuracy: ["label accuracy", 0.003, 0.001],
  triplets: ["triplets", 0.02],
  distances: ["distances", 0.02],
  centroids: ["centroids", 0.02],
  latent_triplets: ["known triplets", 0.02],
  latent_distances: ["known distances", 0.02],
};
/** Where different seeds are to differ at most half as much as umap-learn's. */
const ALIKE = ["digits", "mnist"];

const folderOf = (name) => join(FOLDER, name);

/** Writes the points of all data sets, and gives their names. */
function onDisk() {
  mkdirSync(FOLDER, { recursive: true });
  const made = runPeer("global_data.py", { out: FOLDER });
  for (const name of LARGE.filter((name) => !existsSync(join(folderOf(name), "about.json")))) {
    const { data, labels, rows, cols } = loadDataset(name);
    mkdirSync(folderOf(name), { recursive: true });
    writeNpy(join(folderOf(name), "x.npy"), { data, rows, cols });
    writeNpy(join(folderOf(name), "labels.npy"), { data: labels, rows, cols: 1 });
    // Written last: files that were cut short are written again.
    writeFileSync(join(folderOf(name), "about.json"), "{}");
  }
  return [...made, ...LARGE];
}

function forget(name, program) {
  const old = readdirSync(folderOf(name)).filter((file) => file.startsWith(`${program}-`));
  for (const file of old) rmSync(join(folderOf(name), file));
}

/** Embeddings by so many seeds; the milliseconds that their layouts took. */
async function ours(name, { seeds, threads }) {
  const { UMAP } = await import("../dist/node-index.js");
  forget(name, "umap-wasm");
  const points = readNpy(join(folderOf(name), "x.npy"));
  const layoutMs = [];
  for (let seed = 0; seed < seeds; seed++) {
    const umap = new UMAP({ seed, nThreads: threads });
    const embedding = await umap.fitTransform(points);
    writeNpy(join(folderOf(name), `umap-wasm-${seed}.npy`), embedding);
    const stages = Object.fromEntries(umap.diagnostics.stageMs);
    layoutMs.push(stages.init + stages.optimize);
    await umap.dispose();
  }
  return { rows: points.rows, cols: points.cols, seeds, layoutMs: median(layoutMs) };
}

function scored(name) {
  const folder = folderOf(name);
  const { latentMetric } = JSON.parse(readFileSync(join(folder, "about.json"), "utf8"));
  const isThere = (part) => existsSync(join(folder, `${part}.npy`));
  const values = {
    data: join(folder, "x.npy"),
    ...(isThere("labels") && { labels: join(folder, "labels.npy") }),
    ...(isThere("latent") && { latent: join(folder, "latent.npy"), "latent-metric": latentMetric }),
  };
  const embeddings = readdirSync(folder).filter((file) => /^umap-(wasm|learn)-\d+\.npy$/.test(file));
  return runPeer(
    "score_global.py",
    values,
    embeddings.map((file) => join(folder, file)),
  );
}

/** What of umap-learn's may be less, or for the last one what there may be at most. */
function misses(name, key, own, peer) {
  if (key === "procrustes") return own > peer * (ALIKE.includes(name) ? 0.5 : 1);
  const [, less, ofLarge = less] = MEASURES[key];
  return own < peer - (LARGE.includes(name) ? ofLarge : less);
}

function row(name, { rows, cols, seeds, layoutMs, programs }) {
  const { "umap-wasm": own, "umap-learn": peer = {} } = programs;
  const cells = [...Object.keys(MEASURES), "procrustes"].map((key) => {
    if (own[key] === undefined) return "";
    if (peer[key] === undefined) return own[key].toFixed(3);
    const both = `${own[key].toFixed(3)} / ${peer[key].toFixed(3)}`;
    return misses(name, key, own[key], peer[key]) ? `**${both}**` : both;
  });
  return line([name, `${rows} x ${cols}`, seeds, ...cells, layoutMs.toFixed(0)]);
}

function report({ circumstances, peer, threads, sets }) {
  const titles = Object.values(MEASURES).map(([title]) => title);
  const rows = Object.entries(sets).map(([name, found]) => row(name, found));
  const missed = rows.join("\n").split(" **").length - 1;
  return [
    "# What embeddings say at large, umap-wasm / umap-learn",
    "",
    ...header(circumstances),
    `- Node ${process.versions.node}, ${peer}, ${threads} threads, defaults. umap-learn with \`random_state\` and so on one thread, but for MNIST and Fashion-MNIST.`,
    "- Means of the seeds; measures, samples and sources: `peers/score_global.py`. Triplets, distances and centroids are held against the points, known triplets and distances against coordinates that are known; 1 is best, of random layouts 0.5 (triplets) and 0.",
    "- Between seeds: mean Procrustes distance of the layouts, 0 to 1, less is better.",
    "- Layout: initial layout and epochs of umap-wasm, median, ms.",
    `- **Bold**: more than 0.003 (trustworthiness, neighbours kept, label accuracy; 0.001 for that of MNIST and Fashion-MNIST) or 0.02 (the rest) below umap-learn; between seeds: above it, for ${ALIKE.join(" and ")} above half of it. ${missed} of them.`,
    "",
    ...heading(["", "size", "seeds", ...titles, "between seeds", "layout"], 1),
    ...rows,
  ].join("\n");
}

await main(async () => {
  const values = flags({ seeds: "5", threads: "2", only: "", "no-peer": false, "no-build": false });
  const [seeds, threads] = ["seeds", "threads"].map((key) => wholeNumber(key, values[key]));
  await buildFirst(!values["no-build"]);
  const all = onDisk();
  const names = values.only === "" ? all : someOf("only", values.only, all);
  const record = values.only === "" ? {} : savedOr("global", {});
  Object.assign(record, { circumstances: circumstances(), threads, sets: record.sets ?? {} });
  if (!values["no-peer"]) for (const name of names) forget(name, "umap-learn");
  const peer = runPeer("umap_learn_global.py", { seeds: values["no-peer"] ? 0 : seeds, threads }, names.map(folderOf));
  record.peer = peer.versions;
  for (const name of names) {
    record.sets[name] = { ...(await ours(name, { seeds, threads })), ...scored(name) };
    save("global", record, report(record));
    console.error(row(name, record.sets[name]));
  }
  console.log(report(record));
});
