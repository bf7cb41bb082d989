import type { OwnUint8Array } from "../arrays.js";
import { Resident } from "../engine/resident.js";
import { type CallOptions, checkedCall, type Job, parted, runJob } from "../engine/run.js";
import { Interrupted } from "../estimator/interrupted.js";
import { given, type LoadOptions, loaded } from "../estimator/made.js";
import { State } from "../estimator/state.js";
import { Turns } from "../estimator/turns.js";
import type { ModelFile } from "../file.js";
import { matrixArrays } from "../fit.js";
import { DEFAULT_SEED, type LossReport, type ParametricSaveOptions } from "../generated/index.js";
import type { OperationName, Operations } from "../generated/operations.js";
import { checkedOptions } from "../options.js";
import { checkedRows, type Points, rowsOf, type Values } from "../points.js";
import type { Embedding, KnnGraph, SparseGraph } from "../results.js";
import { copied, taken, takenSources } from "../taken.js";
import { chosenRows, joined, type Landmarks, someRows, storedLandmarks } from "./landmarks.js";
import {
  type KnownNeighbors,
  type ParametricConstructorOptions,
  type ParametricOptions,
  spelledOut,
} from "./options.js";
import { OwnCode } from "./own-code.js";
import {
  copiedInput,
  type InterruptedTraining,
  type LandmarkOptions,
  type PartialFitOptions,
  resumeTraining,
  TRAINING_CALL,
  type Trained,
  type TrainingCall,
  type TrainingDiagnostics,
  train,
} from "./training.js";
import { type GivenWeights, type Weights, weightArrays } from "./weights.js";

/**
 * Parametric UMAP: a network that learns where UMAP puts points, and then puts new points there in a moment.
 *
 * All work runs in workers, in a WebAssembly module of its own that is loaded with the first call.
 *
 * @example
 * const umap = new ParametricUMAP({ encoder: { layers: [{ type: "dense", units: 256 }] } });
 * const embedding = await umap.fitTransform(points);
 * const coordinates = await umap.transform(newPoints);
 */
export class ParametricUMAP {
  private options: ParametricConstructorOptions;
  /** Options that later trainings have instead. */
  private changes: ParametricOptions = {};
  private readonly state = new State<Trained>("ParametricUMAP");
  private readonly interrupted = new Interrupted<InterruptedTraining>(this.state.signal);
  /** Trainings and new weights follow each other. */
  private readonly changesInTurn = new Turns();
  private losses: LossReport[] = [];
  private landmarks: Landmarks | undefined;
  private readonly ownCode = new OwnCode();

  /** Each option is checked when it is used: a wrong one rejects the first call. */
  constructor(options: ParametricConstructorOptions = {}) {
    this.options = { ...checkedOptions(options, "{ nNeighbors: 15 }") };
  }

  /**
   * Reads networks that `save` gave, in Node or in a browser; they can be used and trained on. Of a fit that was interrupted
   * it is the unfinished rest, for `resume`. A file that is damaged, or no such file, rejects with the code `malformed-file`;
   * nothing in a file is run.
   */
  static async load(file: ModelFile, options: LoadOptions = {}): Promise<ParametricUMAP> {
    const job = { kind: "parametric-load", capability: "parametric" } as const;
    return loaded<"parametric-load", ParametricUMAP>(job, file, options, ({ value }, resident) => {
      const umap = new ParametricUMAP(given(value.options));
      const rows = value.interruptedRows;
      if (rows === undefined) {
        umap.state.settle(undefined, resident);
        umap.interrupted.finish();
      } else umap.interrupted.put({ resident, rows, answer: umap.answer(), changes: {} });
      umap.losses = value.history;
      return umap;
    });
  }

  /**
   * Trains new networks on points; the results are then in `embedding`, `graph`, `history` and `diagnostics`. One that is
   * aborted leaves everything as it was, and can go on: see `resume`.
   */
  async fit(points: Points, call: TrainingCall = {}): Promise<this> {
    const checked = this.state.call(call, TRAINING_CALL);
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
    const checked = this.state.call(call);
    return this.inTurn(checked.signal, async () => {
      const interrupted = this.interrupted.take();
      if (interrupted === undefined) {
        if (this.interrupted.isDone) return this;
        throw this.state.notFitted("there is no interrupted fit to go on with");
      }
      return this.finish(resumeTraining(interrupted, checked), interrupted);
    });
  }

