/** Small things that the scripts share. */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./env.mjs";

/** Runs a program in the repository, showing what it prints; rejects if it fails. */
export function run(command, args, env = process.env) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, env, stdio: "inherit" });
    child.on("error", reject);
    child.on("exit", (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`${command} ${args.join(" ")}\nended with ${signal ?? `code ${code}`}`));
    });
  });
}

/** Runs the main function of a script; its failure is a message and the exit code 1. */
export async function main(work) {
  try {
    await work();
  } catch (error) {
    console.error(`\n${error.message}`);
    process.exit(1);
  }
}

/** A hash over files and folders (all files in them) and further texts. */
export function contentHash(paths, ...texts) {
  const hash = createHash("sha256");
  for (const text of texts) hash.update(text);
  for (const path of paths.flatMap(filesIn)) hash.update(path).update(readFileSync(join(root, path)));
  return hash.digest("hex");
}

function filesIn(path) {
  if (!statSync(join(root, path)).isDirectory()) return [path];
  return readdirSync(join(root, path), { withFileTypes: true })
    .map((entry) => join(path, entry.name))
    .sort()
    .flatMap(filesIn);
}

/** Does the work unless it was done for the same inputs and its outputs are still there. */
export async function once(name, hash, outputs, work) {
  const stamp = join(root, ".cache", name);
  if (read(stamp) === hash && outputs.every((path) => read(join(root, path)) !== undefined)) {
    console.log(`${name}: up to date`);
    return;
  }
  await work();
  mkdirSync(join(root, ".cache"), { recursive: true });
  writeFileSync(stamp, hash);
}

function read(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
