// npm packages that are measured beside this one: pinned, each in a folder of its own under .cache/peers.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const FOLDER = join(dirname(fileURLToPath(import.meta.url)), "..", ".cache", "peers");

/** Versions, and the registry's hash of the package. */
const PACKAGES = {
  "embedding-atlas": {
    version: "0.26.0",
    megabytes: 7,
    integrity: "sha512-IHAQkJ4aH8wzaVpr9LYkjWSP025Ie+ub1MtQX9buz0V8PpMKbWcYtXr8U3iea2pK3AhA0XUtXSI8ZLbsubE4pg==",
  },
};

/** URL of a file of a package, and what to call the package. */
export function npmModule(name, file) {
  const { version } = PACKAGES[name];
  return { module: pathToFileURL(join(installed(name), file)).href, name: `${name} ${version}` };
}

/** Installs a package once; returns its folder. */
export function installed(name) {
  const { version, megabytes, integrity } = PACKAGES[name];
  const prefix = join(FOLDER, `${name}@${version}`);
  const modules = join(prefix, "node_modules");
  const lock = join(modules, ".package-lock.json");
  if (!existsSync(lock)) {
    console.error(`Installing ${name}@${version} from npm (${megabytes} MB unpacked) into ${prefix}`);
    // Without embedding-atlas' peer dependencies (its viewer's): the part measured here needs none.
    const quiet = ["--legacy-peer-deps", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
    execFileSync("npm", ["install", "--prefix", prefix, ...quiet, `${name}@${version}`], {
      stdio: ["ignore", process.stderr, "inherit"],
    });
  }
  const found = JSON.parse(readFileSync(lock, "utf8")).packages[`node_modules/${name}`]?.integrity;
  if (found !== integrity) {
    rmSync(prefix, { recursive: true, force: true });
    throw new Error(`${name}@${version} has the hash ${found}, expected ${integrity}; removed ${prefix}`);
  }
  return join(modules, name);
}
