/**
 * `npm run build`: the WebAssembly modules, then the TypeScript around them, into dist/. Skips what is up to date.
 * `-- threads single` builds these modules only, `-- --fast` sooner and less optimised, `-- --sizes [module]` says what a
 * module is made of.
 */
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { BUILDS } from "./env.mjs";
import { isModuleCurrent, moduleSteps, PROFILES } from "./modules.mjs";
import { main } from "./run.mjs";
import { npmStep, rustStep } from "./setup.mjs";
import { runSteps, step } from "./steps.mjs";

export const MODULES = Object.keys(BUILDS);

/** Builds for another program. */
export async function build(options) {
  const [rust, npm] = [rustStep(), npmStep()];
  await runSteps("build", [rust, npm, ...buildSteps({ rust, npm }, options)]);
}

/**
 * The steps of a build, the last of which is done when all is.
 * @param {{ rust: object, npm: object }} setup steps
 * @param {string[]} [options.modules] all of them, unless named; only a complete build has types
 * @param {"release" | "fast"} [options.profile] `release` is what ships
 * @param {object[]} [options.after] steps to wait for
 */
export function buildSteps({ rust, npm }, { modules = MODULES, profile = "release", after = [] } = {}) {
  const made = moduleSteps(rust, { names: modules, profile, after });
  const scripts = step("scripts", {
    needs: [rust, npm, ...made],
    async work(task, toolchain) {
      const { bundle } = await import("./bundle.mjs");
      await bundle(
        task,
        MODULES.filter((name) => isModuleCurrent(name, toolchain, ...PROFILES)),
      );
    },
  });
  if (modules.length < MODULES.length) return [...made, scripts];
  const types = step("types of the package", {
    needs: [scripts],
    async work(task) {
      const { writeTypes } = await import("./bundle.mjs");
      await writeTypes(task);
    },
  });
  const notices = step("notices of what is in the package", {
    needs: [rust, npm],
    async work(_, toolchain) {
      const { writeNotices } = await import("./notices.mjs");
      await writeNotices(toolchain);
    },
  });
  return [...made, scripts, types, notices];
}

function options() {
  const { values, positionals } = parseArgs({
    options: { fast: { type: "boolean", default: false }, sizes: { type: "boolean", default: false } },
    allowPositionals: true,
  });
  const unknown = positionals.find((name) => !MODULES.includes(name));
  if (unknown !== undefined) throw new Error(`There is no module ${unknown}: expected some of ${MODULES.join(", ")}.`);
  return {
    sizes: values.sizes,
    modules: positionals.length > 0 ? positionals : undefined,
    profile: values.fast ? "fast" : "release",
  };
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  await main(async () => {
    const { sizes, ...wanted } = options();
    if (!sizes) return build(wanted);
    const { printSizes } = await import("./sizes.mjs");
    await printSizes(wanted.modules ?? ["threads"]);
  });
}
