/** Five windows over the same rows, what relates them, and fits of the first three. */

import { AlignedUMAP, type Points } from "umap-wasm";
import { bits, blobs } from "../data.js";

export const [ROWS, STEP, COLS] = [120, 40, 8];
export const all = blobs(ROWS + 4 * STEP, COLS);
/** Windows over the same rows. */
export const slices = Array.from({ length: 5 }, (_, i) => ({
  data: all.data.slice(i * STEP * COLS, (i * STEP + ROWS) * COLS),
  rows: ROWS,
  cols: COLS,
}));
export const ids = slices.map((_, i) => Array.from({ length: ROWS }, (_, row) => `row ${i * STEP + row}`));
export const pairs = Array.from({ length: ROWS - STEP }, (_, row) => [row + STEP, row] as [number, number]);
export const first = slices.slice(0, 3);
export const map = new Map(pairs);
export const options = { nEpochs: 60, nThreads: 2 };

export const hash = (aligned: AlignedUMAP) => bits(...aligned.embeddings.map(({ data }) => data));
export const embed = (more: object = {}, call: object = { relations: [map, map] }, datasets: Points[] = first) =>
  new AlignedUMAP({ ...options, ...more }).fit(datasets, call);
