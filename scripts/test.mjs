/**
 * `npm test`: sets up, builds, then Rust's tests and those of the modules in Node, Chromium and Firefox.
 * `npm test -- points` runs only the files of the second kind whose names match.
 */
import { pathToFileURL } from "node:url";
import { build } from "./build.mjs";
import { main, run } from "./run.mjs";
import { setup } from "./setup.mjs";

export async function test(toolchain, filters = []) {
  await build(toolchain);
  if (filters.length === 0) {
    // Without the examples: clippy has checked them, and each would compile for minutes.
    await run(toolchain.cargo, ["test", "--locked", "--tests"], toolchain.env);
  }
  await run("node_modules/.bin/vitest", ["run", ...filters]);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  await main(async () => test(await setup(), process.argv.slice(2)));
}
