// This package's NeighborIndex; the effort is epsilon. index_task.py is the same in Python.
//
//   node umap_wasm_index.mjs --points points.bin --dtype float32 --rows 339470 --cols 100 --metric cosine
//        --queries queries.bin --query-rows 2009 --k 10 --threads 2 --efforts 0,0.1 --rounds 3 --out result
//
// result.<effort>.i32 has the k indices that were found for each row asked for.
import { readFileSync, writeFileSync } from "node:fs";
import { NeighborIndex } from "umap-wasm";
import { flags } from "../flags.mjs";
import { bytesOf } from "../npy.mjs";
import { peakMib } from "./peak.mjs";

const FEW = 5000;
const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
const values = flags({
  ...{ points: "", dtype: "float32", rows: "", cols: "", metric: "euclidean", queries: "", "query-rows": "", k: "10" },
  ...{ threads: "1", seed: "42", efforts: "0.1", rounds: "3", out: "" },
});
const [cols, k] = [Number(values.cols), Number(values.k)];
const Elements = { uint8: Uint8Array, float32: Float32Array }[values.dtype];

function matrix(file, rows) {
  const bytes = readFileSync(file);
  return { data: new Elements(bytes.buffer, bytes.byteOffset, rows * cols), rows, cols };
}

async function timed(work) {
  const started = performance.now();
  return [await work(), (performance.now() - started) / 1000];
}

const points = matrix(values.points, Number(values.rows));
const asked = matrix(values.queries, Number(values["query-rows"]));
const options = { metric: values.metric, seed: Number(values.seed), nThreads: Number(values.threads) };
const build = (points) => NeighborIndex.build(points, options);
const few = await build({ data: points.data.subarray(0, FEW * cols), rows: FEW, cols });
const efforts = values.efforts.split(",").map(Number);
for (const epsilon of efforts.slice(0, 2)) await few.query(asked, { k, epsilon });
await few.dispose();
const [index, seconds] = await timed(() => build(points));
await index.query(asked, { k, epsilon: efforts[0] });
const curve = [];
for (const effort of efforts) {
  const qps = [];
  for (let round = 0; round < Number(values.rounds); round++) {
    const [found, took] = await timed(() => index.query(asked, { k, epsilon: effort }));
    qps.push(asked.rows / took);
    if (round === 0) writeFileSync(`${values.out}.${effort}.i32`, bytesOf(found.indices));
  }
  curve.push({ effort, qps });
}
// One at a time, as a server would: a call each.
const one = (row) => ({ data: asked.data.subarray(row * cols, (row + 1) * cols), rows: 1, cols });
const single = [];
for (let row = 0; row < 200; row++) single.push((await timed(() => index.query(one(row), { k })))[1] * 1000);
console.log(
  JSON.stringify({
    seconds,
    curve,
    single_ms: single,
    peak_mib: peakMib(),
    diagnostics: index.diagnostics,
    versions: `umap-wasm ${version}, Node ${process.versions.node}`,
  }),
);
