import type { UmapConstructorOptions } from "./fit.js";
import type { TransformMode } from "./generated/index.js";
import { checkedOptions } from "./options.js";
import { UMAP } from "./umap.js";

/**
 * UMAP that keeps densities too (densMAP): where the points are sparse the embedding is wide, where they are dense it is
 * narrow. `UMAP` with the option `densmap`, and all that `UMAP` does: targets, frames, `transform`, files.
 *
 * @example
 * const densmap = new DensMAP({ densLambda: 2, outputDens: true });
 * await densmap.fit(points);
 * const { input, embedding } = densmap.radii;
 */
export class DensMAP<Mode extends TransformMode = "embedding"> extends UMAP<Mode> {
  /** The options of `UMAP`; `densmap` is true unless it is set. */
  constructor(options: UmapConstructorOptions & { transformMode?: Mode } = {}) {
    super({ densmap: true, ...checkedOptions(options, "{ densLambda: 2 }") });
  }
}
