import { described } from "./describe.js";
import { UmapError } from "./errors.js";
import { checkedOptions } from "./options.js";
import type { Backend, Build } from "./protocol.js";

/** Settings of the package as a whole; they hold for what is started after the call. */
export interface Configuration {
  /** `auto` (default): threads where they are possible, otherwise the single-threaded build; the results are equal. */
  backend?: "auto" | Backend;
  /**
   * Where a copy of the package's folder `dist` is, if the files are not where the package looks for them. This and the
   * following are relative to the page, in Node to the working directory.
   */
  baseUrl?: string | URL;
  /** Where the worker's script is, if it is somewhere else. */
  workerUrl?: string | URL;
  /** Where the modules are, if they are somewhere else; without `relaxed`, `threads` serves all engines. */
  wasmUrl?: Partial<Record<Build, string | URL>>;
  /** Milliseconds that the workers may take to start, 1 to 2147483647; 30,000 by default. */
  startTimeout?: number;
}

export const configuration: Configuration & { startTimeout: number } = { startTimeout: 30_000 };

/**
 * Sets how workers are started; later calls add to earlier ones, and `undefined` takes a setting back. Not needed in Node, in a
 * page, or with a bundler that copies assets.
 */
export function configure(changes: Configuration): void {
  const { startTimeout = 30_000, ...others } = checkedOptions(changes, '{ baseUrl: "/umap-wasm/" }', "configure");
  for (const [name, value] of Object.entries({ ...others, startTimeout })) {
    if (value !== undefined) check(name, value);
  }
  Object.assign(configuration, others, "startTimeout" in changes ? { startTimeout } : {});
}

/** Workers start by timers, which end at this number of milliseconds. */
const LONGEST = 2 ** 31 - 1;

const isUrl = (value: unknown) => typeof value === "string" || value instanceof URL;
const BUILDS = Object.keys({
  threads: true,
  relaxed: true,
  single: true,
  "parametric-threads": true,
  "parametric-single": true,
} satisfies Record<Build, true>);

const URL_EXPECTED = { isValid: isUrl, expected: "a string or URL" };
const SETTINGS: Record<string, { isValid: (value: unknown) => boolean; expected: string }> = {
  backend: {
    isValid: (value) => ["auto", "threads", "single"].includes(value as string),
    expected: '"auto", "threads" or "single"',
  },
  baseUrl: URL_EXPECTED,
  workerUrl: URL_EXPECTED,
  wasmUrl: {
    isValid: (value) => Object.entries(Object(value)).every(([name, url]) => BUILDS.includes(name) && isUrl(url)),
    expected: `an object with URLs of ${BUILDS.join(", ")}`,
  },
  startTimeout: {
    isValid: (value) => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= LONGEST,
    expected: `an integer, 1 to ${LONGEST}`,
  },
};

function check(name: string, value: unknown): void {
  const setting = SETTINGS[name];
  if (setting === undefined) {
    const known = Object.keys(SETTINGS).join(", ");
    throw new UmapError("unknown-option", `configure: unknown setting \`${name}\`, the settings are ${known}`);
  }
  if (setting.isValid(value)) return;
  throw new UmapError("invalid-parameter", `configure: ${name}: expected ${setting.expected}, got ${described(value)}`);
}
