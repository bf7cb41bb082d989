/**
 * The TypeScript, bundled. The workers' scripts are complete in themselves, so that any bundler can copy them; the entry
 * points share what they have in common, so that they share workers, too. What belongs to a module that is not there throws
 * when it is used.
 */
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { rollup } from "rollup";
import { dts } from "rollup-plugin-dts";
import { BUILDS, root } from "./env.mjs";
import { glueOf, moduleOf } from "./modules.mjs";
import { contentHash, once } from "./run.mjs";

const DIGITS = "datasets/digits.u8";
const INPUTS = ["ts", DIGITS, "tsconfig.json", "package-lock.json", "scripts/bundle.mjs"];
const WITHOUT = ["wasm"];
const TARGET = ["node20", "chrome100", "firefox115", "safari16.4"];

/** The entry points of ts/entries, by what they are called in dist/. */
const ENTRIES = ["index", "parametric", "inline", "inline-parametric"].flatMap((name) => [name, `node-${name}`]);
const WORKERS = { worker: "ts/worker/browser.ts", "node-worker": "ts/worker/node.ts" };
/** For CommonJS: what of which script an entry point has. */
const REQUIRED = {
  index: ["node-all", (name) => name !== "ParametricUMAP"],
  parametric: ["node-all", (name) => name === "ParametricUMAP"],
  inline: ["node-inline-all", (name) => name !== "ParametricUMAP"],
  "inline-parametric": ["node-inline-all", (name) => name === "ParametricUMAP"],
};
/** The modules that are there as scripts, too; see ts/platform/inline-files.ts. */
const INLINED = ["threads", "single", "parametric-threads", "parametric-single"];
/** What the compiler declares, and which of it are entry points. */
const DECLARATIONS = ".cache/types";
const TYPES = {
  index: "index.d.ts",
  parametric: "parametric/index.d.ts",
  digits: "digits.d.ts",
  "umap-js": "umap-js/index.d.ts",
};
const COMMONJS = { format: "cjs", outExtension: { ".js": ".cjs" } };
const DROP_IN = ["dist/umap-js.js", "dist/umap-js.cjs"];

/** @param {string[]} modules those that are there */
export async function bundle(task, modules) {
  const hasDropIn = modules.includes("umap-js");
  const generated = [...modules.map(glueOf), ...modules.map(moduleOf)];
  const scripts = [...ENTRIES, "worker", "digits"].map((name) => `dist/${name}.js`);
  const required = [...Object.keys(REQUIRED), "node-worker", "digits"].map((name) => `dist/${name}.cjs`);
  const outputs = [...scripts, ...required, ...(hasDropIn ? DROP_IN : [])];
  const hash = contentHash([...INPUTS, "package.json", ...generated], { without: WITHOUT });
  await once("scripts", hash, outputs, async () => {
    task.begin();
    removeScripts();
    writeData(modules.filter((name) => INLINED.includes(name)));
    await Promise.all([writePackage(modules), hasDropIn && writeDropIn(modules)]);
  });
}

/** The names of what entry points share change with their contents. */
function removeScripts() {
  mkdirSync(join(root, "dist"), { recursive: true });
  for (const name of readdirSync(join(root, "dist"))) {
    if (/\.c?js$/.test(name)) rmSync(join(root, "dist", name));
  }
  for (const folder of ["data", "node"]) rmSync(join(root, "dist", folder), { recursive: true, force: true });
}

/** Modules as scripts: base64 adds a third to what is compressed, and a server's compression takes most of it away again. */
function writeData(modules) {
  mkdirSync(join(root, "dist/data"), { recursive: true });
  for (const name of modules) {
    const packed = gzipSync(readFileSync(join(root, moduleOf(name))), { level: 9 }).toString("base64");
    writeFileSync(join(root, `dist/data/${name}.js`), `export default "${packed}";\n`);
  }
}

