/** What the bits rest on, and what is installed, is the same everywhere: exact versions with their checksums. */
import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";

const root = new URL("..", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), "utf8");

it("names an exact version of every crate that others write", () => {
  const manifests = readdirSync(new URL("crates", root)).map((crate) => `crates/${crate}/Cargo.toml`);
  const found = manifests.flatMap((path) => [
    ...read(path).matchAll(/^([\w-]+) = (?:\{ version = )?"([=^~<>*\d][^"]*)"/gm),
  ]);
  const crates = found.map(([, name, version]) => ({ name, version }));
  expect(crates.filter(({ version }) => !version?.startsWith("="))).toEqual([]);
  expect(crates.map(({ name }) => name)).toEqual(expect.arrayContaining(["libm", "rayon", "serde", "prost"]));
});

it("has a checksum for every package of npm", () => {
  for (const lock of ["package-lock.json", "test/bundlers/package-lock.json"]) {
    const packages = Object.entries<{ integrity?: string }>(JSON.parse(read(lock)).packages);
    // The first is the project itself.
    expect(packages.filter(([path, { integrity }]) => path !== "" && integrity === undefined)).toEqual([]);
  }
});
