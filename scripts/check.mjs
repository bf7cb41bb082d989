/** `npm run check`: everything that CI holds a change against: format, lints, types, generated files, tests. */
import { build } from "./build.mjs";
import { checkGenerated } from "./generate.mjs";
import { main, run } from "./run.mjs";
import { setup } from "./setup.mjs";
import { test } from "./test.mjs";

await main(async () => {
  const toolchain = await setup();
  const cargo = (...args) => run(toolchain.cargo, args, toolchain.env);
  await run("node_modules/.bin/biome", ["ci", "."]);
  await cargo("fmt", "--all", "--check");
  await cargo("clippy", "--locked", "--workspace", "--all-targets", "--", "--deny", "warnings");
  await cargo("clippy", "--locked", "-p", "umap-wasm", "--features", "parametric", "--", "--deny", "warnings");
  await checkGenerated(toolchain);
  await build(toolchain);
  await run("node_modules/.bin/tsc", ["--project", "test"]);
  await test(toolchain);
});
