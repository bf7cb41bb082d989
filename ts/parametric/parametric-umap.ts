import type { OwnUint8Array } from "../arrays.js";
import { untilAborted } from "../engine/abort.js";
import { Interrupted } from "../engine/interrupted.js";
import { Resident } from "../engine/resident.js";
import { type CallOptions, checkedCall, type Job, runJob } from "../engine/run.js";
import { UmapError } from "../errors.js";
import { fileSource, type ModelFile } from "../file.js";
import { type LoadOptions, matrixArrays } from "../fit.js";
import { DEFAULT_SEED, type LossReport, type ParametricSaveOptions } from "../generated/index.js";
import { Lifetime } from "../lifetime.js";
import type { OperationName, Operations } from "../operations.js";
import { checkedCallOptions, checkedOptions } from "../options.js";
import { checkedRows, type Points, rowsOf, type Values } from "../points.js";
import type { Embedding, KnnGraph, SparseGraph } from "../results.js";
import { copied, taken, takenSources } from "../taken.js";
import { chosenRows, joined, type LandmarkChoice, type Landmarks, someRows, stored } from "./landmarks.js";
import {
  type KnownNeighbors,
  type ParametricConstructorOptions,
  type ParametricOptions,
  spelledOut,
} from "./options.js";
import { answering } from "./own-code.js";
import {
  type InterruptedTraining,
  resumeTraining,
  TRAINING_CALL,
  type Trained,
  type TrainingCall,
  type TrainingDiagnostics,
  train,
} from "./training.js";
import { type GivenWeights, type Weights, weightArrays } from "./weights.js";

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
}

