/** `npm run build`: the WebAssembly modules, then the TypeScript around them, into dist/. Skips what is up to date. */
import { copyFileSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { BUILDS, root } from "./env.mjs";
import { contentHash, main, once, run } from "./run.mjs";
import { setup } from "./setup.mjs";

const RUST_INPUTS = ["Cargo.toml", "Cargo.lock", "crates", "scripts/env.mjs", "scripts/build.mjs"];
const TS_INPUTS = ["ts", "tsconfig.json", "package-lock.json", "scripts/bundle.mjs"];

/** The generator runs twice for a second: optimising it would take longer than that. */
const TOOL = {
  CARGO_TARGET_DIR: join(root, "target/tools"),
  CARGO_PROFILE_DEV_OPT_LEVEL: "0",
  CARGO_PROFILE_DEV_DEBUG: "0",
};

export async function build(toolchain) {
  const outputs = Object.keys(BUILDS).flatMap((name) => [moduleOf(name), glueOf(name)]);
  await once("wasm-modules", contentHash(RUST_INPUTS, toolchain.name), outputs, async () => {
    await run(toolchain.cargo, ["build", "--locked", "-p", "bindgen"], { ...toolchain.env, ...TOOL });
    await Promise.all(Object.keys(BUILDS).map((name) => buildModule(name, toolchain)));
    checkGlue();
    for (const name of Object.keys(BUILDS)) printSize(name);
  });
  const bundles = [
    "dist/index.js",
    "dist/worker.js",
    "dist/node/index.js",
    "dist/node/index.cjs",
    "dist/node/worker.js",
    "dist/umap-js.js",
    "dist/umap-js.cjs",
  ];
  await once("bundles", contentHash(TS_INPUTS), bundles, async () => {
    const { bundle } = await import("./bundle.mjs");
    await bundle();
  });
}

function moduleOf(name) {
  return BUILDS[name].embedded ? `${bindgenOutput(name)}.lzma` : `dist/umap_wasm_${name.replace("-", "_")}.wasm`;
}

function bindgenOutput(name) {
  return `ts/wasm/${name}/umap_wasm_bg.wasm`;
}

function glueOf(name) {
  return `ts/wasm/${name}/umap_wasm.js`;
}

async function buildModule(name, toolchain) {
  const { package: crate, args, rustflags, env: extra, embedded } = BUILDS[name];
  const target = `target/wasm-${name}`;
  const env = {
    ...toolchain.env,
    ...toolchain.wasm,
    CARGO_TARGET_DIR: join(root, target),
    CARGO_ENCODED_RUSTFLAGS: rustflags.join("\x1f"),
    ...extra,
  };
  const cargo = ["build", "--locked", "--release", "--target", "wasm32-unknown-unknown"];
  await run(toolchain.cargo, [...cargo, "-Zbuild-std=std,panic_abort", "-p", crate, ...args], env);
  await run("target/tools/debug/bindgen", [
    `${target}/wasm32-unknown-unknown/release/${crate.replace("-", "_")}.wasm`,
    `ts/wasm/${name}`,
    ...(embedded ? ["--embedded"] : []),
  ]);
  if (embedded) return;
  mkdirSync(join(root, "dist"), { recursive: true });
  copyFileSync(join(root, bindgenOutput(name)), join(root, moduleOf(name)));
}

/**
 * One worker's script, with the glue of `threads`, serves all threaded modules; one, with that of `single`, the others. What
 * a module has less, its glue may lack; nothing in it may be missing from the glue that is used, or differ.
 */
function checkGlue() {
  const lines = (name) => readFileSync(join(root, glueOf(name)), "utf8").split("\n");
  for (const [used, own] of [
    ["threads", "relaxed"],
    ["threads", "parametric-threads"],
    ["single", "parametric-single"],
  ]) {
    const rest = lines(used);
    let next = 0;
    const missing = lines(own).find((line) => {
      next = rest.indexOf(line, next) + 1;
      return next === 0;
    });
    if (missing !== undefined) throw new Error(`the glue of ${used} does not serve ${own}: it lacks "${missing}"`);
  }
}

function printSize(name) {
  const bytes = readFileSync(join(root, moduleOf(name)));
  const kib = (size) => `${(size / 1024).toFixed(1)} KiB`;
  console.log(`${moduleOf(name)}: ${kib(bytes.length)}, gzipped ${kib(gzipSync(bytes).length)}`);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  await main(async () => build(await setup({ browsers: false })));
}
