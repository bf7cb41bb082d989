import type { OwnUint8Array } from "./arrays.js";
import { Resident } from "./engine/resident.js";
import { type CallOptions, parted, runJob } from "./engine/run.js";
import { UmapError } from "./errors.js";
import { Interrupted } from "./estimator/interrupted.js";
import { given, type LoadOptions, loaded } from "./estimator/made.js";
import { State } from "./estimator/state.js";
import type { ModelFile } from "./file.js";
import { type FitOptions, type FitRequest, fit, fitted, resumeFit, type UmapConstructorOptions } from "./fit.js";
import { frames } from "./frames.js";
import type { SaveOptions, TransformMode, UmapOptions } from "./generated/index.js";
import { type FromGraphOptions, type GraphMatrix, layOutFrom, layOutGraph } from "./graph.js";
import { checkedCallOptions, checkedOptions } from "./options.js";
import type { Points, Values } from "./points.js";
import type { Embedding, FitDiagnostics, Fitted, Frame, KnnGraph, Radii, SparseGraph, Transformed } from "./results.js";
import { taken } from "./taken.js";

const EXAMPLE = "{ nNeighbors: 15 }";

/**
 * Uniform manifold approximation and projection: a layout of points in few dimensions that keeps who is near whom.
 *
 * All work runs in workers. Instances share them; calls may overlap, and give what they give alone.
 *
 * @example
 * const umap = new UMAP({ nNeighbors: 15, metric: "cosine" });
 * const { data, rows, cols } = await umap.fitTransform(points);
 */
export class UMAP<Mode extends TransformMode = "embedding"> {
  private readonly options: UmapConstructorOptions;
  private readonly state = new State<Fitted>("UMAP");
  private readonly interrupted = new Interrupted(this.state.signal);

  /** Each option is checked when it is used: a wrong one rejects the first call. */
  constructor(options: UmapConstructorOptions & { transformMode?: Mode } = {}) {
    this.options = { ...checkedOptions(options, EXAMPLE) };
  }

  /**
   * Reads a model that `save` gave, in Node or in a browser. Of a fit that was interrupted it is the unfinished rest, for
   * `resume`. A file that is damaged, or no such file, rejects with the code `malformed-file`; nothing in a file is run.
   */
  static async load<T extends UMAP>(
    this: new (
      options?: UmapConstructorOptions & { transformMode?: "embedding" },
    ) => T,
    file: ModelFile,
    call: LoadOptions = {},
  ): Promise<T> {
    return loaded<"load", T>({ kind: "load" }, file, call, ({ value, where }, resident) => {
      // What mode it was saved with is not known to the types.
      const umap = new this(given(value.options) as { transformMode?: "embedding" });
      if (value.fitted) umap.settle(fitted(value.fitted, where), resident);
      else umap.interrupted.put({ resident });
      return umap;
    });
  }

  /**
   * Lays out a graph of your own, or that of `fuzzyGraph`: no points are needed, but for principal components and for where
   * components lie, which are random here. The result has an `embedding`; there is nothing to `transform` by, or to `save`.
   */
  static async fromGraph<T extends UMAP>(
    this: new (
      options?: UmapConstructorOptions & { transformMode?: "embedding" },
    ) => T,
    graph: GraphMatrix,
    options: FromGraphOptions = {},
  ): Promise<T> {
    const { call, params } = parted(options, "{ nComponents: 2 }");
    const { symmetrize, ...kept } = params;
    const umap = new this(kept);
    const resident = new Resident(umap);
    const fit = umap.state.fitting(layOutGraph(graph, params, umap.state.fit(call), resident));
    umap.settle(await resident.unlessFailed(fit), resident);
    return umap;
  }

  /**
   * Embeds points; the results are then in `embedding`, `knn`, `graph` and `diagnostics`, and `transform` places new
   * points. One that was aborted can go on: see `resume`.
   *
   * With a `target` (supervised or, where some labels are not known, semi-supervised) points of the same label come closer
   * together, and new points come to lie among those that they are like.
   */
  async fit(points: Points, call: FitOptions = {}): Promise<this> {
    const request = this.request(points, call);
    return this.finish(fit(request), request.makes);
  }

  /** Embeds points and returns the embedding. */
  async fitTransform(points: Points, call: FitOptions = {}): Promise<Embedding> {
    return (await this.fit(points, call)).embedding;
  }