async function writePackage(modules) {
  const write = (entryPoints, options) => writeScripts(entryPoints, modules, options);
  // Whole, as they are copied, and small, as they are written into other scripts.
  const small = await write(WORKERS, { minify: true, write: false });
  await write({ worker: WORKERS.worker });
  await write({ "node-worker": WORKERS["node-worker"] }, COMMONJS);
  const scripts = Object.fromEntries(
    small.outputFiles.map(({ path, text }) => [`umap-wasm/${basename(path, ".js")}-script`, text]),
  );
  const plugins = [inlinedScripts(scripts), inlinedModules];
  const entries = (names) => Object.fromEntries(names.map((name) => [name, `ts/entries/${name}.ts`]));
  await write({ digits: "ts/digits.ts" });
  await write({ digits: "ts/digits.ts" }, COMMONJS);
  await write(
    { ...entries(ENTRIES), testing: "ts/testing.ts" },
    { splitting: true, chunkNames: "shared-[hash]", plugins },
  );
  await write(entries(["node-all", "node-inline-all"]), {
    ...COMMONJS,
    // CommonJS has no import.meta.
    define: { "import.meta.url": "scriptUrl" },
    banner: { js: 'const scriptUrl = require("node:url").pathToFileURL(__filename).href;' },
    plugins,
  });
  for (const [name, [script, isPart]] of Object.entries(REQUIRED)) writeCommonJs(name, script, isPart);
}

/** An entry point with some of the names that a script exports, spelled out: so Node can tell an `import` of it which there are. */
function writeCommonJs(name, script, isPart) {
  const names = Object.keys(createRequire(import.meta.url)(join(root, `dist/${script}.cjs`))).filter(isPart);
  const lines = names.map((exported) => `exports.${exported} = all.${exported};`);
  writeFileSync(join(root, `dist/${name}.cjs`), `const all = require("./${script}.cjs");\n${lines.join("\n")}\n`);
}

/** One file for every place where umap-js runs, with the module in it: bundlers and pages need to know of nothing else. */
async function writeDropIn(modules) {
  const entry = { "umap-js": "ts/umap-js/index.ts" };
  const anywhere = { platform: "neutral", minify: true };
  await writeScripts(entry, modules, anywhere);
  await writeScripts(entry, modules, { ...anywhere, ...COMMONJS });
}

function writeScripts(entryPoints, modules, { define, plugins = [], ...options } = {}) {
  return build({
    entryPoints: Object.entries(entryPoints).map(([out, path]) => ({ in: join(root, path), out })),
    outdir: join(root, "dist"),
    bundle: true,
    format: "esm",
    platform: "node",
    mainFields: ["module", "main"],
    target: TARGET,
    legalComments: "inline",
    define: { INITIAL_PAGES: String(initialPages(modules)), ...define },
    plugins: [moduleImports, digitsData, modulesThatAreThere(modules), ...plugins],
    logLevel: "warning",
    ...options,
  });
}

/** The workers' scripts as strings. */
const inlinedScripts = (scripts) => ({
  name: "scripts of the workers",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^umap-wasm\/.*-script$/ }, ({ path }) => ({ path, namespace: "script" }));
    onLoad({ filter: /.*/, namespace: "script" }, ({ path }) => ({ contents: scripts[path], loader: "text" }));
  },
});

/** The modules as scripts that lie beside those that load them. */
const inlinedModules = {
  name: "modules as scripts",
  setup({ onResolve }) {
    onResolve({ filter: /^umap-wasm\/data\// }, ({ path }) => ({
      path: `${path.replace("umap-wasm", ".")}.js`,
      external: true,
    }));
  },
};

/** See ts/digits.ts. */
const digitsData = {
  name: "the digits",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^umap-wasm\/digits-data$/ }, ({ path }) => ({ path, namespace: "digits" }));
    onLoad({ filter: /.*/, namespace: "digits" }, () => {
      // The pixels of all images, then a label for each.
      const bytes = readFileSync(join(root, DIGITS));
      const end = (bytes.length / 65) * 64;
      const [pixels, labels] = [bytes.subarray(0, end), bytes.subarray(end)].map((part) => part.toString("base64"));
      return { contents: `export const pixels = "${pixels}", labels = "${labels}";` };
    });
  },
};

