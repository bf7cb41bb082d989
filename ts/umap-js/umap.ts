import { UmapError } from "../errors.js";
import type { ErrorCode } from "../generated/index.js";
import { pointsSource } from "../points.js";
import { foreign } from "./distances.js";
import { call, type Fit, load, module, type Rows, release } from "./module.js";
import { type Neighbors, neighborsAmong, neighborsOf } from "./neighbors.js";
import {
  type EpochCallback,
  type ModuleOptions,
  moduleOptions,
  type UMAPParameters,
  type UMAPSupervisedParams,
  type Vectors,
} from "./options.js";
import { atOnce, inSlices, type Slice, type Work } from "./slices.js";
import { targetOf } from "./target.js";

/** Errors after which a fit is no more. */
const LOST: ErrorCode[] = ["panic", "instance-lost"];

/** umap-js's class, computed in WebAssembly on the caller's thread. docs/from-umap-js.md says what differs. */
export class UMAP {
  readonly #params: UMAPParameters;
  #supervised: UMAPSupervisedParams = {};
  #labels: number[] | undefined;
  #known: Neighbors | undefined;
  #rows: Vectors | undefined;
  /** Whether something was set since the fit started. */
  #isOutdated = false;
  #fit: Fit | undefined;
  #options: ModuleOptions | undefined;
  #epoch = 0;
  /** What callers hold; kept up to date from the first time that it is asked for. */
  #embedding: number[][] = [];
  #isHeld = false;

  constructor(params: UMAPParameters = {}) {
    this.#params = { ...params };
  }

