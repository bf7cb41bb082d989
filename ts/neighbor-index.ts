import type { OwnUint8Array } from "./arrays.js";
import { Resident } from "./engine/resident.js";
import { type CallOptions, type Job, parted, type Ran, runJob } from "./engine/run.js";
import { UmapError } from "./errors.js";
import { Lifetime } from "./estimator/lifetime.js";
import { type LoadOptions, loaded, made } from "./estimator/made.js";
import { Turns } from "./estimator/turns.js";
import type { ModelFile } from "./file.js";
import type { IndexDiagnostics as Diagnostics, IndexOptions, QueryOptions } from "./generated/index.js";
import type { Operations } from "./generated/operations.js";
import type { Points } from "./points.js";
import type { Where } from "./protocol.js";
import type { KnnGraph } from "./results.js";
import { taken } from "./taken.js";

/** What an index is, and where it is. */
export type NeighborIndexDiagnostics = Diagnostics & Where;

/**
 * Rows that can be searched: the nearest of them for points that need not be among them. What is found for a point depends
 * on that point and the index alone: it is the same bits in any batch.
 *
 * The rows stay in a worker's memory until `dispose`.
 *
 * @example
 * const index = await NeighborIndex.build(vectors, { metric: "cosine" });
 * const { indices, distances, k } = await index.query(questions, { k: 10 });
 */
export class NeighborIndex {
  private readonly life = new Lifetime("NeighborIndex", "instance-lost");
  private readonly turns = new Turns();
  private readonly resident: Resident;
  private readonly found: NeighborIndexDiagnostics;

  private constructor(resident: Resident, found: NeighborIndexDiagnostics) {
    if (!(resident instanceof Resident)) {
      const instead = "NeighborIndex.build(points, options) or NeighborIndex.load(file), and await it";
      throw new UmapError("invalid-parameter", `a NeighborIndex is not made by new: call ${instead}`);
    }
    this.resident = resident;
    this.found = found;
  }

  /** Makes an index of rows. */
  static async build(points: Points, options: IndexOptions & CallOptions = {}): Promise<NeighborIndex> {
    const { call, params } = parted(options, '{ metric: "cosine" }');
    return made({ kind: "index-build", points, options: params }, call, NeighborIndex.of);
  }

  /**
   * Reads an index that `save` gave, in Node or in a browser. A file that is damaged, or no such file, rejects with the
   * code `malformed-file`; nothing in a file is run.
   */
  static async load(file: ModelFile, options: LoadOptions = {}): Promise<NeighborIndex> {
    return loaded({ kind: "index-load" }, file, options, NeighborIndex.of);
  }

  private static of({ value, where }: Ran<"index-build" | "index-load">, resident: Resident): NeighborIndex {
    return new NeighborIndex(resident, { ...value, ...where });
  }

  /**
   * The `k` nearest rows for each point, nearest first, with their distances. Points that are rows of the index find
   * themselves.
   */
  async query(points: Points, options: QueryOptions & CallOptions = {}): Promise<KnnGraph> {
    const { call, params } = parted(options, "{ k: 10 }");
    return this.read({ kind: "index-query", points: taken(points), options: params }, call);
  }

  /**
   * Adds rows, which get the numbers that follow. Calls made before see the index without them, calls made after it with
   * them. One that is aborted leaves the index as it was.
   */
  async add(points: Points, call: CallOptions = {}): Promise<void> {
    const options = this.call(call);
    const job = { kind: "index-add" as const, points: taken(points), options: {}, on: this.resident };
    Object.assign(this.found, await this.turns.change(options.signal, () => runJob(job, options)));
  }

  /** The index as a file (docs/files.md), which `load` reads. */
  save(call: CallOptions = {}): Promise<OwnUint8Array> {
    return this.read({ kind: "index-save", options: {} }, call);
  }

  /** Rows that can be found. */
  get rows(): number {
    return this.found.rows;
  }

  /** Columns of a row. */
  get cols(): number {
    return this.found.cols;
  }

  /** How rows are kept and found, and where. */
  get diagnostics(): NeighborIndexDiagnostics {
    return { ...this.found };
  }

  /** Stops what runs and frees the index. The workers are shared, and end with the program. */
  async dispose(): Promise<void> {
    this.life.dispose();
    await this.resident.release();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  /** Runs a job that leaves the index as it is, after the additions before it. */
  private async read<Name extends "index-query" | "index-save">(
    job: Job<Name>,
    call: CallOptions,
  ): Promise<Operations[Name]["result"]> {
    const options = this.call(call);
    return this.turns.read(options.signal, () => runJob<Name>({ ...job, on: this.resident }, options));
  }

  /** Options of a call, which ends with the index. */
  private call(call: CallOptions): CallOptions {
    const checked = this.life.call(call);
    // Throws if it is not there.
    this.resident.whereabouts();
    return checked;
  }
}
