/** Options as a caller gives them: objects of names and values. Anything else would be ignored. */
import { described, nameOf } from "./describe.js";
import { UmapError } from "./errors.js";

/** Options, if they are an object; `example` says how they are written, `name` what they are. */
export function checkedOptions<T extends object>(options: T, example: string, name = "options"): T {
  // A module's namespace is one too.
  if (["Object", "Module"].includes(nameOf(options))) return options;
  const expected = `an object, such as ${example}`;
  throw new UmapError("invalid-parameter", `${name}: expected ${expected}, got ${described(options)}`);
}

/** The same for those of a call, where what belongs into them may have come bare. */
export function checkedCallOptions<T extends object>(options: T, example = "{ signal, onProgress }"): T {
  return checkedOptions(options, exampleWith(options) ?? example);
}

function exampleWith(value: unknown): string | undefined {
  if (typeof value === "function") return "{ onProgress: callback }";
  if (nameOf(value) === "AbortSignal") return "{ signal }";
  if (nameOf(value) === "AbortController") return "{ signal: controller.signal }";
  return undefined;
}
