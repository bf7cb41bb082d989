/** The package as it is published: what is in it, and that it works where nothing else is. */

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, expect, it } from "vitest";
import manifest from "../package.json" with { type: "json" };

const root = new URL("..", import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), "umap-wasm-package-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (program: string, args: string[], cwd: string) => execFileSync(program, args, { cwd, encoding: "utf8" });

interface Packed {
  filename: string;
  files: { path: string }[];
}
const [packed] = JSON.parse(run("npm", ["pack", "--json", "--pack-destination", folder], root)) as [Packed];
const files = packed.files.map(({ path }) => path);

/** Every file that an entry of `exports` names. */
function targets(entry: unknown): string[] {
  return typeof entry === "string" ? [entry] : Object.values(entry as object).flatMap(targets);
}

it("has what package.json promises, and the workers and modules that it starts", () => {
  const started = [
    "dist/worker.js",
    "dist/node-worker.cjs",
    "dist/data/threads.js",
    "dist/data/single.js",
    "dist/data/parametric-threads.js",
    "dist/data/parametric-single.js",
    "dist/umap_wasm_threads.wasm",
    "dist/umap_wasm_relaxed.wasm",
    "dist/umap_wasm_single.wasm",
    "dist/umap_wasm_parametric_threads.wasm",
    "dist/umap_wasm_parametric_single.wasm",
  ];
  const promised = targets(manifest.exports).map((path) => path.replace("./", ""));
  expect(files).toEqual(expect.arrayContaining([...promised, ...started, "README.md"]));
});

it("has no sources, no tests, no fixtures", () => {
  const others = files.filter((path) => !/^dist\/.*\.(d\.ts|js|cjs|wasm)$/.test(path));
  expect(others.sort()).toEqual([
    "LICENSE",
    "README.md",
    "dist/THIRD-PARTY.txt",
    "dist/types-cjs/package.json",
    "package.json",
  ]);
});

it("has the notices of what is in its scripts and modules", () => {
  const notices = readFileSync(join(root, "dist/THIRD-PARTY.txt"), "utf8");
  for (const name of ["rayon", "wasm-bindgen", "wasm-bindgen-rayon", "libm", "Rust's standard library"]) {
    expect(notices).toMatch(new RegExp(`^${name} [0-9.]+ \\(.*(MIT|Apache-2.0)`, "m"));
  }
});

it("works installed alone, by import and by require", () => {
  writeFileSync(join(folder, "package.json"), '{ "private": true }');
  run("npm", ["install", "--offline", "--no-audit", "--no-fund", join(folder, packed.filename)], folder);
  const fit = `new UMAP({ nEpochs: 5 }).fitTransform(Array.from({ length: 50 }, (_, i) => [i, (i * i) % 7, 1]))
    .then(({ data }) => console.log(data.length, data.every(Number.isFinite)));`;
  const load = { module: `import { UMAP } from "umap-wasm";`, commonjs: `const { UMAP } = require("umap-wasm");` };
  for (const [type, line] of Object.entries(load)) {
    const out = run(process.execPath, [`--input-type=${type}`, "--eval", `${line} ${fit}`], folder);
    expect(out, type).toBe("100 true\n");
  }
  // The drop-in's script alone, as a page would load it.
  const embed = "console.log(new UMAP({ nEpochs: 5 }).fit(Array.from({ length: 50 }, (_, i) => [i, i % 7])).length);";
  const dropIn = {
    module: `import { UMAP } from "umap-wasm/umap-js";`,
    commonjs: `const { UMAP } = require("umap-wasm/umap-js");`,
  };
  for (const [type, line] of Object.entries(dropIn)) {
    const out = run(process.execPath, [`--input-type=${type}`, "--eval", `${line} ${embed}`], folder);
    expect(out, type).toBe("50\n");
  }
}, 120_000);

it("has modules of less than a megabyte gzipped", () => {
  for (const file of files.filter((path) => path.endsWith(".wasm"))) {
    expect(gzipSync(readFileSync(join(root, file))).length, file).toBeLessThan(1_000_000);
  }
});

it("has a drop-in for umap-js that is one file of less than 280 kB gzipped", () => {
  for (const file of ["dist/umap-js.js", "dist/umap-js.cjs"]) {
    const script = readFileSync(join(root, file));
    expect(gzipSync(script).length, file).toBeLessThan(280_000);
    expect(script.toString(), file).not.toMatch(/\bimport\s*[("'{*]|\brequire\(|fetch\(["'`/]/);
  }
});
