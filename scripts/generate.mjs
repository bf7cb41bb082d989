/** `npm run generate`: writes what is generated from Rust: the types of options, results and error codes, and their table. */
import { mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { cargo } from "./cargo.mjs";
import { root } from "./env.mjs";
import { TOOLS } from "./modules.mjs";
import { main } from "./run.mjs";
import { rustStep } from "./setup.mjs";
import { runSteps, step } from "./steps.mjs";

const GENERATED = ["ts/generated/index.ts", "ts/generated/operations.ts", "docs/options.md"];

async function generate(task, toolchain) {
  for (const path of GENERATED) mkdirSync(join(root, dirname(path)), { recursive: true });
  const example = ["-p", "umap-networks", "--features", "bindings", "--example", "bindings"];
  // It runs for a moment: optimised, it would compile for minutes.
  await cargo(task, toolchain, ["run", "--locked", ...example, "--", ...GENERATED], { env: TOOLS });
}

/** Fails if the generated files were not what Rust says now. */
export async function checkGenerated(task, toolchain) {
  const contents = () => GENERATED.map((path) => readFileSync(join(root, path), "utf8"));
  const before = contents();
  await generate(task, toolchain);
  const changed = GENERATED.filter((_, i) => contents()[i] !== before[i]);
  if (changed.length > 0) throw new Error(`${changed.join(" and ")} did not fit the Rust sources; commit the new ones`);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  await main(() => {
    const rust = rustStep();
    return runSteps("generate", [rust, step("generated files", { needs: [rust], work: generate })]);
  });
}
