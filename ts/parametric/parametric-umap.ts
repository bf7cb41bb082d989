import { untilAborted } from "../engine/abort.js";
import { Resident } from "../engine/resident.js";
import { type CallOptions, checkedCall, type Job, runJob } from "../engine/run.js";
import { UmapError } from "../errors.js";
import { fileSource, type ModelFile } from "../file.js";
import { type Embedding, type LoadOptions, matrixArrays, type SparseGraph } from "../fit.js";
import type { LossReport, ParametricSaveOptions, ParametricUmapOptions } from "../generated/index.js";
import type { KnnGraph } from "../nearest-neighbors.js";
import { arraySource, type NumericArray, type Points } from "../points.js";
import { chosenRows, gather, joined, type LandmarkChoice, type Landmarks } from "./landmarks.js";
import {
  type KnownNeighbors,
  type ParametricConstructorOptions,
  type ParametricOptions,
  spelledOut,
} from "./options.js";
import { answering } from "./own-code.js";
import {
  type Interrupted,
  resumeTraining,
  rowsOf,
  TRAINING_CALL,
  type Trained,
  type TrainingCall,
  type TrainingDiagnostics,
  train,
} from "./training.js";

/** An array of weights: row-major, with its sides. */
export interface Weights {
  data: Float32Array;
  shape: number[];
}

/** What a file turned out to be. */
interface LoadedNetworks {
  options: ParametricUmapOptions;
  history: LossReport[];
  /** Rows of a fit that was interrupted. */
  interruptedRows: number | null;
}

/** What belongs to one call of `partialFit`. */
export interface PartialFitOptions extends TrainingCall {
  /** Options that differ from now on; those that the networks are made by cannot. */
  options?: ParametricOptions;
  /** Neighbours of these points that are known already. */
  precomputedKnn?: KnownNeighbors;
}

/** What belongs to one call of `addLandmarks`. */
export interface LandmarkOptions extends CallOptions {
  /** Which rows. Default: a hundredth of them, at least one. */
  rows?: LandmarkChoice;
  /** Weight of the landmarks in the loss of later trainings. */
  landmarkLossWeight?: number;
}

/**
 * Parametric UMAP: a network that learns where UMAP puts points, and then puts new points there in a moment.
 *
 * All work runs in workers, in a WebAssembly module of its own that is loaded with the first call.
 *
 * @example
 * const umap = new ParametricUMAP({ encoder: { layers: [{ type: "dense", units: 256 }] } });
 * const embedding = await umap.fitTransform(points);
 * const places = await umap.transform(newPoints);
 */
export class ParametricUMAP {
  private options: ParametricConstructorOptions;
  /** Options that later trainings have instead. */
  private changes: ParametricOptions = {};
  private readonly end = new AbortController();
  private model: Resident | undefined;
  private trained: Trained | undefined;
  private interrupted: Interrupted | undefined;
  private losses: LossReport[] = [];
  private landmarks: Landmarks | undefined;
  /** The last change of the networks, which the next waits for; it never rejects. */
  private changed: Promise<void> = Promise.resolve();

  /** The options are checked when they are used: a wrong one rejects the first call. */
  constructor(options: ParametricConstructorOptions = {}) {
    this.options = { ...options };
  }

  /**
   * Reads networks that `save` gave, in Node or in a browser; they can be used and trained on. Of a fit that was interrupted
   * it is the unfinished rest, for `resume`. A file that is damaged, or no such file, rejects with the code `malformed-file`;
   * nothing in a file is run.
   */
  static async load(file: ModelFile, { nThreads, ...call }: LoadOptions = {}): Promise<ParametricUMAP> {
    const makes = new Resident();
    const job: Job = {
      kind: "parametric-load",
      capability: "parametric",
      file: fileSource(file),
      options: { nThreads },
      makes,
    };
    try {
      const found = await runJob<LoadedNetworks>(job, checkedCall(call));
      // Rust writes what is not given as null.
      const options = Object.fromEntries(Object.entries(found.options).filter(([, value]) => value !== null));
      const umap = new ParametricUMAP(options);
      makes.belongTo(umap);
      const rows = found.interruptedRows;
      if (rows === null) umap.model = makes;
      else umap.interrupted = { resident: makes, rows, answer: umap.answer() };
      umap.losses = found.history;
      return umap;
    } catch (error) {
      await makes.release();
      throw error;
    }
  }

