/**
 * What must come out the same in Node, Chromium and Firefox, with threads and without. Runs in a page as it is, so it
 * takes the package as an argument and gives plain data back.
 */
import { bits, blobs, points, target } from "./data.js";

const INPUT = points(600, 40);

/**
 * How often a fit is repeated: with all of these numbers of threads, or with one, where fits take turns.
 * @typedef {{ threads: number[], inTurn?: boolean }} Repeats
 */

/** The single-threaded build ignores the number of threads: nothing is repeated there. */
export const SINGLE = { threads: [1] };
export const EVERY = { threads: [1, 2, 4] };
/** Where another engine is what is tested: every kernel and every size of pool, but not each with each. */
export const IN_TURN = { ...EVERY, inTurn: true };

/**
 * @param {typeof import("umap-wasm") & typeof import("umap-wasm/parametric") & { provoke: Function }} umap
 * @param {object} fixtures
 * @param {Record<string, { rows: number, cols: number, options: string, hash: string }>} fixtures.fits bits.json
 * @param {Record<string, { rows: number, cols: number, options: string, hash: string }>} fixtures.trainings
 * parametric-bits.json
 * @param {{ rows: number, step: number, cols: number, options: string }} fixtures.aligned aligned-bits.json
 * @param {{ file: Uint8Array, asked: number[] }} fixtures.golden model-v1.umap, and points of model-v1.json
 * @param {Repeats} repeats
 */
export async function scenario(umap, { fits, trainings, aligned, golden }, repeats, backend = "auto") {
  umap.configure({ backend });
  return {
    fits: await fitBits(umap.UMAP, fits, repeats),
    trainings: await fitBits(umap.ParametricUMAP, trainings, repeats),
    aligned: await alignedBits(umap, aligned, repeats),
    bits: await bitsByThreads(umap, repeats),
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

/**
 * The numbers of threads for the fit that comes at place `at`.
 * @param {Repeats} repeats
 */
function threadsOf({ threads, inTurn }, at) {
  return inTurn ? [threads[at % threads.length]] : threads;
}

/** Whole fits, each with some numbers of threads. */
async function fitBits(Estimator, fits, repeats) {
  /** @type {Record<string, string[]>} */
  const found = {};
  for (const [at, [name, { rows, cols, options }]] of Object.entries(fits).entries()) {
    found[name] = [];
    for (const nThreads of threadsOf(repeats, at)) {
      const given = JSON.parse(options);
      const estimator = new Estimator({ ...given, nThreads });
      const call = { target: target(given, rows) };
      found[name].push(bits((await estimator.fitTransform(blobs(rows, cols), call)).data));
      await estimator.dispose();
    }
  }
  return found;
}

/** Three datasets fitted and one added. */
async function alignedBits(umap, { rows, step, cols, options }, repeats) {
  const { data } = blobs(3 * step + rows, cols);
  const part = (i) => ({ data: data.slice(i * step * cols, (i * step + rows) * cols), rows, cols });
  const related = Array.from({ length: rows - step }, (_, row) => [row + step, row]);
  const found = [];
  for (const nThreads of threadsOf(repeats, 1)) {
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

async function bitsByThreads(umap, { threads }) {
  const found = [];
  for (const nThreads of threads) found.push(await neighborBits(umap, nThreads));
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
    const error = await umap.provoke(kind, 2).catch((thrown) => thrown);
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
