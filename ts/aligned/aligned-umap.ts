import type { OwnUint8Array } from "../arrays.js";
import { Resident } from "../engine/resident.js";
import { type CallOptions, parted, runJob } from "../engine/run.js";
import { type LoadOptions, loaded } from "../estimator/made.js";
import { State } from "../estimator/state.js";
import { Turns } from "../estimator/turns.js";
import type { ModelFile } from "../file.js";
import type { AlignedOptions, SaveOptions, TransformMode } from "../generated/index.js";
import { checkedOptions } from "../options.js";
import type { Points } from "../points.js";
import type { Embedding, Radii, Transformed } from "../results.js";
import { copied, taken } from "../taken.js";
import {
  type AlignedFitDiagnostics,
  type AlignedFitOptions,
  type AlignedFitted,
  type AlignedUpdateOptions,
  alignedFit,
  alignedLoaded,
  alignedSave,
  alignedUpdate,
} from "./fit.js";
import type { Id } from "./relations.js";

/**
 * UMAP of several datasets at once, whose embeddings can be compared: corresponding points of different
 * datasets are drawn to each other while all are laid out together.
 *
 * @example
 * const aligned = new AlignedUMAP({ nNeighbors: 15 });
 * const [monday, tuesday] = await aligned.fitTransform([points1, points2], { ids: [ids1, ids2] });
 * const wednesday = await aligned.update(points3, { ids: ids3 });
 */
export class AlignedUMAP<Mode extends TransformMode = "embedding"> {
  private readonly options: AlignedOptions;
  private readonly state = new State<AlignedFitted>("AlignedUMAP");
  private readonly updates = new Turns();
  /** Of the last datasets, if all of them had ids: as many as the window of a further one reaches. */
  private ids: readonly (readonly Id[])[] | undefined;

  /** Each option is checked when it is used: a wrong one rejects the first call. */
  constructor(options: AlignedOptions & { transformMode?: Mode | readonly Mode[] } = {}) {
    this.options = { ...checkedOptions(options, "{ nNeighbors: 15 }") };
  }

  /** Reads a model that `save` gave, as `UMAP.load` does. */
  static async load(file: ModelFile, call: LoadOptions = {}): Promise<AlignedUMAP> {
    return loaded<"aligned-load", AlignedUMAP>({ kind: "aligned-load" }, file, call, (ran, resident) => {
      const { options, fitted, ids } = alignedLoaded(ran);
      const aligned = new AlignedUMAP(options);
      aligned.settle(fitted, resident, ids);
      return aligned;
    });
  }

  /**
   * Embeds datasets, which may differ in rows and columns; the results are then in `embeddings`. One that is aborted
   * leaves what there was before.
   */
  async fit(datasets: readonly Points[], options: AlignedFitOptions = {}): Promise<this> {
    const call = this.state.fit(options, ["relations", "ids", "targets"]);
    const makes = new Resident(this);
    const fit = async () => alignedFit(this.options, datasets, call, makes);
    this.settle(await makes.unlessFailed(this.state.fitting(fit())), makes, options.ids);
    return this;
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
    const call = this.state.call(options, ["relations", "ids", "target", "options"]);
    // Not only after the wait, which the end of this AlignedUMAP would break off as an abort does.
    this.state.model();
    const { ids, relations, target } = call;
    const given = { ...call, ids: copied(ids), relations: copied(relations), target: copied(target) };
    const datasets = taken(points);
    return this.updates.change(call.signal, () => this.add(datasets, given));
  }

  /**
   * Places new points in the embedding of a dataset (`slice`, counted from 0), which stays as it is, as `UMAP.transform`
   * does.
   */
  async transform(points: Points, options: CallOptions & { slice: number }): Promise<Transformed<Mode>> {
    const { slice, ...call } = this.state.call(options ?? {}, ["slice"]);
    const job = { kind: "aligned-transform" as const, points, options: { slice }, on: this.state.model() };
    return runJob<"aligned-transform", Mode>(job, call);
  }

  /** The model as a file (docs/files.md), which `AlignedUMAP.load` reads. Without raw data `update` is not possible. */
  async save(options: SaveOptions & CallOptions = {}): Promise<OwnUint8Array> {
    const { call, params } = parted(options, "{ rawData: false }");
    const checked = this.state.call(call);
    return alignedSave(this.state.model(), params, this.ids, checked);
  }

  /** Coordinates of the points of each dataset. Rows without any neighbour (see `disconnectionDistance`) are NaN. */
  get embeddings(): Embedding[] {
    return this.state.result().slices.map(({ embedding }) => embedding);
  }

  /** Local radii of each dataset, with the option `outputDens`; undefined for those without. */
  get radii(): (Radii | undefined)[] {
    return this.state.result().slices.map(({ radii }) => radii);
  }

  /** What was chosen and found for each dataset and for all, how long it took, and where it ran. */
  get diagnostics(): AlignedFitDiagnostics {
    const { slices, diagnostics } = this.state.result();
    return { ...diagnostics, datasets: slices.map(({ diagnostics }) => diagnostics) };
  }

  /** Stops what runs and lets go of the results; no call is possible after it. The workers are shared, and end with the program. */
  dispose(): Promise<void> {
    return this.state.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  private async add(points: Points, call: AlignedUpdateOptions): Promise<Embedding> {
    const on = this.state.model();
    const { slices, targetMetric } = this.state.result();
    const found = await alignedUpdate(on, points, call, { known: this.ids, targetMetric });
    const known = call.ids && this.ids && [...this.ids, call.ids];
    // A fit may have taken the model's place meanwhile.
    if (this.state.modelIfAny === on) this.settle({ ...found, slices: [...slices, ...found.slices] }, on, known);
    return (found.slices[0] as AlignedFitted["slices"][number]).embedding;
  }

  private settle(fitted: AlignedFitted, resident: Resident, ids: readonly (readonly Id[])[] | undefined): void {
    this.state.settle(fitted, resident);
    // Copies: what the caller gave is the caller's.
    this.ids = ids?.slice(-fitted.reach).map((list) => [...list]);
  }
}
