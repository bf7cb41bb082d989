/**
 * `npm run setup`: everything that a fresh clone needs; does nothing where it is there. The other scripts call it.
 * `-- --no-browsers` leaves out the browsers, which only the tests need.
 */
import { existsSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { DEBIAN_PACKAGES, findToolchain, INSTRUCTIONS } from "./env.mjs";
import { contentHash, main, once, run } from "./run.mjs";

const BROWSERS = { chromium: "/usr/bin/chromium", "firefox-esr": "/usr/bin/firefox-esr" };

export async function setup({ browsers = true } = {}) {
  const toolchain = await rustToolchain();
  console.log(`rust: ${toolchain.name}`);
  await once(
    "npm-packages",
    contentHash(["package.json", "package-lock.json"]),
    ["node_modules/.package-lock.json"],
    () => run("npm", ["ci", "--no-audit", "--no-fund"]),
  );
  if (browsers) await testBrowsers();
  return toolchain;
}

async function rustToolchain() {
  const found = findToolchain();
  if (found) return found;
  if (!mayInstall()) throw new Error(INSTRUCTIONS);
  console.log(`rust: installing ${DEBIAN_PACKAGES.join(" ")}`);
  await aptInstall(DEBIAN_PACKAGES);
  const installed = findToolchain();
  if (installed === undefined) throw new Error(INSTRUCTIONS);
  return installed;
}

async function testBrowsers() {
  const missing = Object.keys(BROWSERS).filter((name) => !existsSync(BROWSERS[name]));
  if (missing.length === 0) return;
  if (mayInstall()) {
    console.log(`browsers for the tests: installing ${missing.join(" ")}`);
    await aptInstall(missing);
  } else {
    console.log(`browsers for the tests: ${missing.join(" and ")} not found, their tests will be skipped`);
  }
}

function mayInstall() {
  return process.getuid?.() === 0 && existsSync("/etc/debian_version");
}

async function aptInstall(packages) {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  await run("apt-get", ["update", "-qq"], env);
  await run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...packages], env);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  await main(() => setup({ browsers: !process.argv.includes("--no-browsers") }));
}
