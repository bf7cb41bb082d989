// The Python that holds umap-learn at pinned versions; made once under .cache/.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const environment = join(root, ".cache", "python");
const requirements = join(root, "scripts", "fixtures", "requirements.txt");

let checked;

/** Path of the interpreter. `UMAP_PYTHON` names another one that has the packages. */
export function python() {
  if (checked) return checked;
  const interpreter = process.env.UMAP_PYTHON ?? join(environment, "bin", "python");
  if (!process.env.UMAP_PYTHON && !existsSync(interpreter)) install();
  check(interpreter);
  checked = interpreter;
  return interpreter;
}

/** The folder of a package that only one program needs: `peers/<name>.txt` pins it. */
export function pythonPackage(name) {
  const folder = join(root, ".cache", "peers", `${name}-python`);
  if (existsSync(folder)) return folder;
  const pins = join(root, "bench", "peers", `${name}.txt`);
  console.error(`Installing ${name} (${pins}) into ${folder}, which takes a minute`);
  const pip = ["-m", "pip", "install", "--quiet", "--no-deps", "--require-hashes", "--target", folder, "-r", pins];
  try {
    execFileSync(python(), pip, { stdio: ["ignore", process.stderr, "inherit"] });
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
  return folder;
}

function check(interpreter) {
  const wanted = readFileSync(requirements, "utf8").trim().split("\n");
  const list = "import importlib.metadata as m; print('\\n'.join(f'{d.name}=={d.version}' for d in m.distributions()))";
  const found = execFileSync(interpreter, ["-c", list], { encoding: "utf8" }).toLowerCase().split("\n");
  const missing = wanted.filter((name) => !found.includes(name.toLowerCase()));
  if (missing.length > 0)
    throw new Error(`${interpreter}: expected ${wanted.join(", ")}; not there: ${missing.join(", ")}`);
}

function install() {
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
