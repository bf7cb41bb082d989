// The Python that holds umap-learn at pinned versions; made once under .cache/.
import { execFileSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const environment = join(root, ".cache", "python");

/** Path of the interpreter. `UMAP_PYTHON` names another one that has the packages. */
export function python() {
  if (process.env.UMAP_PYTHON) return process.env.UMAP_PYTHON;
  const interpreter = join(environment, "bin", "python");
  if (!existsSync(interpreter)) install();
  return interpreter;
}

function install() {
  const requirements = join(root, "scripts", "fixtures", "requirements.txt");
  console.error(`Installing umap-learn and what it needs (${requirements}) into ${environment}`);
  const show = { stdio: ["ignore", process.stderr, "inherit"] };
  try {
    execFileSync("python3", ["-m", "venv", environment], show);
    execFileSync(join(environment, "bin", "pip"), ["install", "--quiet", "-r", requirements], show);
  } catch (error) {
    // Half an environment would be taken for a whole one the next time.
    rmSync(environment, { recursive: true, force: true });
    throw error;
  }
}
