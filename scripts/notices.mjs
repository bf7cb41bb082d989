/** The notices of what the package is made of besides its own code: dist/THIRD-PARTY.txt. */
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { root } from "./env.mjs";
import { contentHash, once } from "./run.mjs";

const OUTPUT = "dist/THIRD-PARTY.txt";
const INPUTS = ["Cargo.lock", "scripts/notices.mjs"];
/** The packages of Cargo.toml that become modules. */
const LINKED = ["umap-module", "umap-parametric-module", "umap-js"];
const FEATURES = "umap-module/threads,umap-parametric-module/threads";

export async function writeNotices(toolchain) {
  await once("notices", contentHash(INPUTS, { strings: [toolchain.name] }), [OUTPUT], () => {
    const notices = [stdNotice(toolchain), ...cratesOf(toolchain).map(crateNotice)];
    const title = "umap-wasm contains the following software of others.";
    mkdirSync(join(root, "dist"), { recursive: true });
    writeFileSync(join(root, OUTPUT), `${[title, ...notices].join(`\n\n${"-".repeat(80)}\n\n`)}\n`);
  });
}

const notice = (name, version, licence, address, text) =>
  `${name} ${version} (${licence})\n${address}\n\n${text.trim()}`;

function crateNotice({ name, version, license, authors, repository, manifest_path: manifest }) {
  const address = repository ?? `https://crates.io/crates/${name}`;
  const text =
    licenceIn(dirname(manifest)) ??
    (license.includes("MIT") ? mit(authors.join(", ") || `${name}'s authors`) : undefined);
  if (text === undefined) throw new Error(`There is no licence in the package ${name}: ${OUTPUT} needs its text.`);
  return notice(name, version, license, address, text);
}

/** MIT's where there is a choice: it is the shortest. */
function licenceIn(folder) {
  const files = readdirSync(folder).filter((name) => /^(LICEN[CS]E|COPYING)/i.test(name));
  const file = files.find((name) => /MIT/.test(name)) ?? files.sort()[0];
  return file && readFileSync(join(folder, file), "utf8");
}

/** What is linked into the modules, by name: not what only runs when they are compiled. */
function cratesOf({ cargo, env }) {
  const args = ["metadata", "--format-version", "1", "--locked", "--features", FEATURES];
  const text = execFileSync(cargo, [...args, "--filter-platform", "wasm32-unknown-unknown"], {
    ...{ cwd: root, env, encoding: "utf8", maxBuffer: 1 << 28 },
  });
  const { packages, resolve } = JSON.parse(text);
  const packageOf = new Map(packages.map((one) => [one.id, one]));
  const nodeOf = new Map(resolve.nodes.map((node) => [node.id, node]));
  const found = new Set();
  const visit = (id) => {
    const isMacro = packageOf.get(id).targets.some(({ kind }) => kind.includes("proc-macro"));
    if (found.has(id) || isMacro) return;
    found.add(id);
    const { deps } = nodeOf.get(id);
    for (const { pkg } of deps.filter(({ dep_kinds: kinds }) => kinds.some(({ kind }) => kind === null))) visit(pkg);
  };
  for (const { id } of packages.filter(({ name, source }) => source === null && LINKED.includes(name))) visit(id);
  return [...found].map((id) => packageOf.get(id)).filter(({ source }) => source !== null);
}

function stdNotice({ name }) {
  const version = /rustc (\S+)/.exec(name)?.[1] ?? "";
  const parts =
    "With it: compiler-builtins, cfg-if, dlmalloc, hashbrown, libm, rustc-demangle, under the same licence.";
  const text = `${parts}\n\n${mit("The Rust Project Contributors")}`;
  return notice("Rust's standard library", version, "MIT OR Apache-2.0", "https://github.com/rust-lang/rust", text);
}

/** For what has no file with it. */
function mit(holders) {
  return `Copyright (c) ${holders}

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation
files (the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy,
modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software
is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES
OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE
LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR
IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`;
}
