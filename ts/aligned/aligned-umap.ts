import type { OwnUint8Array } from "../arrays.js";
import { untilAborted } from "../engine/abort.js";
import { Resident } from "../engine/resident.js";
import { type CallOptions, checkedCall, runJob } from "../engine/run.js";
import type { ModelFile } from "../file.js";
import type { LoadOptions, Transformed } from "../fit.js";
import type { AlignedOptions, SaveOptions, TransformMode } from "../generated/index.js";
import { Lifetime } from "../lifetime.js";
import { checkedCallOptions, checkedOptions } from "../options.js";
import type { Points } from "../points.js";
import type { Embedding, Radii } from "../results.js";
import { copied, taken } from "../taken.js";
import {
  type AlignedFitDiagnostics,
  type AlignedFitOptions,
  type AlignedFitted,
  type AlignedUpdateOptions,
  alignedFit,
  alignedLoad,
  alignedSave,
  alignedUpdate,
} from "./fit.js";
import type { Id } from "./relations.js";

/**
 * UMAP of several datasets at once, whose embeddings can be compared: points that stand for the same in different datasets
 * are drawn to each other's places while all are laid out together.
 *
 * @example
 * const aligned = new AlignedUMAP({ nNeighbors: 15 });
 * const [monday, tuesday] = await aligned.fitTransform([points1, points2], { ids: [ids1, ids2] });
 * const wednesday = await aligned.update(points3, { ids: ids3 });
 */
export class AlignedUMAP<Mode extends TransformMode = "embedding"> {
  private readonly options: AlignedOptions;
  private readonly life = new Lifetime("AlignedUMAP");
  private fitted: AlignedFitted | undefined;
  private model: Resident | undefined;
  /** Of the last datasets, if all of them had ids: as many as the window of a further one reaches. */
  private ids: readonly (readonly Id[])[] | undefined;
  /** The last update, which later ones wait for; it never rejects. */
  private updated: Promise<void> = Promise.resolve();

  /** Each option is checked when it is used: a wrong one rejects the first call. */
  constructor(options: AlignedOptions & { transformMode?: Mode | readonly Mode[] } = {}) {
    this.options = { ...checkedOptions(options, "{ nNeighbors: 15 }") };
  }

  /** Reads a model that `save` gave, as `UMAP.load` does. */
  static async load(file: ModelFile, call: LoadOptions = {}): Promise<AlignedUMAP> {
    checkedCall(call, ["nThreads"]);
    const resident = new Resident();
    try {
      const { options, fitted, ids } = await alignedLoad(file, call, resident);
      const aligned = new AlignedUMAP(options);
      resident.belongTo(aligned);
      aligned.settle(fitted, resident, ids);
      return aligned;
    } catch (error) {
      await resident.release();
      throw error;
    }
  }

  /**
   * Embeds datasets, which may differ in rows and columns; the results are then in `embeddings`. One that is aborted
   * leaves what there was before.
   */
  async fit(datasets: readonly Points[], options: AlignedFitOptions = {}): Promise<this> {
    const call = this.life.fit(options, ["relations", "ids", "targets"]);
    const makes = new Resident(this);
    try {
      const fitted = alignedFit(this.options, datasets, call, makes);
      this.settle(await this.life.fitting(fitted), makes, options.ids);
      return this;
    } catch (error) {
      await makes.release();
      throw error;
    }
  }

  /** Embeds datasets and returns their embeddings. */
  async fitTransform(datasets: readonly Points[], options: AlignedFitOptions = {}): Promise<Embedding[]> {
    return (await this.fit(datasets, options)).embeddings;
  }

  /**
   * Embeds one more dataset, aligned with the last ones, and returns its embedding. Those that are there stay as they are,
   * bit for bit; their points are not needed. Updates wait for each other.
   */
  async update(points: Points, options: AlignedUpdateOptions = {}): Promise<Embedding> {
    const call = this.life.call(options, ["relations", "ids", "target", "options"]);
    // Not only after the wait, which the end of this AlignedUMAP would break off as an abort does.
    this.resident();
    const { ids, relations, target } = call;
    const given = { ...call, ids: copied(ids), relations: copied(relations), target: copied(target) };
    const datasets = taken(points);
    const updating = untilAborted(this.updated, call.signal).then(() => this.add(datasets, given));
    this.updated = Promise.all([this.updated, updating.catch(() => {})]).then(() => {});
    return updating;
  }

  /**
   * Places new points in the embedding of a dataset (`slice`, counted from 0), which stays as it is, as `UMAP.transform`
   * does.
   */
  async transform(points: Points, options: CallOptions & { slice: number }): Promise<Transformed<Mode>> {
    const { slice, ...call } = this.life.call(options ?? {}, ["slice"]);
    const job = { kind: "aligned-transform" as const, points, options: { slice }, on: this.resident() };
    return (await runJob(job, call)) as Transformed<Mode>;
  }

  /** The model as a file (docs/files.md), which `AlignedUMAP.load` reads. Without raw data `update` is not possible. */
  async save(options: SaveOptions & CallOptions = {}): Promise<OwnUint8Array> {
    const { signal, onProgress, ...how } = checkedCallOptions(options, "{ rawData: false }");
    const call = this.life.call({ signal, onProgress });
    return alignedSave(this.resident(), how, this.ids, call);
  }

  /** Coordinates of the points of each dataset. Rows without any neighbour (see `disconnectionDistance`) are NaN. */
  get embeddings(): Embedding[] {
    return this.result().slices.map(({ embedding }) => embedding);
  }

  /** Local radii of each dataset, with the option `outputDens`; undefined for those without. */
  get radii(): (Radii | undefined)[] {
    return this.result().slices.map(({ radii }) => radii);
  }

  /** What was chosen and found for each dataset and for all, how long it took, and where it ran. */
  get diagnostics(): AlignedFitDiagnostics {
    const { slices, diagnostics } = this.result();
    return { ...diagnostics, datasets: slices.map(({ diagnostics }) => diagnostics) };
  }

  /** Stops what runs and lets go of the results; no call is possible after it. The workers are shared, and end with the program. */
  async dispose(): Promise<void> {
    this.life.dispose();
    this.fitted = undefined;
    await this.model?.release();
    this.model = undefined;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  private async add(points: Points, call: AlignedUpdateOptions): Promise<Embedding> {
    const on = this.resident();
    const { slices, targetMetric } = this.result();
    const found = await alignedUpdate(on, points, call, { known: this.ids, targetMetric });
    const known = call.ids && this.ids && [...this.ids, call.ids];
    // A fit may have taken the model's place meanwhile.
    if (this.model === on) this.settle({ ...found, slices: [...slices, ...found.slices] }, on, known);
    return (found.slices[0] as AlignedFitted["slices"][number]).embedding;
  }

  private settle(fitted: AlignedFitted, resident: Resident, ids: readonly (readonly Id[])[] | undefined): void {
    this.fitted = fitted;
    if (this.model !== resident) void this.model?.release();
    this.model = resident;
    // Copies: what the caller gave is the caller's.
    this.ids = ids?.slice(-fitted.reach).map((list) => [...list]);
  }

  private result(): AlignedFitted {
    if (this.fitted) return this.fitted;
    throw this.life.notFitted();
  }

  private resident(): Resident {
    if (this.model) return this.model;
    throw this.life.notFitted();
  }
}
