/** The Rust toolchain that this machine has, and how it is called for each build. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url));

/** Debian's packages: a toolchain with the sources of std. */
export const DEBIAN_PACKAGES = ["rustc-web", "cargo-web", "rust-web-src", "lld-22"];
/** And what `npm run check` needs beside. */
export const DEBIAN_LINTS = ["rustfmt-web", "rust-web-clippy"];

/** Room for the module's data and its stack; wasm-bindgen adds a page for its own. */
const INITIAL_MEMORY = 4 << 20;
const MAXIMUM_MEMORY = 4 * 2 ** 30;

const SINGLE_FEATURES = "+bulk-memory,+mutable-globals,+simd128";
const SHARED_MEMORY = [
  "--shared-memory",
  "--import-memory",
  `--initial-memory=${INITIAL_MEMORY}`,
  `--max-memory=${MAXIMUM_MEMORY}`,
  ...["__wasm_init_tls", "__tls_size", "__tls_align", "__tls_base"].map((name) => `--export=${name}`),
];

/** What the modules are compiled from. */
const MODULE = ["umap-core", "umap-wasm", "umap-module"];
const PARAMETRIC = ["umap-core", "umap-parametric", "umap-wasm", "umap-networks", "umap-parametric-module"];

const threaded = (packages) => ({
  package: packages.at(-1),
  crates: packages.map((name) => `crates/${name}`),
  target: "threads",
  args: ["--features", "threads"],
  rustflags: [
    `-Ctarget-feature=+atomics,${SINGLE_FEATURES}`,
    ...SHARED_MEMORY.map((argument) => `-Clink-arg=${argument}`),
  ],
});

const single = (packages) => ({
  package: packages.at(-1),
  crates: packages.map((name) => `crates/${name}`),
  target: "single",
  args: [],
  rustflags: [`-Ctarget-feature=${SINGLE_FEATURES}`],
});

/**
 * The modules. Those with operations of crates/umap-wasm are files of the package; `relaxed` is `threads` with the integer kernel of engines
 * that have relaxed SIMD; `ParametricUMAP` runs in the `parametric` ones, and nothing else does. That of crates/umap-js is
 * embedded in its script in LZMA, 221 kB, with level 2. Measured when that was 224 kB, and 10,000 rows of MNIST took 1.07 s:
 * level 3 230 kB and no faster; 2 with an inlining threshold of 20 205 and 1.4 s; "z" 165 and 3.9 s.
 * Those with the same flags share a `target` folder, and in it std and what else they are made of: what only a module's
 * `own` packages are compiled with is part of their profile.
 */
export const BUILDS = {
  threads: threaded(MODULE),
  relaxed: { ...threaded(MODULE), own: { packages: MODULE, rustflags: ["-Ctarget-feature=+relaxed-simd"] } },
  single: single(MODULE),
  "parametric-threads": threaded(PARAMETRIC),
  "parametric-single": single(PARAMETRIC),
  "umap-js": {
    package: "umap-js",
    crates: ["crates/umap-core", "crates/umap-js"],
    target: "single",
    args: [],
    rustflags: [`-Ctarget-feature=${SINGLE_FEATURES}`],
    own: { packages: ["umap-core", "umap-js"], "opt-level": 2 },
    embedded: true,
  },
};

/**
 * The toolchain: `cargo` with its environment, and `wasm`, what the builds for WebAssembly need beside. Both builds
 * compile std (`-Z build-std`), which stable toolchains refuse without RUSTC_BOOTSTRAP.
 * @param {boolean} lints whether it must have rustfmt and clippy
 */
export function findToolchain(lints) {
  return debianToolchain(lints) ?? rustupNightly(lints);
}

function debianToolchain(lints) {
  const [cargo, rustc, linker] = ["/usr/bin/cargo", "/usr/bin/rustc", "/usr/bin/wasm-ld-22"];
  if (![cargo, rustc, linker].every(existsSync) || !isComplete(rustc, lints)) return undefined;
  return {
    name: `Debian's ${version(rustc)}`,
    cargo,
    // rustup's proxies come first on many PATHs; these must not be taken for ours.
    env: cleanEnv({ RUSTC: rustc, RUSTDOC: "/usr/bin/rustdoc", RUSTFMT: "/usr/bin/rustfmt" }, "/usr/bin"),
    wasm: { RUSTC_BOOTSTRAP: "1", CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER: linker },
  };
}

function rustupNightly(lints) {
  const rustup = [join(process.env.CARGO_HOME ?? join(homedir(), ".cargo"), "bin", "rustup")].find(existsSync);
  if (rustup === undefined) return undefined;
  try {
    const options = { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] };
    const rustc = execFileSync(rustup, ["which", "--toolchain", "nightly", "rustc"], options).trim();
    if (!isComplete(rustc, lints)) return undefined;
    const bin = join(rustc, "..");
    return {
      name: `rustup's ${version(rustc)}`,
      cargo: join(bin, "cargo"),
      env: cleanEnv({ RUSTC: rustc }, bin),
      wasm: {},
    };
  } catch {
    return undefined;
  }
}

/** Flags of the user's would silently replace or join the flags of a build. */
function cleanEnv(additions, bin) {
  const { RUSTFLAGS, CARGO_ENCODED_RUSTFLAGS, RUSTUP_TOOLCHAIN, RUSTC_WRAPPER, ...env } = process.env;
  // What only a second compilation would use costs the first a tenth of its time, and in CI there is no second.
  const once = env.CI ? { CARGO_INCREMENTAL: "0" } : {};
  return { ...env, ...once, ...additions, PATH: `${bin}:${env.PATH}` };
}

/** Whether the sources of std are there, and the lints where they are wanted. */
function isComplete(rustc, lints) {
  const sysroot = execFileSync(rustc, ["--print", "sysroot"], { encoding: "utf8" }).trim();
  const sources = join(sysroot, "lib/rustlib/src/rust/library/std/Cargo.toml");
  const programs = lints ? ["rustfmt", "cargo-clippy"].map((name) => join(rustc, "..", name)) : [];
  return [sources, ...programs].every(existsSync);
}

function version(rustc) {
  return execFileSync(rustc, ["--version"], { encoding: "utf8" }).trim();
}

/** What a person installs where the set-up may not or cannot. */
export const INSTRUCTIONS = `umap-wasm needs a Rust toolchain that can build std for WebAssembly. Either
  on Debian:    apt-get install ${[...DEBIAN_PACKAGES, ...DEBIAN_LINTS].join(" ")}
  elsewhere:    install rustup (https://rustup.rs), then
                rustup toolchain install nightly --component rust-src --component rustfmt --component clippy
and run the command again.`;
