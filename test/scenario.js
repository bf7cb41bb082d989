/**
 * What must come out the same in Node, Chromium and Firefox, with threads and without. Runs in a page as it is, so it
 * takes the package as an argument and gives plain data back.
 */
import { bits, blobs, points, target } from "./data.js";

const INPUT = points(600, 40);

/**
 * @param {typeof import("umap-wasm")} umap
 * @param {object} fixtures
 * @param {Record<string, { rows: number, cols: number, options: string, hash: string }>} fixtures.fits bits.json
 * @param {Record<string, { rows: number, cols: number, options: string, hash: string }>} fixtures.trainings
 * parametric-bits.json
 * @param {{ rows: number, step: number, cols: number, options: string }} fixtures.aligned aligned-bits.json
 * @param {{ file: Uint8Array, asked: number[] }} fixtures.golden model-v1.umap, and points of model-v1.json
 */
export async function scenario(umap, { fits, trainings, aligned, golden }, backend = "auto") {
  umap.configure({ backend });
  return {
    fits: await fitBits(umap.UMAP, fits),
    trainings: await fitBits(umap.ParametricUMAP, trainings),
    aligned: await alignedBits(umap, aligned),
    bits: await bitsByThreads(umap),
    model: await model(umap, golden),
    overlapping: await overlapping(umap),
    failures: await failures(umap),
    abort: await abort(umap),
  };
}

async function neighborBits(umap, nThreads) {
  const { indices, distances } = await umap.nearestNeighbors(INPUT, { nThreads });
  return bits(indices, distances);
}

/** Whole fits at 1 to 4 threads, in the form of the fixture. */
async function fitBits(Estimator, fits) {
  /** @type {Record<string, string[]>} */
  const found = {};
  for (const [name, { rows, cols, options }] of Object.entries(fits)) {
    found[name] = [];
    for (const nThreads of [1, 2, 3, 4]) {
      const given = JSON.parse(options);
      const estimator = new Estimator({ ...given, nThreads });
      const call = { target: target(given, rows) };
      found[name].push(bits((await estimator.fitTransform(blobs(rows, cols), call)).data));
      await estimator.dispose();
    }
  }
  return found;
}

/** Three datasets fitted and one added, at 1 to 4 threads. */
async function alignedBits(umap, { rows, step, cols, options }) {
  const { data } = blobs(3 * step + rows, cols);
  const part = (i) => ({ data: data.slice(i * step * cols, (i * step + rows) * cols), rows, cols });
  const related = Array.from({ length: rows - step }, (_, row) => [row + step, row]);
  const found = [];
  for (const nThreads of [1, 2, 3, 4]) {
    const aligned = new umap.AlignedUMAP({ ...JSON.parse(options), nThreads });
    await aligned.fit([0, 1, 2].map(part), { relations: [related, related] });
    await aligned.update(part(3), { relations: related });
    found.push(bits(...aligned.embeddings.map(({ data }) => data)));
    await aligned.dispose();
  }
  return found;
}

/** The model that native Rust saved: what it gives here, and whether the same arrays are saved again. */
async function model(umap, { file, asked }) {
  const loaded = await umap.UMAP.load(file, { nThreads: 2 });
  const places = await loaded.transform({ data: Float32Array.from(asked), rows: 40, cols: 6 });
  const saved = await loaded.save();
  await loaded.dispose();
  const isSame = bits(arrays(saved)) === bits(arrays(file));
  return { places: [...new Uint32Array(places.data.buffer)], isSame };
}

/** What follows the header. */
function arrays(file) {
  return file.slice(8 + new DataView(file.buffer, file.byteOffset).getUint32(0, true));
}

async function bitsByThreads(umap) {
  const found = [];
  for (const nThreads of [1, 2, 3, 4]) found.push(await neighborBits(umap, nThreads));
  return found;
}

/** Calls that run at once, on one engine and on two. */
function overlapping(umap) {
  return Promise.all([2, 2, 3, 2].map((nThreads) => neighborBits(umap, nThreads)));
}

/** Ends the module in every way; after each the next call must work. */
async function failures(umap) {
  /** @type {Record<string, any>} */
  const found = {};
  for (const kind of ["panic", "panic-in-pool", "out-of-memory"]) {
    const error = await umap.__provoke(kind, 2).catch((thrown) => thrown);
    found[kind] = { name: error.name, code: error.code, message: error.message, next: await neighborBits(umap, 2) };
  }
  return found;
}

/** Aborts in the middle of seconds of work. */
async function abort(umap) {
  const controller = new AbortController();
  const big = points(30_000, 64);
  const onProgress = ({ fraction }) => fraction > 0.01 && controller.abort("enough");
  const call = umap.nearestNeighbors(big, { nThreads: 2, signal: controller.signal, onProgress });
  const error = await call.catch((thrown) => thrown);
  return { code: error.code, cause: error.cause, next: await neighborBits(umap, 2) };
}
