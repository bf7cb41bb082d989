import { described } from "../describe.js";
import { UmapError } from "../errors.js";
import type { ErrorCode } from "../generated/index.js";
import { PointsTaken, rowsOnly } from "../points/rowed.js";
import { takenRows } from "../taken.js";
import { foreign } from "./distances.js";
import { call, type Fit, load, module, type Rows, release } from "./module.js";
import { generator, type Neighbors, neighborsAmong, neighborsOf } from "./neighbors.js";
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
  /** The array that was fitted; it may have changed since. */
  #rows: Vectors | undefined;
  /** What was in it, and how many. */
  #fitted: Vectors = [];
  /** Whether something was set since the fit started. */
  #isOutdated = false;
  #fit: Fit | undefined;
  #options: ModuleOptions | undefined;
  #epoch = 0;
  /** Counts the fits that were started: the last one counts. */
  #turn = 0;
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
    const turn = ++this.#turn;
    const given = foreign(this.#params.distanceFn) === undefined ? takenRows(rows) : rows.slice();
    await load();
    this.#checkTurn(turn);
    await inSlices((slice) => this.#initialize(rows, given, slice));
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
    checkKnown("knnIndices", knnIndices, "integers, at least 0", (index) => Number.isInteger(index) && index >= 0);
    checkKnown("knnDistances", knnDistances, "numbers, at least 0", (distance) => distance >= 0);
    if (knnDistances.length !== knnIndices.length || [...knnIndices, ...knnDistances].some((row) => row.length !== k)) {
      throw new UmapError("shape-mismatch", "setPrecomputedKNN: expected as many indices and distances for every row");
    }
    this.#known = {
      k,
      indices: Uint32Array.from(knnIndices.flatMap((row) => Array.from(row))),
      distances: Float32Array.from(knnDistances.flatMap((row) => Array.from(row))),
    };
    this.#isOutdated = true;
  }

  /** Finds neighbours, the graph and where the layout starts. Returns the number of epochs that `step` may do. */
  initializeFit(rows: Vectors): number {
    ++this.#turn;
    atOnce((slice) => this.#initialize(rows, rows, slice));
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
    const [options, fitted] = [this.#options as ModuleOptions, this.#fitted];
    const distanceFn = foreign(this.#params.distanceFn);
    if (rows.length === 0) return [];
    let places: Float32Array;
    if (distanceFn === undefined) {
      places = this.#do((fit) => fit.transform(atOnce((slice) => rowsOf(rows, options, slice, fit))));
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

  #checkTurn(turn: number): void {
    if (turn !== this.#turn) throw new UmapError("cancelled", "another fit was started on this UMAP");
  }

  /** `given` has what is in `rows`, or was when the call was made. */
  *#initialize(rows: Vectors, given: Vectors, slice: Slice): Work<void> {
    const turn = this.#turn;
    // As in umap-js: the same array is not looked at again.
    if (this.#rows === rows && this.#fit !== undefined && !this.#isOutdated) return;
    const options = moduleOptions(this.#params, this.#supervised);
    const distanceFn = foreign(this.#params.distanceFn);
    let known = this.#known;
    if (known !== undefined) options.nNeighbors = Math.min(options.nNeighbors, known.k);
    const count = given instanceof PointsTaken ? given.found.rows : given.length;
    const { labels, values } = targetOf(this.#labels, count, options);
    if (known === undefined && distanceFn !== undefined && count > 1) {
      known = yield* neighborsOf(given, Math.min(options.nNeighbors, count), distanceFn, options.seed, slice);
    }
    // With a function of the caller's only it knows what rows mean: the module gets their numbers.
    const points = yield* rowsOf(distanceFn === undefined ? given : given.map((_, row) => [row]), options, slice);
    const fit = call(() => new (module().Fit)(points, options, known?.indices, known?.distances, labels, values));
    while (!call(() => fit.runTo(0, slice.left))) yield;
    this.#checkTurn(turn);
    if (this.#fit !== undefined) release(this.#fit);
    this.#fit = fit;
    this.#options = options;
    this.#rows = rows;
    this.#fitted = distanceFn === undefined ? new Array(count) : given.slice();
    this.#isOutdated = false;
    this.#epoch = 0;
    this.#embedding = [];
    this.#isHeld = false;
  }

  *#optimize(callback: EpochCallback, slice: Slice): Work<void> {
    const turn = this.#turn;
    while (this.#epoch < this.getNEpochs()) {
      if (this.#do((fit) => fit.runTo(this.#epoch + 1, slice.left))) {
        this.#epoch++;
        this.#refresh();
        const goesOn = callback(this.#epoch);
        this.#checkTurn(turn);
        if (goesOn === false) return;
      }
      if (slice.left <= 0) yield;
      this.#checkTurn(turn);
    }
  }

  /** Writes the layout into the array that callers hold. In the middle of an epoch there is none to write. */
  #refresh(): void {
    if (this.#fit === undefined || !this.#isHeld) return;
    const values = this.#do((fit) => fit.embedding());
    if (values.length === 0) return;
    const count = this.#fitted.length;
    if (this.#embedding.length === 0) this.#embedding = Array.from({ length: count }, () => []);
    const cols = values.length / count;
    placeAll(values, cols);
    for (const [at, value] of values.entries()) {
      (this.#embedding[Math.floor(at / cols)] as number[])[at % cols] = value;
    }
  }
}

/** Rows on their way into the module, a piece of some megabytes at a time; for a fit that they are placed in. */
function* rowsOf(given: Vectors, options: ModuleOptions, slice: Slice, fit?: Fit): Work<Rows> {
  const { source, rows, cols } = rowsOnly(given);
  const empty = call(() => new (module().Rows)(rows, cols, options));
  const into = fit === undefined ? empty : call(() => empty.beside(fit));
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

/**
 * Rows without any neighbour (`setOpMixRatio: 0` leaves some) have no place in the layout, where the module says NaN. umap-js
 * leaves them where they started, at random: here they are strewn over the layout.
 */
function placeAll(values: Float32Array, cols: number): void {
  if (!values.includes(Number.NaN)) return;
  const strewn = generator(0);
  for (let col = 0; col < cols; col++) {
    const column = values.filter((value, at) => at % cols === col && !Number.isNaN(value));
    const [low, high] = column.length > 0 ? bounds(column) : [-10, 10];
    for (let at = col; at < values.length; at += cols) {
      if (Number.isNaN(values[at])) values[at] = low + ((high - low) * strewn(STEPS)) / STEPS;
    }
  }
}

const STEPS = 1 << 16;

function bounds(values: Float32Array): [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
  return [low, high];
}

function checkKnown(name: string, rows: number[][], expected: string, isValid: (value: number) => boolean): void {
  const isRow = (row: unknown) => Array.isArray(row) || ArrayBuffer.isView(row);
  const isNumber = (value: unknown) => typeof value === "number" && isValid(value);
  const areRows = Array.isArray(rows) && rows.every(isRow);
  const values: unknown[] = areRows ? rows.flatMap((row) => Array.from(row)) : [];
  if (areRows && values.every(isNumber)) return;
  const got = described(areRows ? values.find((value) => !isNumber(value)) : rows);
  throw new UmapError("invalid-parameter", `setPrecomputedKNN: ${name}: expected rows of ${expected}, got ${got}`);
}

function nested(values: Float32Array, rows: number): number[][] {
  const cols = values.length / rows;
  return Array.from({ length: rows }, (_, row) => Array.from(values.subarray(row * cols, (row + 1) * cols)));
}
