/** `npm run generate`: writes what is generated from Rust: the types of options, results and error codes, and their table. */
import { mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "./env.mjs";
import { main, run } from "./run.mjs";
import { setup } from "./setup.mjs";

const GENERATED = ["ts/generated/index.ts", "docs/options.md"];

export async function generate(toolchain) {
  for (const path of GENERATED) mkdirSync(join(root, dirname(path)), { recursive: true });
  const example = [
    "run",
    "--quiet",
    "--locked",
    "-p",
    "umap-parametric",
    "--features",
    "bindings",
    "--example",
    "bindings",
  ];
  await run(toolchain.cargo, [...example, "--", ...GENERATED], toolchain.env);
}

/** Fails if the generated files were not what Rust says now. */
export async function checkGenerated(toolchain) {
  const contents = () => GENERATED.map((path) => readFileSync(join(root, path), "utf8"));
  const before = contents();
  await generate(toolchain);
  const changed = GENERATED.filter((_, i) => contents()[i] !== before[i]);
  if (changed.length > 0) throw new Error(`${changed.join(" and ")} did not fit the Rust sources; commit the new ones`);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  await main(async () => generate(await setup({ browsers: false })));
}