  /**
   * Goes on with a fit that was aborted, here or before it was saved and loaded: the result is that of a fit that was not
   * aborted, bit for bit. A stage that was not finished starts anew; the layout goes on where it was. After a fit that came
   * to its end it has nothing to do.
   */
  async resume(call: CallOptions = {}): Promise<this> {
    this.state.call(call);
    const interrupted = this.interrupted.take();
    if (interrupted === undefined) {
      if (this.interrupted.isDone) return this;
      throw this.state.notFitted("there is no interrupted fit to go on with");
    }
    return this.finish(resumeFit(interrupted.resident, this.state.fit(call)), interrupted.resident);
  }

  /**
   * Lays out the graph that is there anew, from another start: a method, or coordinates (rows x `nComponents`). The embedding
   * is then that of a fit with this `init`; neighbours and graph, most of the time of a fit, stay.
   */
  async layoutFrom(init: UmapOptions["init"] | Values, call: CallOptions = {}): Promise<Embedding> {
    const checked = this.state.fit(call);
    const model = this.state.model();
    this.settle(await layOutFrom(init, checked, model), model);
    return this.embedding;
  }

  /**
   * Embeds points, yielding the layout every so many epochs (`every`, by default 10) and after the last; with
   * `nEpochs: 0` there is none. Leaving the loop early stops the work.
   */
  frames(points: Points, options: FitOptions & { every?: number } = {}): AsyncGenerator<Frame> {
    return this.framesOf(taken(points), options);
  }

  private async *framesOf(points: Points, options: FitOptions & { every?: number }): AsyncGenerator<Frame> {
    const { every = 10, ...call } = checkedCallOptions(options, "{ every: 10, target, signal, onProgress }");
    const request = this.request(points, call);
    yield* frames(request, every, (fit) => this.finish(fit, request.makes));
  }

  /**
   * Places new points in the embedding, which stays as it is. A row's coordinates depend on the model and that row alone: it is
   * the same bits in any batch. With `transformMode: "graph"` it gives their memberships in the model's rows (a
   * `SparseMatrix`) instead.
   */
  async transform(points: Points, call: CallOptions = {}): Promise<Transformed<Mode>> {
    const checked = this.state.call(call);
    const job = { kind: "transform" as const, points, options: {}, on: this.state.model() };
    return runJob<"transform", Mode>(job, checked);
  }

  /**
   * The model as a file (docs/files.md), which `load` reads; of a fit that was aborted, what `resume` goes on from. With
   * `rawData: false` it has a sample of the rows instead of the points.
   */
  async save(options: SaveOptions & CallOptions = {}): Promise<OwnUint8Array> {
    const { call, params } = parted(options, "{ rawData: false }");
    const checked = this.state.call(call);
    const on = this.interrupted.resident ?? this.state.model();
    return runJob({ kind: "save", options: params, on }, checked);
  }

  /** Coordinates of the points. Rows without any neighbour (see `disconnectionDistance`) are NaN. */
  get embedding(): Embedding {
    return this.state.result().embedding;
  }

  /** The nearest neighbours that the layout is made of. */
  get knn(): KnnGraph {
    return this.raw(this.state.result().knn);
  }

  /** The fuzzy simplicial set: how strongly points belong together. */
  get graph(): SparseGraph {
    return this.raw(this.state.result().graph);
  }

  /** Local radii of the points and of the embedding, with the option `outputDens`. */
  get radii(): Radii {
    const { radii } = this.state.result();
    if (radii) return radii;
    throw new UmapError("not-fitted", "the fit had no outputDens: it has no radii");
  }

  /** What was chosen and found, how long it took, and where it ran. */
  get diagnostics(): FitDiagnostics {
    return this.state.result().diagnostics;
  }

  /** Stops what runs and lets go of the results; no call is possible after it. The workers are shared, and end with the program. */
  dispose(): Promise<void> {
    return this.state.close(this.interrupted.drop());
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  private request(points: Points, options: FitOptions): FitRequest {
    const { target, ...call } = this.state.fit(options, ["target"]);
    return { options: this.options, points, target, call, makes: new Resident(this) };
  }

  /** Takes over what a fit finds. */
  private async finish(fit: Promise<Fitted>, resident: Resident): Promise<this> {
    this.settle(await this.state.fitting(this.interrupted.unlessDone(fit, { resident })), resident);
    return this;
  }

  private settle(found: Fitted, resident: Resident): void {
    this.state.settle(found, resident);
    this.interrupted.finish();
  }

  private raw<T>(value: T | undefined): T {
    if (value !== undefined) return value;
    const why = this.diagnostics.nNeighbors === 0 ? "a graph was laid out" : "the model was saved without raw data";
    throw new UmapError("not-fitted", `${why}: it has neither neighbours nor points`);
  }
}
