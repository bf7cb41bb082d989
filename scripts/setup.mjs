/**
 * `npm run setup`: everything that a fresh clone needs; does nothing where it is there. The other commands begin with the
 * steps of it that they need. `-- --no-browsers` leaves out the browsers, which only the tests need.
 */
import { existsSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { DEBIAN_LINTS, DEBIAN_PACKAGES, findToolchain, INSTRUCTIONS } from "./env.mjs";
import { contentHash, main, once } from "./run.mjs";
import { runSteps, step } from "./steps.mjs";

const BROWSERS = { chromium: "/usr/bin/chromium", "firefox-esr": "/usr/bin/firefox-esr" };

/** The Rust toolchain; with `lints` also rustfmt and clippy. Its result is what `findToolchain` finds. */
export function rustStep({ lints = false } = {}) {
  const packages = [...DEBIAN_PACKAGES, ...(lints ? DEBIAN_LINTS : [])];
  return step("Rust toolchain", {
    advice: mayInstall()
      ? `Check the network and run the command again. Or do it by hand:\n${INSTRUCTIONS}`
      : INSTRUCTIONS,
    async work(task) {
      let found = findToolchain(lints);
      if (found === undefined && mayInstall()) {
        await aptInstall(task, packages);
        found = findToolchain(lints);
      }
      if (found === undefined) throw new Error("No toolchain was found.");
      task.note(found.name.replace(/ \(.*/, ""));
      return found;
    },
  });
}

export function npmStep() {
  return step("npm packages", {
    advice: "Check the network and run the command again.",
    work: (task) =>
      once(
        "npm-packages",
        contentHash(["package.json", "package-lock.json"]),
        ["node_modules/.package-lock.json"],
        () =>
          // Each download is a line, so that one sees it move.
          task.run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=http"]),
      ),
  });
}

/** The browsers for the tests; after the toolchain, because only one apt-get may run. */
export function browserStep(rust) {
  return step("browsers for the tests", {
    needs: [rust],
    advice: "Check the network and run the command again.",
    async work(task) {
      const missing = Object.keys(BROWSERS).filter((name) => !existsSync(BROWSERS[name]));
      if (missing.length === 0) return;
      if (mayInstall()) await aptInstall(task, missing);
      else task.note(`${missing.join(" and ")} not found, their tests will be skipped`);
    },
  });
}

function mayInstall() {
  return process.getuid?.() === 0 && existsSync("/etc/debian_version");
}

async function aptInstall(task, packages) {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const run = (...args) => task.run("apt-get", args, { env });
  await run("update", "-q");
  // Writing through to the disk after each file takes longer than unpacking it.
  const fast = ["-o", "DPkg::Options::=--force-unsafe-io"];
  await run("install", "-y", "-q", "--no-install-recommends", ...fast, ...packages);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  await main(() => {
    const rust = rustStep({ lints: true });
    const browsers = process.argv.includes("--no-browsers") ? [] : [browserStep(rust)];
    return runSteps("setup", [rust, npmStep(), ...browsers]);
  });
}
