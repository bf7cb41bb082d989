/** The WebAssembly modules: how each is compiled, and when it need not be. */
import { copyFileSync, mkdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { cargo } from "./cargo.mjs";
import { BUILDS, root } from "./env.mjs";
import { contentHash, isCurrent, once } from "./run.mjs";
import { step } from "./steps.mjs";

/** `release` is what ships; `fast` gives the same bits, is compiled sooner, and runs slower. */
export const PROFILES = ["release", "fast"];
const WORKSPACE = ["Cargo.toml", "Cargo.lock"];
const GENERATOR = "target/tools/debug/bindgen";
const ADVICE = "Correct what the compiler says and run the command again.";

/** The generator runs for a second: optimising it would take longer than that. */
export const TOOLS = {
  CARGO_TARGET_DIR: join(root, "target/tools"),
  CARGO_PROFILE_DEV_OPT_LEVEL: "0",
  CARGO_PROFILE_DEV_DEBUG: "0",
};

/**
 * The steps that make modules, the last of which have the modules in dist/ and their glue in ts/wasm/.
 * @param {object} rust the step that finds the toolchain
 */
export function moduleSteps(rust, { names, profile, after }) {
  const ownCrates = signal();
  const generator = generatorStep(rust, after, ownCrates);
  const lastOf = new Map();
  const modules = names.map((name) => {
    const { target } = BUILDS[name];
    const before = lastOf.has(target) ? [lastOf.get(target)] : after;
    const made = step(`module ${name}`, {
      needs: [rust, ...before],
      advice: ADVICE,
      work: (task, toolchain) => makeModule(task, { name, profile, toolchain, generator, ownCrates }),
    });
    lastOf.set(target, made);
    return made;
  });
  return [generator, ...modules];
}

/**
 * The program that writes the glue. It is compiled when a module has come to our own crates: they come one after the other,
 * and keep one processor busy.
 */
function generatorStep(rust, after, ownCrates) {
  return step("generator of the glue", {
    needs: [rust, ...after],
    advice: ADVICE,
    async work(task, toolchain) {
      await once("generator", generatorHash(toolchain), [GENERATOR], async () => {
        await ownCrates.given;
        await cargoTool(task, toolchain, "bindgen");
      });
    },
  });
}

/** Compiles a program of crates/bindgen. */
export function cargoTool(task, toolchain, program) {
  return cargo(task, toolchain, ["build", "--locked", "-p", "bindgen", "--bin", program], { env: TOOLS });
}

async function makeModule(task, { name, profile, toolchain, generator, ownCrates }) {
  const made = { name, profile, toolchain };
  try {
    if (isModuleCurrent(name, toolchain, profile)) return;
    await once(`compiled/${profile}/${name}`, compiledHash(made), [compiledOf(name, profile)], () =>
      compile(task, made, ownCrates),
    );
  } finally {
    ownCrates.give();
  }
  await generator.result;
  await once(`modules/${name}`, moduleHash(made), outputsOf(name), () => writeGlue(task, made));
  task.note(`${kib(packedSize(name))} ${BUILDS[name].embedded ? "in LZMA" : "gzipped"}`);
}

async function compile(task, { name, profile, toolchain }, ownCrates) {
  const { package: crate, target } = BUILDS[name];
  const folder = join(root, `target/wasm-${target}`);
  const output = join(folder, `wasm32-unknown-unknown/${profile}`);
  const file = `${crate.replaceAll("-", "_")}.wasm`;
  // Modules that share a folder overwrite each other's: none may be taken for another that cargo believes to be there.
  for (const path of [file, `deps/${file}`]) rmSync(join(output, path), { force: true });
  const { args, env } = cargoCall(name, profile);
  await cargo(task, toolchain, args, {
    env: { ...toolchain.wasm, ...env, CARGO_TARGET_DIR: folder },
    onLine: (line) => line.includes(`(${join(root, "crates")}`) && ownCrates.give(),
  });
  const kept = join(root, compiledOf(name, profile));
  mkdirSync(dirname(kept), { recursive: true });
  copyFileSync(join(output, file), kept);
}

function cargoCall(name, profile) {
  const { package: crate, args, rustflags, own } = BUILDS[name];
  const common = ["build", "--locked", "--profile", profile, "--target", "wasm32-unknown-unknown"];
  return {
    args: [...common, "-Zbuild-std=std,panic_abort", "-p", crate, ...args, ...ownSettings(profile, own)],
    env: { CARGO_ENCODED_RUSTFLAGS: rustflags.join("\x1f") },
  };
}

/** What some packages are compiled with, for cargo. */
function ownSettings(profile, { packages = [], ...settings } = {}) {
  const values = packages.flatMap((name) =>
    Object.entries(settings).map(
      ([key, value]) => `profile.${profile}.package.${name}.${key}=${JSON.stringify(value)}`,
    ),
  );
  return values.length > 0 ? ["-Zprofile-rustflags", ...values.flatMap((value) => ["--config", value])] : [];
}

async function writeGlue(task, { name, profile }) {
  const flags = BUILDS[name].embedded ? ["--embedded"] : [];
  await task.run(GENERATOR, [compiledOf(name, profile), `ts/wasm/${name}`, ...flags]);
  if (BUILDS[name].embedded) return;
  mkdirSync(join(root, "dist"), { recursive: true });
  copyFileSync(join(root, wasmOf(name)), join(root, moduleOf(name)));
}

/** Whether a module is there as it would be made now; one that is optimised for shipping serves as a fast one too. */
export function isModuleCurrent(name, toolchain, ...profiles) {
  const accepted = profiles.includes("fast") ? PROFILES : profiles;
  return accepted.some((profile) =>
    isCurrent(`modules/${name}`, moduleHash({ name, profile, toolchain }), outputsOf(name)),
  );
}

function moduleHash(made) {
  return contentHash([], { strings: [compiledHash(made), generatorHash(made.toolchain)] });
}

function compiledHash({ name, profile, toolchain }) {
  const strings = [toolchain.name, profile, JSON.stringify(cargoCall(name, profile))];
  return contentHash([...WORKSPACE, ...BUILDS[name].crates], { strings, without: ["tests", "examples", "README.md"] });
}

function generatorHash(toolchain) {
  return contentHash([...WORKSPACE, "crates/bindgen"], { strings: [toolchain.name, JSON.stringify(TOOLS)] });
}

/** What cargo wrote, with the names of functions. */
export function compiledOf(name, profile) {
  return `target/named/${profile}/${name}.wasm`;
}

export function moduleOf(name) {
  return BUILDS[name].embedded ? `${wasmOf(name)}.lzma` : `dist/umap_wasm_${name.replace("-", "_")}.wasm`;
}

export function glueOf(name) {
  return `ts/wasm/${name}/umap_wasm.js`;
}

/** What the generator wrote. */
export function wasmOf(name) {
  return `ts/wasm/${name}/umap_wasm_bg.wasm`;
}

function outputsOf(name) {
  return [moduleOf(name), glueOf(name)];
}

function packedSize(name) {
  const path = join(root, moduleOf(name));
  return BUILDS[name].embedded ? statSync(path).size : gzipSync(readFileSync(path)).length;
}

function kib(bytes) {
  return `${Math.round(bytes / 1024)} KiB`;
}

/** A promise, and the function that fulfils it. */
function signal() {
  let give;
  const given = new Promise((resolve) => {
    give = resolve;
  });
  return { given, give };
}
