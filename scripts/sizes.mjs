/** `npm run build -- --sizes`: what a module is made of. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { root } from "./env.mjs";
import { cargoTool, compiledOf, moduleSteps, wasmOf } from "./modules.mjs";
import { rustStep } from "./setup.mjs";
import { inherit } from "./steps/children.mjs";
import { runSteps, step } from "./steps.mjs";

export async function printSizes(names) {
  const profile = "release";
  const rust = rustStep();
  const made = moduleSteps(rust, { names, profile, after: [] });
  const program = step("program that counts", {
    needs: [rust, ...made],
    work: (task, toolchain) => cargoTool(task, toolchain, "sizes"),
  });
  await runSteps("sizes", [rust, ...made, program]);
  for (const name of names) {
    const wasm = readFileSync(join(root, wasmOf(name)));
    const kib = (bytes) => `${(bytes / 1024).toFixed(1)} KiB`;
    console.log(`\n${name}: ${kib(wasm.length)}, gzipped ${kib(gzipSync(wasm).length)},`);
    await inherit("target/tools/debug/sizes", [compiledOf(name, profile), wasmOf(name)]);
  }
}
