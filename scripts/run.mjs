/** Small things that the scripts share. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { root } from "./env.mjs";

/** Runs the main function of a script; its failure is a message and the exit code 1. */
export async function main(work) {
  try {
    await work();
  } catch (error) {
    console.error(`\n${error.message}`);
    process.exit(1);
  }
}

/** A hash over files and folders (all files in them, but for the folders called `without`) and further strings. */
export function contentHash(paths, { strings = [], without = [] } = {}) {
  const hash = createHash("sha256");
  for (const string of strings) hash.update(string).update("\0");
  for (const path of paths.flatMap((path) => filesIn(path, without))) {
    hash
      .update(path)
      .update("\0")
      .update(readFileSync(join(root, path)));
  }
  return hash.digest("hex");
}

function filesIn(path, without) {
  if (!statSync(join(root, path)).isDirectory()) return [path];
  return readdirSync(join(root, path), { withFileTypes: true })
    .filter(({ name }) => !without.includes(name))
    .map((entry) => join(path, entry.name))
    .sort()
    .flatMap((inside) => filesIn(inside, without));
}

/** Whether something was made from these inputs, and what was made is still there. */
export function isCurrent(name, hash, outputs) {
  const stamp = stampOf(name);
  return (
    existsSync(stamp) && readFileSync(stamp, "utf8") === hash && outputs.every((path) => existsSync(join(root, path)))
  );
}

/** Does the work unless it was done for the same inputs. */
export async function once(name, hash, outputs, work) {
  if (isCurrent(name, hash, outputs)) return;
  await work();
  const stamp = stampOf(name);
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, hash);
}

function stampOf(name) {
  return join(root, ".cache/stamps", name);
}