  /**
   * Trains new networks on points; the results are then in `embedding`, `graph`, `history` and `diagnostics`. One that is
   * aborted leaves everything as it was, and can go on: see `resume`.
   */
  async fit(points: Points, call: TrainingCall = {}): Promise<this> {
    const checked = this.call(call, TRAINING_CALL);
    const makes = new Resident(this);
    const request = this.request(points, checked);
    try {
      const { precomputedKnn: knn, ...options } = spelledOut({ ...this.options, ...this.changes });
      const trained = await train({
        ...request,
        kind: "parametric-fit",
        options,
        knn,
        resident: { makes },
      });
      this.adopt(trained, makes);
      void this.interrupted?.resident.release();
      this.interrupted = undefined;
      return this;
    } catch (error) {
      const { code } = error as { code?: unknown };
      if (code === "cancelled" && !this.end.signal.aborted) {
        void this.interrupted?.resident.release();
        this.interrupted = { resident: makes, rows: rowsOf(points), answer: request.answer };
      } else await makes.release();
      throw error;
    }
  }

  /**
   * Goes on with a fit that was aborted, here or before it was saved and loaded: the result is that of a fit that was not aborted, bit for bit. A stage of the graph
   * that was not finished starts anew; the layout and the training go on where they were.
   */
  async resume(call: CallOptions = {}): Promise<this> {
    const { interrupted } = this;
    if (interrupted === undefined) throw this.notFitted("there is no interrupted fit to go on with");
    this.adopt(await resumeTraining(interrupted, this.call(call)), interrupted.resident);
    this.interrupted = undefined;
    return this;
  }

  /** Trains new networks and returns the places of the points. */
  async fitTransform(points: Points, call: TrainingCall = {}): Promise<Embedding> {
    return (await this.fit(points, call)).embedding;
  }

  /**
   * Goes on training the networks that are there, on the graph of these points alone (umap-learn's `fit` on a fitted model);
   * before `fit` it is `fit`. Landmarks (`addLandmarks`) keep old points from drifting. Calls follow each other; meanwhile
   * `transform` gives what the networks gave before, and one that is aborted leaves them so.
   */
  async partialFit(points: Points, call: PartialFitOptions = {}): Promise<this> {
    const {
      options = {},
      precomputedKnn: knn,
      ...rest
    } = this.call(call, [...TRAINING_CALL, "options", "precomputedKnn"]);
    if (this.model === undefined) {
      this.changes = { ...this.changes, ...options };
      if (knn) this.options = { ...this.options, precomputedKnn: knn };
      return this.fit(points, rest);
    }
    await this.change(rest.signal, async (on) => {
      const changes = { ...this.changes, ...options };
      const request = { ...this.request(points, rest, changes), options: spelledOut(changes), knn, resident: { on } };
      this.settle(await train({ ...request, kind: "parametric-partial-fit" }));
      this.changes = changes;
    });
    return this;
  }

  /** Where the encoder puts points. A row's place depends on that row and the weights alone. */
  async transform(points: Points, call: CallOptions = {}): Promise<Embedding> {
    return this.run({ kind: "parametric-transform", points, options: {} }, this.call(call));
  }

  /** What the decoder makes of places (rows x `nComponents`): rows like the data. Without a decoder: code `not-fitted`. */
  async inverseTransform(places: NumericArray | Embedding, call: CallOptions = {}): Promise<Embedding> {
    const arrays = matrixArrays("places", places);
    return this.run({ kind: "parametric-inverse-transform", arrays, options: {} }, this.call(call));
  }

  /**
   * Remembers rows with their present places: later trainings get them too and are to leave them there. They add up, and are
   * not in files.
   */
  async addLandmarks(
    points: Points,
    { rows: choice, landmarkLossWeight = 0.01, ...call }: LandmarkOptions = {},
  ): Promise<this> {
    checkedCall(call);
    const count = rowsOf(points);
    const chosen = chosenRows(choice ?? Math.max(1, Math.round(count / 100)), count, this.options.seed ?? 0);
    const rows = gather(points, chosen);
    const { data: places } = await this.transform(rows, call);
    this.landmarks = joined(this.landmarks, { rows, places });
    this.changes = { ...this.changes, landmarkLossWeight };
    return this;
  }

  /** Forgets the landmarks. */
  removeLandmarks(): void {
    this.landmarks = undefined;
  }

  /** All weights by name, as copies: `encoder.layers.0.kernel`, ..., `encoder.output.bias`, and the decoder's. */
  weights(call: CallOptions = {}): Promise<Record<string, Weights>> {
    return this.run({ kind: "parametric-weights", options: {} }, this.call(call));
  }