const EXAMPLE = "{ nNeighbors: 15 }";

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
  private readonly life = new Lifetime("ParametricUMAP");
  private model: Resident | undefined;
  private trained: Trained | undefined;
  private readonly interrupted = new Interrupted<InterruptedTraining>(this.life.signal);
  private losses: LossReport[] = [];
  private landmarks: Landmarks | undefined;
  /** The last change of the networks, which the next waits for; it never rejects. */
  private changed: Promise<void> = Promise.resolve();
  /** How often code of the user's is at work, which a training waits for. */
  private questions = 0;

  /** Each option is checked when it is used: a wrong one rejects the first call. */
  constructor(options: ParametricConstructorOptions = {}) {
    this.options = { ...checkedOptions(options, EXAMPLE) };
  }

  /**
   * Reads networks that `save` gave, in Node or in a browser; they can be used and trained on. Of a fit that was interrupted
   * it is the unfinished rest, for `resume`. A file that is damaged, or no such file, rejects with the code `malformed-file`;
   * nothing in a file is run.
   */
  static async load(file: ModelFile, options: LoadOptions = {}): Promise<ParametricUMAP> {
    const { nThreads, ...call } = checkedCall(options, ["nThreads"]);
    const makes = new Resident();
    const job: Job<"parametric-load"> = {
      kind: "parametric-load",
      capability: "parametric",
      file: fileSource(file),
      options: { nThreads },
      makes,
    };
    try {
      const found = await runJob(job, call);
      // Rust writes what is not given as null.
      const options = Object.fromEntries(Object.entries(found.options).filter(([, value]) => value !== null));
      const umap = new ParametricUMAP(options);
      makes.belongTo(umap);
      const rows = found.interruptedRows;
      if (rows === null) {
        umap.model = makes;
        umap.interrupted.finish();
      } else umap.interrupted.put({ resident: makes, rows, answer: umap.answer(), changes: {} });
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
    const checked = this.life.call(call, TRAINING_CALL);
    // Also if it is aborted before its turn.
    this.interrupted.begin();
    const [given, own] = [taken(points), copiedInput(checked)];
    return this.inTurn(checked.signal, () => this.fitAnew(given, own));
  }

  /**
   * Goes on with a fit that was aborted, here or before it was saved and loaded: the result is that of a fit that was not aborted, bit for bit. A stage of the graph
   * that was not finished starts anew; the layout and the training go on where they were. Another training that ends meanwhile
   * takes its place. After a fit that came to its end it has nothing to do.
   */
  async resume(call: CallOptions = {}): Promise<this> {
    const checked = this.life.call(call);
    return this.inTurn(checked.signal, async () => {
      const interrupted = this.interrupted.take();
      if (interrupted === undefined) {
        if (this.interrupted.isDone) return this;
        throw this.life.notFitted("there is no interrupted fit to go on with");
      }
      return this.finish(resumeTraining(interrupted, checked), interrupted);
    });
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
    } = this.life.call(call, [...TRAINING_CALL, "options", "precomputedKnn"]);
    checkedOptions(options, "{ trainingSteps: 1000 }");
    const [given, own] = [taken(points), copiedInput(rest)];
    const known = knn && { ...knn, indices: copied(knn.indices), distances: copied(knn.distances) };
    return this.inTurn(rest.signal, async () => {
      const { model } = this;
      if (model === undefined) return this.fitAnew(given, own, options, known);
      const job = { kind: "parametric-partial-fit" as const, knn: known, resident: { on: model } };
      const all = { ...this.changes, ...options };
      const training = train({ ...this.request(given, own, all), ...job, options: spelledOut(all) });
      this.settle(await this.interrupted.beside(training), options);
      return this;
    });
  }

  /** Where the encoder puts points. A row's place depends on that row and the weights alone. */
  async transform(points: Points, call: CallOptions = {}): Promise<Embedding> {
    return this.run({ kind: "parametric-transform", points, options: {} }, this.life.call(call));
  }

  /** What the decoder makes of places (rows x `nComponents`): rows like the data. Without a decoder: code `not-fitted`. */
  async inverseTransform(places: Values, call: CallOptions = {}): Promise<Embedding> {
    const checked = this.life.call(call);
    const arrays = matrixArrays("places", places);
    return this.run({ kind: "parametric-inverse-transform", arrays, options: {} }, checked);
  }

  /**
   * Remembers rows with their present places: later trainings get them too and are to leave them there, with
   * `landmarkLossWeight`. They add up, and are not in files.
   */
  async addLandmarks(points: Points, options: LandmarkOptions = {}): Promise<this> {
    const { rows: choice, ...call } = checkedCall(options, ["rows"]);
    const count = checkedRows(points);
    const chosen = chosenRows(choice ?? Math.max(1, Math.round(count / 100)), count, this.seed());
    const rows = copied(someRows(points, chosen));
    const { data: places } = await this.transform(rows, call);
    this.landmarks = joined(this.landmarks, { rows: stored(rows), places });
    return this;
  }

  /** Forgets the landmarks. */
  removeLandmarks(): void {
    this.landmarks = undefined;
  }

  /** All weights by name, as copies: `encoder.layers.0.kernel`, ..., `encoder.output.bias`, and the decoder's. */
  async weights(call: CallOptions = {}): Promise<Record<string, Weights>> {
    return this.run({ kind: "parametric-weights", options: {} }, this.life.call(call));
  }

  /** Replaces weights by name; others stay. A `shape` that is given must be that of the weights. */
  async setWeights(weights: Record<string, GivenWeights>, call: CallOptions = {}): Promise<void> {
    const checked = this.life.call(call);
    const arrays = takenSources(weightArrays(weights));
    const job = { kind: "parametric-set-weights" as const, options: {}, arrays };
    await this.inTurn(checked.signal, () => this.run(job, checked));
    void this.interrupted.drop();
  }

  /**
   * The networks as a file (docs/files.md), which `load` reads. It holds no points. As long as a fit that was aborted can go
   * on it is that fit with its points, and all that `resume` goes on from.
   */
  async save(options: ParametricSaveOptions & CallOptions = {}): Promise<OwnUint8Array> {
    const { signal, onProgress, ...how } = checkedCallOptions(options, "{ optimizer: true }");
    const call = this.life.call({ signal, onProgress });
    const on = this.interrupted.resident ?? this.model;
    if (on === undefined) throw this.life.notFitted();
    return runJob({ kind: "parametric-save", options: how, on }, call);
  }

  /**
   * A network as an ONNX model (opset 17). The encoder takes `points`, rows as `transform` takes them in 32-bit floats, and
   * gives `embedding`; the decoder takes `embedding` and gives `points`.
   */
  async toONNX(options: { network?: "encoder" | "decoder" } & CallOptions = {}): Promise<OwnUint8Array> {
    const { network = "encoder", ...call } = this.life.call(options, ["network"]);
    return this.run({ kind: "parametric-onnx", options: { network } }, call);
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

  /** Stops what runs and frees the networks; no call is possible after it. The workers are shared, and end with the program. */
  async dispose(): Promise<void> {
    this.life.dispose();
    const { model } = this;
    this.model = undefined;
    this.trained = undefined;
    this.landmarks = undefined;
    // What runs ends first: it may still leave something.
    await this.changed;
    await Promise.all([model?.release(), this.interrupted.drop()]);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  /** A `fit`, with options that stay if it succeeds. */
  private fitAnew(points: Points, call: TrainingCall, changes: ParametricOptions = {}, known?: KnownNeighbors) {
    const all = { ...this.changes, ...changes };
    const { precomputedKnn, ...options } = spelledOut({ ...this.options, ...all });
    const resident = new Resident(this);
    const job = { kind: "parametric-fit" as const, knn: known ?? precomputedKnn, resident: { makes: resident } };
    const request = { ...this.request(points, call, all), ...job, options };
    return this.finish(train(request), { resident, rows: rowsOf(points), answer: request.answer, changes });
  }

  private request(points: Points, call: TrainingCall, changes: ParametricOptions) {
    const { metric, targetMetric } = { ...this.options, ...changes };
    return { points, metric, targetMetric, call, landmarks: this.landmarks, answer: this.answer(changes) };
  }

  /** Code of the user's in the options. */
  private answer(changes = this.changes): Job["answer"] {
    const answer = answering({ ...this.options, ...changes });
    return async (question) => {
      this.questions += 1;
      try {
        return await answer(question);
      } finally {
        this.questions -= 1;
      }
    };
  }

  /** Takes over new networks. */
  private async finish(training: Promise<Trained>, fit: InterruptedTraining): Promise<this> {
    const adopted = training.then((trained) => {
      this.settle(trained, fit.changes);
      this.interrupted.finish();
      void this.model?.release();
      this.model = fit.resident;
    });
    await this.life.fitting(this.interrupted.unlessDone(adopted, fit));
    return this;
  }

  private settle(trained: Trained, changes: ParametricOptions): void {
    if (this.life.signal.aborted) throw this.life.notFitted();
    this.trained = trained;
    this.losses = trained.history;
    this.changes = { ...this.changes, ...changes };
    void this.interrupted.drop();
  }

  /** Runs a job on the networks. */
  private async run<Name extends OperationName>(job: Job<Name>, call: CallOptions): Promise<Operations[Name]> {
    if (this.model === undefined) throw this.life.notFitted();
    return runJob<Name>({ ...job, on: this.model, answer: this.answer() }, call);
  }

  /** Does what changes the networks, after the changes before. */
  private inTurn<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    if (this.questions > 0) {
      const message =
        "a training waits for `forward`, `backward` or `landmarkLoss`, and this call would wait for that training: make it when the training has ended";
      throw new UmapError("invalid-parameter", message);
    }
    const before = this.changed;
    const changing = untilAborted(before, signal).then(work);
    // Later calls wait for those before, also if this one does not.
    this.changed = Promise.all([before, changing.catch(() => {})]).then(() => {});
    return changing;
  }

  private seed(): number {
    const { seed, randomState } = { ...this.options, ...this.changes };
    return seed ?? randomState ?? DEFAULT_SEED;
  }

  private result(): Trained {
    if (this.trained) return this.trained;
    throw this.life.notFitted(this.model && "networks that were loaded have results after a training only");
  }
}

/** What a training reads beside the points, as it is now: it may have to wait. */
function copiedInput<T extends TrainingCall>(call: T): T {
  const { target, landmarkPositions, validation } = call;
  return {
    ...call,
    target: copied(target),
    landmarkPositions: copied(landmarkPositions),
    validation: copied(validation),
  };
}
