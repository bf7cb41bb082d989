/** What a fit learns from, in the form that the module takes. */
import { UmapError } from "../errors.js";
import type { ModuleOptions } from "./options.js";

/** Marks a row without a label. */
const UNKNOWN = 0xffffffff;

/** Labels of any kind by number, or numbers as they are; neither if nothing is known of any row. */
export function targetOf(target: unknown[] | undefined, rows: number, options: ModuleOptions) {
  if (target === undefined) return {};
  if (target.length !== rows) {
    const got = `${target.length} labels for ${rows} rows`;
    throw new UmapError("shape-mismatch", `Length of X and y must be equal: got ${got}`);
  }
  if (!options.categorical) return { values: Float64Array.from(target as number[]) };
  const numbers = new Map<unknown, number>();
  for (const unknown of [-1, null, undefined, Number.NaN]) numbers.set(unknown, UNKNOWN);
  const known = numbers.size;
  const labels = Uint32Array.from(target, (label) => {
    if (!numbers.has(label)) numbers.set(label, numbers.size - known);
    return numbers.get(label) as number;
  });
  return numbers.size > known ? { labels } : {};
}