  /** Replaces weights by name; others stay. */
  async setWeights(
    weights: Record<string, NumericArray | Pick<Weights, "data">>,
    call: CallOptions = {},
  ): Promise<void> {
    const checked = this.call(call);
    const sources = Object.entries(weights).map(([name, array]) => {
      const data = "data" in array ? array.data : array;
      return [`weights.${name}`, arraySource(name, data)];
    });
    const arrays = Object.fromEntries(sources);
    await this.change(checked.signal, (on) =>
      runJob({ kind: "parametric-set-weights", options: {}, arrays, on }, checked),
    );
  }

  /**
   * The networks as a file (docs/files.md), which `load` reads. It holds no points; that of a fit that was aborted does, and
   * all that `resume` goes on from.
   */
  async save({
    signal,
    onProgress,
    ...how
  }: ParametricSaveOptions & CallOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
    const on = this.interrupted?.resident ?? this.model;
    if (on === undefined) throw this.notFitted();
    return runJob({ kind: "parametric-save", options: { ...how }, on }, this.call({ signal, onProgress }));
  }

  /**
   * A network as an ONNX model (opset 17). The encoder takes `points`, rows as `transform` takes them in 32-bit floats, and
   * gives `embedding`; the decoder takes `embedding` and gives `points`.
   */
  async toONNX({
    network = "encoder",
    ...call
  }: { network?: "encoder" | "decoder" } & CallOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
    return this.run({ kind: "parametric-onnx", options: { network } }, this.call(call));
  }

  /** Where the points of the last training are. */
  get embedding(): Embedding {
    return this.result().embedding;
  }

  /** The nearest neighbours that the graph of the last training was made of. */
  get knn(): KnnGraph {
    return this.result().knn;
  }

  /** The fuzzy simplicial set that was learned last. */
  get graph(): SparseGraph {
    return this.result().graph;
  }

  /** What was chosen and found in the last training, how long it took, and where it ran. */
  get diagnostics(): TrainingDiagnostics {
    return this.result().diagnostics;
  }

  /** Losses over all trainings of these networks, also before they were saved. */
  get history(): LossReport[] {
    return this.losses;
  }

  /** Stops what runs and frees the networks. The workers are shared, and end with the program. */
  async dispose(): Promise<void> {
    this.end.abort(new UmapError("not-fitted", "the ParametricUMAP was disposed"));
    const { model, interrupted } = this;
    this.model = undefined;
    this.interrupted = undefined;
    this.trained = undefined;
    this.landmarks = undefined;
    await Promise.all([model?.release(), interrupted?.resident.release()]);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  private request(points: Points, call: TrainingCall, changes = this.changes) {
    const { metric, targetMetric } = this.options;
    return { points, metric, targetMetric, call, landmarks: this.landmarks, answer: this.answer(changes) };
  }

  /** Code of the user's in the options. */
  private answer(changes = this.changes): Job["answer"] {
    return answering({ ...this.options, ...changes });
  }

  /** Takes over new networks. */
  private adopt(trained: Trained, resident: Resident): void {
    this.settle(trained);
    if (this.model !== resident) void this.model?.release();
    this.model = resident;
  }

  private settle(trained: Trained): void {
    if (this.end.signal.aborted) throw this.notFitted();
    this.trained = trained;
    this.losses = trained.history;
  }

  /** Runs a job on the networks. */
  private async run<T>(job: Job, call: CallOptions): Promise<T> {
    if (this.model === undefined) throw this.notFitted();
    return runJob<T>({ ...job, on: this.model, answer: this.answer() }, call);
  }

  /** Changes the networks, after the changes before. */
  private async change(signal: AbortSignal | undefined, work: (on: Resident) => Promise<void>): Promise<void> {
    const before = this.changed;
    const changing = untilAborted(before, signal).then(() => {
      if (this.model === undefined) throw this.notFitted();
      return work(this.model);
    });
    // Later calls wait for those before, also if this one does not.
    this.changed = Promise.all([before, changing.catch(() => {})]).then(() => {});
    await changing;
  }

  /** Options of a call, which ends with the instance. */
  private call<T extends CallOptions>(call: T, more: string[] = []): T {
    const signals = [this.end.signal, checkedCall(call, more).signal].filter((signal) => signal !== undefined);
    return { ...call, signal: AbortSignal.any(signals) };
  }

  private result(): Trained {
    if (this.trained) return this.trained;
    throw this.notFitted(this.model && "networks that were loaded have results after a training only");
  }

  private notFitted(why = "there is no result before fit"): UmapError {
    return new UmapError("not-fitted", this.end.signal.aborted ? "the ParametricUMAP was disposed" : why);
  }
}
