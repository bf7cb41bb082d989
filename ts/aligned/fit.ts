/** The jobs of an AlignedUMAP: what happens to its input and its results on their way to Rust and back. */
import type { OwnUint8Array } from "../arrays.js";
import { described } from "../describe.js";
import type { Resident } from "../engine/resident.js";
import { type CallOptions, type Job, type Ran, runJob, runWhere } from "../engine/run.js";
import { ofDataset } from "../engine/upload.js";
import { UmapError } from "../errors.js";
import { given } from "../estimator/made.js";
import { ranAt } from "../fit.js";
import type {
  AlignedDiagnostics as Aligned,
  AlignedOptions,
  DatasetOptions,
  Diagnostics,
  SaveOptions,
  UmapOptions,
} from "../generated/index.js";
import type { AlignedAnswer } from "../generated/operations.js";
import { checkedOptions } from "../options.js";
import type { Points } from "../points.js";
import type { Where } from "../protocol.js";
import type { Embedding, Radii } from "../results.js";
import { arraySource } from "../sources.js";
import { type Target, targetArrays } from "../target.js";
import { checkId, type Id, idArrays, type Relation, relationSource } from "./relations.js";

/** What belongs to one call of `fit`. */
export interface AlignedFitOptions extends CallOptions {
  /**
   * For each two consecutive datasets which rows correspond, **from the earlier one to the later one**; null where
   * nothing is related. Through them rows of datasets further apart are related too, up to the window.
   */
  relations?: readonly (Relation | null)[];
  /**
   * For each dataset what its rows are called: rows of the same name correspond, also if datasets in between do not
   * have them. Instead of `relations`.
   */
  ids?: readonly (readonly Id[])[];
  /** For each dataset what to learn from besides its points, as `target` of `UMAP`; null for none. */
  targets?: readonly (Target | null | undefined)[];
}

/** What belongs to one call of `update`. */
export interface AlignedUpdateOptions extends CallOptions {
  /** Which rows of the last dataset correspond to rows of the new one, **from the last one to the new one**, or null. */
  relations?: Relation | null;
  /** What the rows of the new dataset are called, if the datasets before it had `ids` too. Instead of `relations`. */
  ids?: readonly Id[];
  /** As `target` of `UMAP`. */
  target?: Target;
  /** Options that are not those of the last dataset. */
  options?: DatasetOptions;
}

/** How a fit or an update went, and where it ran. */
export interface AlignedFitDiagnostics extends Aligned, Where {
  /** Of each dataset; stages and where they ran are those of all. */
  datasets: Diagnostics[];
  /** As in `FitDiagnostics`. */
  wasmMemoryBytes: number;
}

/** What is known of a dataset. */
export interface Slice {
  embedding: Embedding;
  diagnostics: Diagnostics;
  /** With `outputDens`. */
  radii?: Radii;
}

/** What a fit or an update found. */
export interface AlignedFitted {
  slices: Slice[];
  diagnostics: Omit<AlignedFitDiagnostics, "datasets">;
  /** How many of the last datasets the window of a further one reaches. */
  reach: number;
  /** How the targets of a further dataset are compared, unless its options set another. */
  targetMetric: UmapOptions["targetMetric"];
}

export function alignedFit(
  options: AlignedOptions,
  datasets: readonly Points[],
  { relations, ids, targets, ...call }: AlignedFitOptions,
  makes: Resident,
): Promise<AlignedFitted> {
  const count = listed("datasets", datasets).length;
  const arrays: Job["arrays"] = {};
  if (ids !== undefined && relations !== undefined) throw oneOfThem("both");
  if (ids !== undefined) Object.assign(arrays, idArrays(listed("ids", ids, count)));
  else if (relations === undefined) {
    if (count > 1) throw oneOfThem("neither");
  } else {
    for (const [i, relation] of listed("relations", relations, Math.max(count - 1, 0)).entries()) {
      const source = relation === null ? undefined : relationSource(`relations[${i}]`, relation);
      arrays[`relations.${i}`] = source;
    }
  }
  for (const [i, target] of listed("targets", targets ?? [], targets && count).entries()) {
    const { targetMetric } = options;
    const metric = Array.isArray(targetMetric) ? targetMetric[i] : targetMetric;
    try {
      for (const [name, source] of Object.entries(targetArrays(target ?? undefined, metric))) {
        arrays[`${name}.${i}`] = source;
      }
    } catch (error) {
      throw ofDataset(i, error);
    }
  }
  return runAligned({ kind: "aligned-fit", options: { ...options }, datasets, arrays, makes }, call);
}