  /** Trains new networks and returns the coordinates of the points. */
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
    } = this.state.call(call, [...TRAINING_CALL, "options", "precomputedKnn"]);
    checkedOptions(options, "{ trainingSteps: 1000 }");
    const [given, own] = [taken(points), copiedInput(rest)];
    const known = knn && { ...knn, indices: copied(knn.indices), distances: copied(knn.distances) };
    return this.inTurn(rest.signal, async () => {
      const model = this.state.modelIfAny;
      if (model === undefined) return this.fitAnew(given, own, options, known);
      const job = { kind: "parametric-partial-fit" as const, knn: known, resident: { on: model } };
      const all = { ...this.changes, ...options };
      const training = train({ ...this.request(given, own, all), ...job, options: spelledOut(all) });
      this.settle(await this.interrupted.beside(training), model, options);
      return this;
    });
  }

  /** Where the encoder puts points. A row's coordinates depend on that row and the weights alone. */
  async transform(points: Points, call: CallOptions = {}): Promise<Embedding> {
    return this.run({ kind: "parametric-transform", points, options: {} }, this.state.call(call));
  }

  /** What the decoder makes of coordinates (rows x `nComponents`): rows like the data. Without a decoder: code `not-fitted`. */
  async inverseTransform(coordinates: Values, call: CallOptions = {}): Promise<Embedding> {
    const checked = this.state.call(call);
    const arrays = matrixArrays("coordinates", coordinates);
    return this.run({ kind: "parametric-inverse-transform", arrays, options: {} }, checked);
  }

  /**
   * Remembers rows with their present coordinates: later trainings get them too and are to leave them there, with
   * `landmarkLossWeight`. They add up, and are not in files.
   */
  async addLandmarks(points: Points, options: LandmarkOptions = {}): Promise<this> {
    const { rows: choice, ...call } = checkedCall(options, ["rows"]);
    const count = checkedRows(points);
    const { seed, randomState = DEFAULT_SEED } = { ...this.options, ...this.changes };
    const chosen = chosenRows(choice ?? Math.max(1, Math.round(count / 100)), count, seed ?? randomState);
    const rows = copied(someRows(points, chosen));
    const { data: positions } = await this.transform(rows, call);
    this.landmarks = joined(this.landmarks, { rows: storedLandmarks(rows), positions });
    return this;
  }

  /** Forgets the landmarks. */
  removeLandmarks(): void {
    this.landmarks = undefined;
  }

  /** All weights by name, as copies: `encoder.layers.0.kernel`, ..., `encoder.output.bias`, and the decoder's. */
  async weights(call: CallOptions = {}): Promise<Record<string, Weights>> {
    return this.run({ kind: "parametric-weights", options: {} }, this.state.call(call));
  }

  /** Replaces weights by name; others stay. A `shape` that is given must be that of the weights. */
  async setWeights(weights: Record<string, GivenWeights>, call: CallOptions = {}): Promise<void> {
    const checked = this.state.call(call);
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
    const { call, params } = parted(options, "{ optimizer: true }");
    const checked = this.state.call(call);
    const on = this.interrupted.resident ?? this.state.model();
    return runJob({ kind: "parametric-save", options: params, on }, checked);
  }

  /**
   * A network as an ONNX model (opset 17). The encoder takes `points`, rows as `transform` takes them in 32-bit floats, and
   * gives `embedding`; the decoder takes `embedding` and gives `points`.
   */
  async toONNX(options: { network?: "encoder" | "decoder" } & CallOptions = {}): Promise<OwnUint8Array> {
    const { network = "encoder", ...call } = this.state.call(options, ["network"]);
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
  dispose(): Promise<void> {
    this.landmarks = undefined;
    // What runs ends first: it may still leave something.
    return this.state.close(this.changesInTurn.idle()).then(() => this.interrupted.drop());
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
    return this.ownCode.answering({ ...this.options, ...changes });
  }

  /** Takes over new networks. */
  private async finish(training: Promise<Trained>, fit: InterruptedTraining): Promise<this> {
    const adopted = training.then((trained) => {
      this.settle(trained, fit.resident, fit.changes);
      this.interrupted.finish();
    });
    await this.state.fitting(this.interrupted.unlessDone(adopted, fit));
    return this;
  }

  private settle(trained: Trained, model: Resident, changes: ParametricOptions): void {
    if (this.state.signal.aborted) throw this.state.notFitted();
    this.state.settle(trained, model);
    this.losses = trained.history;
    this.changes = { ...this.changes, ...changes };
    void this.interrupted.drop();
  }

  /** Runs a job on the networks. */
  private async run<Name extends OperationName>(
    job: Job<Name>,
    call: CallOptions,
  ): Promise<Operations[Name]["result"]> {
    return runJob<Name>({ ...job, on: this.state.model(), answer: this.answer() }, call);
  }

  /** Does what changes the networks, after the changes before. */
  private inTurn<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    this.ownCode.checkIdle();
    return this.changesInTurn.change(signal, work);
  }

  private result(): Trained {
    const isLoaded = this.state.modelIfAny !== undefined;
    return this.state.result(isLoaded ? "networks that were loaded have results after a training only" : undefined);
  }
}
