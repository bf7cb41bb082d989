/**
 * `npm test`: sets up, builds, then Rust's tests and those of the modules in Node, Chromium and Firefox.
 * `npm test -- points` runs only the files of the second kind whose names match, with fast builds of the modules they load.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { buildSteps, MODULES } from "./build.mjs";
import { root } from "./env.mjs";
import { TOOLS } from "./modules.mjs";
import { main } from "./run.mjs";
import { browserStep, npmStep, rustStep } from "./setup.mjs";
import { inOrder, runSteps, step } from "./steps.mjs";

/** Which modules the tests in a file load, by its name; the first line that fits. */
const LOADED = [
  [/drop-in/, ["umap-js", "threads", "single"]],
  [/umap-js/, ["umap-js"]],
  [/browsers|package|engine|bundlers/, MODULES],
  [/parametric|onnx/, ["threads", "single", "parametric-threads", "parametric-single"]],
  // Engines that have relaxed SIMD choose that build.
  [/./, Number.parseInt(process.versions.node, 10) < 24 ? ["threads", "single"] : ["threads", "relaxed", "single"]],
];

/** See vitest.config.ts. */
const BUNDLERS = { BUNDLERS: "1" };

export function rustTestSteps(rust) {
  const test = (title, args, env) =>
    step(title, {
      needs: [rust],
      work: (task, toolchain) =>
        task.show(toolchain.cargo, ["test", "--locked", ...args], { ...toolchain.env, ...env }),
    });
  return [
    // Without the examples: clippy has checked them, and each would compile for minutes.
    test("tests of Rust", ["--tests"]),
    test("tests of the program that counts", ["-p", "bindgen", "--bin", "sizes"], TOOLS),
  ];
}

const vitest = (task, filters, env) =>
  task.show("node_modules/.bin/vitest", ["run", ...filters], { ...process.env, ...env });

export function testStep(filters = []) {
  const bundlers = filters.some((filter) => filter.includes("bundlers")) ? BUNDLERS : {};
  return step("tests of the package", { work: (task) => vitest(task, filters, bundlers) });
}

/** Not part of `npm test`: it installs tool chains of 600 MB. */
export function bundlersStep() {
  return step("tests of the package in tool chains", { work: (task) => vitest(task, ["bundlers"], BUNDLERS) });
}

function someTests(filters) {
  const files = readdirSync(join(root, "test"), { recursive: true })
    .map((path) => join("test", path))
    .filter((path) => /\.test\.[jt]s$/.test(path) && filters.some((filter) => path.includes(filter)));
  if (files.length === 0) throw new Error(`There is no file in test/ whose name has ${filters.join(" or ")} in it.`);
  const loaded = files.flatMap((path) => LOADED.find(([pattern]) => pattern.test(path))[1]);
  const opensBrowsers = files.some((path) => readFileSync(join(root, path), "utf8").match(/chromium|browser\/launch/));
  return { modules: MODULES.filter((name) => loaded.includes(name)), opensBrowsers };
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  await main(() => {
    // Names of files, then options of vitest.
    const filters = process.argv.slice(2);
    const options = filters.findIndex((word) => word.startsWith("-"));
    const names = filters.slice(0, options < 0 ? undefined : options);
    const all = names.length === 0;
    const { modules, opensBrowsers } = all ? { modules: MODULES, opensBrowsers: true } : someTests(names);
    const [rust, npm] = [rustStep(), npmStep()];
    const browsers = opensBrowsers ? [browserStep(rust)] : [];
    const built = buildSteps({ rust, npm }, { modules, profile: all ? "release" : "fast" });
    const tests = inOrder([...(all ? rustTestSteps(rust) : []), testStep(filters)], [...built, ...browsers]);
    return runSteps("test", [rust, npm, ...browsers, ...built, ...tests]);
  });
}
