/**
 * The TypeScript, bundled: each file of dist/ that runs is complete in itself, so that any bundler can copy it. What belongs
 * to a module that is not there throws when it is used.
 */
import { cpSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { root } from "./env.mjs";
import { glueOf, moduleOf } from "./modules.mjs";
import { contentHash, once } from "./run.mjs";

const INPUTS = ["ts", "tsconfig.json", "package-lock.json", "scripts/bundle.mjs"];
const WITHOUT = ["wasm"];
const PACKAGE = ["dist/index.js", "dist/worker.js", "dist/node/index.js", "dist/node/index.cjs", "dist/node/worker.js"];
const DROP_IN = ["dist/umap-js.js", "dist/umap-js.cjs"];

/**
 * One worker's script, with one module's glue, serves all threaded modules; one the others. It is that of the first that is
 * there.
 */
const FAMILIES = {
  threads: ["threads", "relaxed", "parametric-threads"],
  single: ["single", "parametric-single"],
};

/** @param {string[]} modules those that are there */
export async function bundle(task, modules) {
  const families = Object.entries(FAMILIES).map(([name, members]) => [
    name,
    members.filter((m) => modules.includes(m)),
  ]);
  const glue = Object.fromEntries(families.map(([name, [first]]) => [name, first]));
  const hasDropIn = modules.includes("umap-js");
  if (!hasDropIn) for (const path of DROP_IN) rmSync(join(root, path), { force: true });
  const generated = [...modules.map(glueOf), ...(hasDropIn ? [moduleOf("umap-js")] : [])];
  const outputs = hasDropIn ? [...PACKAGE, ...DROP_IN] : PACKAGE;
  const hash = contentHash([...INPUTS, ...generated], { without: WITHOUT });
  await once("scripts", hash, outputs, async () => {
    task.begin();
    for (const [, members] of families) checkGlue(members);
    await writeAll(glue, hasDropIn);
  });
}

async function writeAll(glue, hasDropIn) {
  const browser = { platform: "browser", format: "esm", target: ["chrome100", "firefox115", "safari16.4"] };
  const node = { platform: "node", format: "esm", target: "node20" };
  // CommonJS has no import.meta.
  const cjs = {
    format: "cjs",
    define: { "import.meta.url": "scriptUrl" },
    banner: { js: 'const scriptUrl = require("node:url").pathToFileURL(__filename).href;' },
  };
  // One file for every place where umap-js runs, with the module in it: bundlers and pages need to know of nothing else.
  const anywhere = { ...browser, platform: "neutral", minify: true };
  const write = (entry, outfile, options) => writeScript(entry, outfile, glue, options);
  const dropIn = () => [
    write("ts/umap-js/index.ts", "dist/umap-js.js", anywhere),
    write("ts/umap-js/index.ts", "dist/umap-js.cjs", { ...anywhere, format: "cjs" }),
  ];
  await Promise.all([
    write("ts/browser.ts", "dist/index.js", browser),
    write("ts/worker/browser.ts", "dist/worker.js", browser),
    write("ts/node.ts", "dist/node/index.js", node),
    write("ts/node.ts", "dist/node/index.cjs", { ...node, ...cjs }),
    write("ts/worker/node.ts", "dist/node/worker.js", node),
    ...(hasDropIn ? dropIn() : []),
  ]);
}

function writeScript(entry, outfile, glue, { define, ...options }) {
  return build({
    entryPoints: [join(root, entry)],
    outfile: join(root, outfile),
    bundle: true,
    legalComments: "inline",
    define: { INITIAL_PAGES: String(initialPages(glue.threads)), ...define },
    plugins: [moduleImports, modulesThatAreThere(glue)],
    logLevel: "warning",
    ...options,
  });
}

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

/** The glue of each family's module that is there, or else what says how to make it. */
const modulesThatAreThere = (glue) => ({
  name: "glue of the WebAssembly modules",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /\/wasm\/(threads|single)\/umap_wasm\.js$/ }, ({ path }) => {
      const [, family] = /(threads|single)\/umap_wasm\.js$/.exec(path);
      const there = glue[family];
      return there ? { path: join(root, glueOf(there)) } : { path: family, namespace: "not-built" };
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

/** What a module has less than the one whose glue is used, that glue may have more; nothing in it may be missing, or differ. */
function checkGlue([used, ...others]) {
  const lines = (name) => readFileSync(join(root, glueOf(name)), "utf8").split("\n");
  for (const own of others) {
    const rest = lines(used);
    let next = 0;
    const missing = lines(own).find((line) => {
      next = rest.indexOf(line, next) + 1;
      return next === 0;
    });
    if (missing !== undefined) throw new Error(`the glue of ${used} does not serve ${own}: it lacks "${missing}"`);
  }
}

/** The pages that the threaded module asks for; wasm-bindgen writes them into its glue, for a memory of its own. */
function initialPages(name) {
  if (name === undefined) return 0;
  const glue = readFileSync(join(root, glueOf(name)), "utf8");
  const found = /WebAssembly\.Memory\(\{initial:(\d+),/.exec(glue);
  if (found === null) throw new Error(`the glue of ${name} does not say how much memory it needs`);
  return Number(found[1]);
}

/** Types for `import` and, as a copy that is CommonJS to the compiler, for `require`. */
export async function writeTypes(task) {
  const glue = ["threads", "single", "umap-js"].map((name) => glueOf(name).replace(/\.js$/, ".d.ts"));
  const outputs = ["dist/types/index.d.ts", "dist/types-cjs/index.d.ts"];
  await once("types", contentHash([...INPUTS, ...glue], { without: WITHOUT }), outputs, async () => {
    for (const folder of ["dist/types", "dist/types-cjs"]) rmSync(join(root, folder), { recursive: true, force: true });
    await task.run("node_modules/.bin/tsc", ["--project", "tsconfig.json"]);
    cpSync(join(root, "dist/types"), join(root, "dist/types-cjs"), { recursive: true });
    writeFileSync(join(root, "dist/types-cjs/package.json"), '{ "type": "commonjs" }\n');
  });
}
