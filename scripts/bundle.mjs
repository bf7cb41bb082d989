/** The TypeScript, bundled: each file of dist/ that runs is complete in itself, so that any bundler can copy it. */
import { cpSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { root } from "./env.mjs";
import { run } from "./run.mjs";

export async function bundle() {
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
  await Promise.all([
    write("ts/browser.ts", "dist/index.js", browser),
    write("ts/worker/browser.ts", "dist/worker.js", browser),
    write("ts/node.ts", "dist/node/index.js", node),
    write("ts/node.ts", "dist/node/index.cjs", { ...node, ...cjs }),
    write("ts/worker/node.ts", "dist/node/worker.js", node),
    write("ts/umap-js/index.ts", "dist/umap-js.js", anywhere),
    write("ts/umap-js/index.ts", "dist/umap-js.cjs", { ...anywhere, format: "cjs" }),
  ]);
  await writeTypes();
}

function write(entry, outfile, { define, ...options }) {
  return build({
    entryPoints: [join(root, entry)],
    outfile: join(root, outfile),
    bundle: true,
    legalComments: "inline",
    define: { INITIAL_PAGES: String(initialPages()), ...define },
    plugins: [moduleImports],
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

/** The pages that the threaded module asks for; wasm-bindgen writes them into its glue, for a memory of its own. */
function initialPages() {
  const glue = readFileSync(join(root, "ts/wasm/threads/umap_wasm.js"), "utf8");
  const found = /WebAssembly\.Memory\(\{initial:(\d+),/.exec(glue);
  if (found === null) throw new Error("the glue of the threaded module does not say how much memory it needs");
  return Number(found[1]);
}

/** Types for `import` and, as a copy that is CommonJS to the compiler, for `require`. */
async function writeTypes() {
  for (const folder of ["dist/types", "dist/types-cjs"]) rmSync(join(root, folder), { recursive: true, force: true });
  await run("node_modules/.bin/tsc", ["--project", "tsconfig.json"]);
  cpSync(join(root, "dist/types"), join(root, "dist/types-cjs"), { recursive: true });
  writeFileSync(join(root, "dist/types-cjs/package.json"), '{ "type": "commonjs" }\n');
}
