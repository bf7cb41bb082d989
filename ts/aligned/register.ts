import { described } from "../describe.js";
import { type CallOptions, checkedCall, runJob } from "../engine/run.js";
import { UmapError } from "../errors.js";
import type { Similarity } from "../generated/index.js";
import type { Matrix } from "../points.js";
import type { Embedding } from "../results.js";
import { arraySource, integerSource } from "../sources.js";
import { type Relation, relationSource } from "./relations.js";

/** An embedding, or what has one: a fitted `UMAP`. */
export type HasEmbedding = Pick<Matrix, "data" | "rows" | "cols"> | { readonly embedding: Embedding };

/** An embedding that was moved onto another. */
export interface Registered {
  embedding: Embedding;
  /** How its rows were moved, for further rows of the same embedding. */
  transformation: Similarity;
  /** Root mean square distance of the anchors from where they should be. */
  deviation: number;
}

/**
 * Turns (or mirrors), scales and moves an embedding so that its `anchors` come nearest to their rows in another one: ordinary
 * Procrustes analysis (Gower 1975). Of the anchors `from` is a row of `model`, `to` a row of `onto`; rows that are NaN do not
 * count. The shape stays as it is: all distances change by the same factor.
 */
export async function register(
  model: HasEmbedding,
  onto: HasEmbedding,
  anchors: Relation,
  call: CallOptions = {},
): Promise<Registered> {
  checkedCall(call);
  const [own, other] = [embeddingOf("model", model), embeddingOf("onto", onto)];
  const arrays = {
    embedding: arraySource("model.data", own.data),
    cols: integerSource("cols", [own.cols]),
    onto: arraySource("onto.data", other.data),
    "onto.cols": integerSource("onto.cols", [other.cols]),
    relations: relationSource("anchors", anchors),
  };
  return runJob({ kind: "register", options: {}, arrays }, call);
}

function embeddingOf(name: string, of: HasEmbedding): Pick<Matrix, "data" | "rows" | "cols"> {
  const found = Object("embedding" in Object(of) ? (of as { embedding: Embedding }).embedding : of) as Matrix;
  const { data, rows, cols } = found;
  if (Number.isInteger(cols) && cols > 0 && Object(data).length === rows * cols) return found;
  const instead = "embeddings" in Object(of) ? ": pass one of its `embeddings`" : "";
  const got = data === undefined ? described(of) + instead : `${Object(data).length} values for ${rows} x ${cols}`;
  throw new UmapError("shape-mismatch", `${name}: expected an embedding with data, rows and cols, got ${got}`);
}