  /** Embeds rows, and returns when it is done. */
  fit(rows: Vectors): number[][] {
    this.initializeFit(rows);
    const nEpochs = this.getNEpochs();
    if (this.#epoch < nEpochs) this.#do((fit) => fit.runTo(nEpochs, Number.POSITIVE_INFINITY));
    this.#epoch = nEpochs;
    return this.getEmbedding();
  }

  /**
   * Embeds rows in slices of some milliseconds, the search for neighbours included; the thread is free between them.
   * `callback` is called after every epoch; when it returns `false` the layout stops right there.
   */
  async fitAsync(rows: Vectors, callback: EpochCallback = () => true): Promise<number[][]> {
    await load();
    await inSlices((slice) => this.#initialize(rows, slice));
    await inSlices((slice) => this.#optimize(callback, slice));
    return this.getEmbedding();
  }

  /** Labels (-1: unknown) or numbers to learn from, for the fits that follow. */
  setSupervisedProjection(labels: number[], params: UMAPSupervisedParams = {}): void {
    this.#labels = labels;
    this.#supervised = { ...this.#supervised, ...params };
    this.#isOutdated = true;
  }

  /** Neighbours of each row, nearest first, the row itself among them, for the fits that follow. */
  setPrecomputedKNN(knnIndices: number[][], knnDistances: number[][]): void {
    const k = knnIndices[0]?.length ?? 0;
    if (knnDistances.length !== knnIndices.length || [...knnIndices, ...knnDistances].some((row) => row.length !== k)) {
      throw new UmapError("shape-mismatch", "setPrecomputedKNN: expected as many indices and distances for every row");
    }
    this.#known = {
      k,
      indices: Uint32Array.from(knnIndices.flat()),
      distances: Float32Array.from(knnDistances.flat()),
    };
    this.#isOutdated = true;
  }

  /** Finds neighbours, the graph and where the layout starts. Returns the number of epochs that `step` may do. */
  initializeFit(rows: Vectors): number {
    atOnce((slice) => this.#initialize(rows, slice));
    return this.getNEpochs();
  }

  /** One epoch of the layout, unless all are done. Returns how many are. */
  step(): number {
    if (this.#epoch < this.getNEpochs()) {
      this.#do((fit) => fit.runTo(this.#epoch + 1, Number.POSITIVE_INFINITY));
      this.#epoch++;
      this.#refresh();
    }
    return this.#epoch;
  }

  /** The layout. It stays the same array while it goes on; before a fit it is empty. */
  getEmbedding(): number[][] {
    this.#isHeld = true;
    this.#refresh();
    return this.#embedding;
  }

  /** Epochs of the layout. */
  getNEpochs(): number {
    return this.#params.nEpochs ? Math.ceil(this.#params.nEpochs) : this.#do((fit) => fit.nEpochs());
  }

  /** Places new rows in the layout, which stays as it is and does not go on after this. */
  transform(rows: Vectors): number[][] {
    this.#started();
    const [options, fitted] = [this.#options as ModuleOptions, this.#rows as Vectors];
    const distanceFn = foreign(this.#params.distanceFn);
    if (rows.length === 0) return [];
    let places: Float32Array;
    if (distanceFn === undefined) {
      const queries = atOnce((slice) => rowsOf(rows, options, slice));
      places = this.#do((fit) => fit.transform(queries));
    } else {
      const k = Math.min(options.nNeighbors, fitted.length);
      const { indices, distances } = atOnce((slice) => neighborsAmong(fitted, rows, k, distanceFn, slice));
      places = this.#do((fit) => fit.placeByNeighbors(indices, distances));
    }
    return nested(places, rows.length);
  }

  #started(): Fit {
    if (this.#fit !== undefined) return this.#fit;
    throw new UmapError("not-fitted", "No data has been fit.");
  }

  /** Works with the fit. One that was lost is forgotten, so that the next call of `fit` starts anew. */
  #do<T>(work: (fit: Fit) => T): T {
    const fit = this.#started();
    try {
      return call(() => work(fit));
    } catch (error) {
      if (error instanceof UmapError && LOST.includes(error.code)) this.#fit = undefined;
      throw error;
    }
  }

  *#initialize(rows: Vectors, slice: Slice): Work<void> {
    // As in umap-js: the same array is not looked at again.
    if (this.#rows === rows && this.#fit !== undefined && !this.#isOutdated) return;
    const options = moduleOptions(this.#params, this.#supervised);
    const distanceFn = foreign(this.#params.distanceFn);
    let known = this.#known;
    if (known !== undefined) options.nNeighbors = Math.min(options.nNeighbors, known.k);
    const { labels, values } = targetOf(this.#labels, rows.length, options);
    if (known === undefined && distanceFn !== undefined && rows.length > 1) {
      known = yield* neighborsOf(rows, Math.min(options.nNeighbors, rows.length), distanceFn, options.seed, slice);
    }
    // With a function of the caller's only it knows what rows mean: the module gets their numbers.
    const points = yield* rowsOf(distanceFn === undefined ? rows : rows.map((_, row) => [row]), options, slice);
    const fit = call(() => new (module().Fit)(points, options, known?.indices, known?.distances, labels, values));
    while (!call(() => fit.runTo(0, slice.left))) yield;
    if (this.#fit !== undefined) release(this.#fit);
    this.#fit = fit;
    this.#options = options;
    this.#rows = rows;
    this.#isOutdated = false;
    this.#epoch = 0;
    this.#embedding = [];
    this.#isHeld = false;
  }

  *#optimize(callback: EpochCallback, slice: Slice): Work<void> {
    const own = this.#fit;
    while (this.#epoch < this.getNEpochs()) {
      if (this.#fit !== own) throw new UmapError("cancelled", "another fit was started on this UMAP");
      if (this.#do((fit) => fit.runTo(this.#epoch + 1, slice.left))) {
        this.#epoch++;
        this.#refresh();
        if (callback(this.#epoch) === false) return;
      }
      if (slice.left <= 0) yield;
    }
  }

  /** Writes the layout into the array that callers hold. In the middle of an epoch there is none to write. */
  #refresh(): void {
    if (this.#fit === undefined || !this.#isHeld) return;
    const values = this.#do((fit) => fit.embedding());
    if (values.length === 0) return;
    const count = (this.#rows as Vectors).length;
    if (this.#embedding.length === 0) this.#embedding = Array.from({ length: count }, () => []);
    const cols = values.length / count;
    for (const [at, value] of values.entries()) {
      (this.#embedding[Math.floor(at / cols)] as number[])[at % cols] = value;
    }
  }
}

/** Rows on their way into the module, a piece of some megabytes at a time. */
function* rowsOf(rows: Vectors, options: ModuleOptions, slice: Slice): Work<Rows> {
  const { source, cols } = pointsSource(rows);
  const into = call(() => new (module().Rows)(rows.length, cols, options));
  const pieces = source.pieces();
  // A piece that has been taken is filled again.
  for (let step = pieces.next(); !step.done; step = pieces.next(step.value)) {
    const buffer = step.value.buffer as ArrayBuffer;
    const values = source.dtype === "f32" ? new Float64Array(new Float32Array(buffer)) : new Float64Array(buffer);
    call(() => into.push(values));
    if (slice.left <= 0) yield;
  }
  return into;
}

function nested(values: Float32Array, rows: number): number[][] {
  const cols = values.length / rows;
  return Array.from({ length: rows }, (_, row) => Array.from(values.subarray(row * cols, (row + 1) * cols)));
}