/** What the modules import (their last words, errors, the start of the pool), and the module that is embedded. */
const moduleImports = {
  name: "imports of the WebAssembly modules",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^umap-js\/thrown$/ }, () => ({ path: join(root, "ts/umap-js/thrown.ts") }));
    onResolve({ filter: /^umap-js\/module$/ }, ({ path }) => ({ path, namespace: "embedded" }));
    onLoad({ filter: /.*/, namespace: "embedded" }, () => ({ contents: embeddedModule() }));
    onResolve({ filter: /^umap-wasm\/last-words$/ }, () => ({ path: join(root, "ts/worker/last-words.ts") }));
    onResolve({ filter: /\/workerHelpers\.js$/ }, () => ({ path: join(root, "ts/worker/start-workers.ts") }));
  },
};

/** See ts/globals.d.ts. */
function embeddedModule() {
  const module = join(root, "ts/wasm/umap-js/umap_wasm_bg.wasm");
  const compressed = readFileSync(`${module}.lzma`).toString("base64");
  return `export const size = ${statSync(module).size}, compressed = "${compressed}";`;
}

/** The glue of a module that is there, or else what says how to make it. */
const modulesThatAreThere = (modules) => ({
  name: "glue of the WebAssembly modules",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /\/wasm\/[\w-]+\/umap_wasm\.js$/ }, ({ path }) => {
      const [, name] = /([\w-]+)\/umap_wasm\.js$/.exec(path);
      return modules.includes(name) ? { path: join(root, glueOf(name)) } : { path: name, namespace: "not-built" };
    });
    onLoad({ filter: /.*/, namespace: "not-built" }, ({ path }) => ({ contents: notBuilt(path) }));
  },
});

function notBuilt(name) {
  const message = `the WebAssembly module "${name}" is not built: npm run build -- ${name}`;
  return `
    const notBuilt = () => { throw new Error(${JSON.stringify(message)}); };
    export { notBuilt as initSync, notBuilt as initThreadPool, notBuilt as wbg_rayon_start_worker };`;
}

/** The pages that threaded modules ask for at least; wasm-bindgen writes them into their glue, for a memory of its own. */
function initialPages(modules) {
  const pages = modules
    .filter((name) => BUILDS[name].target === "threads")
    .map((name) => {
      const found = /WebAssembly\.Memory\(\{initial:(\d+),/.exec(readFileSync(join(root, glueOf(name)), "utf8"));
      if (found === null) throw new Error(`the glue of ${name} does not say how much memory it needs`);
      return Number(found[1]);
    });
  return Math.max(0, ...pages);
}

/**
 * Types, rolled up: one file for each entry point and what they share, with nothing in them that is not public. Those for
 * `require` are a copy that is CommonJS to the compiler.
 */
export async function writeTypes(task) {
  const glue = Object.keys(BUILDS).map((name) => glueOf(name).replace(/\.js$/, ".d.ts"));
  const outputs = Object.keys(TYPES).flatMap((name) => [`dist/types/${name}.d.ts`, `dist/types-cjs/${name}.d.ts`]);
  await once("types", contentHash([...INPUTS, ...glue], { without: WITHOUT }), outputs, async () => {
    for (const folder of ["dist/types", "dist/types-cjs"]) rmSync(join(root, folder), { recursive: true, force: true });
    await task.run("node_modules/.bin/tsc", ["--project", "tsconfig.json"]);
    const rolled = await rollup({
      input: Object.fromEntries(Object.entries(TYPES).map(([name, path]) => [name, join(root, DECLARATIONS, path)])),
      plugins: [dts()],
      onwarn: ({ message }) => {
        throw new Error(message);
      },
    });
    await rolled.write({
      dir: join(root, "dist/types"),
      entryFileNames: "[name].d.ts",
      chunkFileNames: "shared-[hash].d.ts",
      minifyInternalExports: false,
      // Symbol.asyncDispose, for programs that do not have it in their `lib`.
      banner: '/// <reference lib="esnext.disposable" />',
    });
    cpSync(join(root, "dist/types"), join(root, "dist/types-cjs"), { recursive: true });
    writeFileSync(join(root, "dist/types-cjs/package.json"), '{ "type": "commonjs" }\n');
  });
}
