/** `npm run check`: everything that CI holds a change against: format, lints, types, generated files, tests. */
import { join } from "node:path";
import { buildSteps } from "./build.mjs";
import { cargo } from "./cargo.mjs";
import { BUILDS, root } from "./env.mjs";
import { checkGenerated } from "./generate.mjs";
import { main } from "./run.mjs";
import { browserStep, npmStep, rustStep } from "./setup.mjs";
import { inOrder, runSteps, step } from "./steps.mjs";
import { checkStructure } from "./structure.mjs";
import { bundlersStep, rustTestSteps, testStep } from "./test.mjs";

const ADVICE = "Correct it and run the command again; `npm run format` corrects the format.";

const WEBASSEMBLY = ["--target", "wasm32-unknown-unknown", "-Zbuild-std=std,panic_abort"].concat(
  ["umap-module", "umap-parametric-module", "umap-js"].flatMap((name) => ["-p", name]),
);

/** What takes little time comes first. */
function checkSteps(rust, npm) {
  const check = (title, needs, work) => step(title, { needs, advice: ADVICE, work });
  const lint = (title, ...args) =>
    check(title, [rust], (task, toolchain) =>
      cargo(task, toolchain, ["clippy", "--locked", ...args, "--", "-Dwarnings"]),
    );
  return inOrder([
    check("format and lints of scripts", [npm], (task) =>
      task.run("node_modules/.bin/biome", ["ci", "--colors=off", "."]),
    ),
    check("structure of the crates", [], () => checkStructure()),
    check("format of Rust", [rust], (task, toolchain) =>
      task.run(toolchain.cargo, ["fmt", "--all", "--check"], { env: toolchain.env }),
    ),
    lint("lints of Rust", "--workspace", "--all-targets"),
    // The branches of SIMD, and the sets of features that ship.
    check("lints of Rust for WebAssembly", [rust], (task, toolchain) =>
      cargo(task, toolchain, ["clippy", "--locked", ...WEBASSEMBLY, "--", "-Dwarnings"], {
        env: {
          ...toolchain.wasm,
          CARGO_ENCODED_RUSTFLAGS: BUILDS.single.rustflags.join("\x1f"),
          CARGO_TARGET_DIR: join(root, "target/wasm-single"),
        },
      }),
    ),
    check("generated files", [rust], checkGenerated),
  ]);
}

await main(() => {
  const [rust, npm] = [rustStep({ lints: true }), npmStep()];
  const browsers = browserStep(rust);
  const checks = checkSteps(rust, npm);
  const built = buildSteps({ rust, npm }, { after: checks.slice(-1) });
  const testTypes = step("types of the tests", {
    needs: built,
    advice: ADVICE,
    work: (task) => task.run("node_modules/.bin/tsc", ["--project", "test"]),
  });
  const tests = inOrder([...rustTestSteps(rust), testStep(), bundlersStep()], [testTypes, browsers]);
  return runSteps("check", [rust, npm, browsers, ...checks, ...built, testTypes, ...tests]);
});
