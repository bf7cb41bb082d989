import { type CallOptions, checkedCall } from "./engine/run.js";
import { UmapError } from "./errors.js";
import {
  type Embedding,
  type FitDiagnostics,
  type Fitted,
  fit,
  type SparseGraph,
  type UmapConstructorOptions,
} from "./fit.js";
import { frames } from "./frames.js";
import type { KnnGraph } from "./nearest-neighbors.js";
import type { Points } from "./points.js";
import type { Frame } from "./protocol.js";

/**
 * Uniform manifold approximation and projection: a layout of points in few dimensions that keeps who is near whom.
 *
 * All work runs in workers. Instances share them; calls may overlap, and give what they give alone.
 *
 * @example
 * const umap = new UMAP({ nNeighbors: 15, metric: "cosine" });
 * const { data, rows, cols } = await umap.fitTransform(points);
 */
export class UMAP {
  private readonly options: UmapConstructorOptions;
  private readonly end = new AbortController();
  private fitted: Fitted | undefined;

  /** The options are checked when they are used: a wrong one rejects the first call. */
  constructor(options: UmapConstructorOptions = {}) {
    this.options = { ...options };
  }

  /** Embeds points; the results are then in `embedding`, `knn`, `graph` and `diagnostics`. */
  async fit(points: Points, call: CallOptions = {}): Promise<this> {
    this.fitted = await fit(this.request(points, call));
    return this;
  }

  /** Embeds points and returns the embedding. */
  async fitTransform(points: Points, call: CallOptions = {}): Promise<Embedding> {
    return (await this.fit(points, call)).embedding;
  }

  /**
   * Embeds points, yielding the layout every so many epochs (`every`, by default 10) and after the last; with
   * `nEpochs: 0` there is none. Leaving the loop early stops the work.
   */
  async *frames(points: Points, { every = 10, ...call }: CallOptions & { every?: number } = {}): AsyncGenerator<Frame> {
    yield* frames(this.request(points, call), every, (fitted) => {
      this.fitted = fitted;
    });
  }

  /** Coordinates of the points. Rows without any neighbour (see `disconnectionDistance`) are NaN. */
  get embedding(): Embedding {
    return this.result().embedding;
  }

  /** The nearest neighbours that the layout is made of. */
  get knn(): KnnGraph {
    return this.result().knn;
  }

  /** The fuzzy simplicial set: how strongly points belong together. */
  get graph(): SparseGraph {
    return this.result().graph;
  }

  /** What was chosen and found, how long it took, and where it ran. */
  get diagnostics(): FitDiagnostics {
    return this.result().diagnostics;
  }

  /** Stops what runs and lets go of the results. The workers are shared, and end with the program. */
  async dispose(): Promise<void> {
    this.end.abort(new UmapError("not-fitted", "the UMAP was disposed"));
    this.fitted = undefined;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  private request(points: Points, call: CallOptions) {
    const signals = [this.end.signal, checkedCall(call).signal].filter((signal) => signal !== undefined);
    return { options: this.options, points, call: { ...call, signal: AbortSignal.any(signals) } };
  }

  private result(): Fitted {
    if (this.fitted) return this.fitted;
    const why = this.end.signal.aborted ? "the UMAP was disposed" : "there is no result before fit";
    throw new UmapError("not-fitted", why);
  }
}