/** One more dataset; `known` are the ids of the last ones, as far as the window reaches. */
export function alignedUpdate(
  on: Resident,
  points: Points,
  { relations, ids, target, options = {}, ...call }: AlignedUpdateOptions,
  { known, targetMetric }: { known: readonly (readonly Id[])[] | undefined; targetMetric: UmapOptions["targetMetric"] },
): Promise<AlignedFitted> {
  checkedOptions(options, "{ nNeighbors: 15 }");
  if (ids !== undefined && relations !== undefined) throw oneOfThem("both");
  if (ids === undefined && relations === undefined) throw oneOfThem("neither");
  if (ids !== undefined && known === undefined) {
    throw new UmapError("invalid-parameter", "ids: expected relations, because the last datasets had no ids");
  }
  const arrays = {
    ...(relations && { relations: relationSource("relations", relations) }),
    ...(ids && known && idArrays([...known, ids])),
    ...targetArrays(target, options.targetMetric ?? targetMetric),
  };
  return runAligned({ kind: "aligned-update", options: { ...options }, points, arrays, on }, call);
}

/** A model that was saved. */
export interface LoadedAligned {
  options: AlignedOptions;
  fitted: AlignedFitted;
  /** Of the last datasets, if they had ids. */
  ids: Id[][] | undefined;
}

/** What a file has. */
export function alignedLoaded({ value, where }: Ran<"aligned-load">): LoadedAligned {
  const { options, alignment, ids } = value;
  const fitted = fittedAligned(value.fitted, where);
  return { options: { ...alignment, ...asLists(options) }, fitted, ids: idsOf(ids, fitted) };
}

export function alignedSave(
  on: Resident,
  how: SaveOptions,
  ids: readonly (readonly Id[])[] | undefined,
  call: CallOptions,
): Promise<OwnUint8Array> {
  const encoded = ids && arraySource("ids", new TextEncoder().encode(JSON.stringify(ids)));
  return runJob({ kind: "aligned-save", options: { ...how }, on, arrays: { ids: encoded } }, call);
}

/** Ids as `alignedSave` wrote them: of each of the last datasets as many as it has rows. */
function idsOf(json: Uint8Array, { slices, reach }: AlignedFitted): Id[][] | undefined {
  if (json.length === 0) return undefined;
  const last = slices.slice(slices.length - reach);
  try {
    const ids: unknown = JSON.parse(new TextDecoder().decode(json));
    const fits = (list: unknown, i: number) => Array.isArray(list) && list.length === last[i]?.embedding.rows;
    if (!Array.isArray(ids) || ids.length !== last.length || !ids.every(fits)) {
      throw new UmapError("invalid-parameter", `expected those of ${last.length} datasets, got other values`);
    }
    for (const [i, list] of ids.entries()) {
      for (const [row, id] of list.entries()) checkId(id, `ids[${i}]`, row);
    }
    return ids;
  } catch (cause) {
    const got = cause instanceof UmapError ? cause.message : "expected JSON, got something else";
    throw new UmapError("malformed-file", `malformed file: ids: ${got}`, { cause });
  }
}

/** Options of datasets as the constructor takes them: one value where all have the same. */
function asLists(each: UmapOptions[]): AlignedOptions {
  const value = (name: string) => {
    const values = each.map((options) => options[name as keyof UmapOptions]);
    return values.every((value) => value === values[0]) ? values[0] : values;
  };
  return given(Object.fromEntries(Object.keys(each[0] ?? {}).map((name) => [name, value(name)])));
}

async function runAligned(job: Job<"aligned-fit" | "aligned-update">, call: CallOptions): Promise<AlignedFitted> {
  const { value, where } = await runWhere(job, call);
  return fittedAligned(value, where);
}

function fittedAligned({ diagnostics, wasmMemoryBytes, ...found }: AlignedAnswer, where: Where): AlignedFitted {
  return { ...found, diagnostics: ranAt(diagnostics, where, wasmMemoryBytes) };
}

/** A list of so many. */
function listed<T>(name: string, list: readonly T[], count?: number): readonly T[] {
  if (!Array.isArray(list)) {
    throw new UmapError("invalid-parameter", `${name}: expected a list, got ${described(list)}`);
  }
  if (count === undefined || list.length === count) return list;
  const each = name === "relations" ? "one for each two consecutive datasets" : "one for each dataset";
  throw new UmapError("shape-mismatch", `${name}: expected ${count}, ${each}, got ${list.length}`);
}

function oneOfThem(got: string): UmapError {
  return new UmapError("invalid-parameter", `relations, ids: expected one of them, got ${got}`);
}
