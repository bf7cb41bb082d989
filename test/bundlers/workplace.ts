/** Where the package is installed and bundled: a folder in .cache, with the apps and the tool chains of package.json. */
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
/** In the checkout, so that test/browser/server.ts serves it. */
export const FOLDER = ".cache/bundlers";
const folder = join(root, FOLDER);

export function run(program: string, args: string[], within = "."): string {
  const env = { ...process.env, NODE_ENV: undefined, NEXT_TELEMETRY_DISABLED: "1" };
  const cwd = join(folder, within);
  return execFileSync(program, args, { cwd, env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

/** Runs a program of a tool chain. */
export function tool(path: string, args: string[], within?: string): string {
  return run(programOf(path), args, within);
}

export const programOf = (path: string) => join(folder, "node_modules", path);

export function prepare(): void {
  mkdirSync(folder, { recursive: true });
  cpSync(join(root, "test/bundlers/apps"), folder, { recursive: true });
  for (const app of ["vite", "next"]) cpSync(join(folder, "app.js"), join(folder, app, "app.js"));
  writeFileSync(
    join(folder, "inline.js"),
    readFileSync(join(folder, "app.js"), "utf8").replace('"umap-wasm"', '"umap-wasm/inline"'),
  );
  rmSync(join(folder, "web"), { recursive: true, force: true });
  installToolChains();
  installPackage();
}

function installToolChains(): void {
  const files = ["package.json", "package-lock.json"];
  const isThere =
    files.every((file) => existsSync(join(folder, file)) && sameFile(file)) && existsSync(programOf("vite"));
  for (const file of files) cpSync(join(root, "test/bundlers", file), join(folder, file));
  if (!isThere) run("npm", ["ci", "--no-audit", "--no-fund", "--prefer-offline"]);
}

function sameFile(file: string): boolean {
  return readFileSync(join(folder, file), "utf8") === readFileSync(join(root, "test/bundlers", file), "utf8");
}

/** What npm would install, without npm: it would look at all the other packages again. */
function installPackage(): void {
  const [{ filename }] = JSON.parse(
    execFileSync("npm", ["pack", "--json", "--pack-destination", folder], { cwd: root, encoding: "utf8" }),
  );
  const target = join(folder, "node_modules/umap-wasm");
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  run("tar", ["-xzf", filename, "--strip-components=1", "-C", target]);
  // What tool chains keep of packages, they know by the version.
  for (const cache of ["node_modules/.vite", "next/.next", ".parcel-cache"]) {
    rmSync(join(folder, cache), { recursive: true, force: true });
  }
}

/** Writes a page that loads a bundle, and says where it is. */
export function page(name: string, { script = "main.js", type = "module" } = {}): string {
  mkdirSync(join(folder, "web", name), { recursive: true });
  const html = `<!doctype html>\n<script type="${type}" src="${script}"></script>\n`;
  writeFileSync(join(folder, "web", name, "index.html"), html);
  return `/${FOLDER}/web/${name}/index.html`;
}

export function writeScript(path: string, change: (app: string) => string): void {
  writeFileSync(join(folder, path), change(readFileSync(join(folder, "app.js"), "utf8")));
}
