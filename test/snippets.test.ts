/** Every script in the documentation runs as it stands. */
import { execFile } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
/** In the checkout, so that the scripts find the package by its name. */
const folder = join(root, ".cache/snippets");
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });

const pages = ["README.md", ...readdirSync(join(root, "docs")).map((name) => `docs/${name}`)].filter((path) =>
  path.endsWith(".md"),
);
const snippets = pages.flatMap((path) => {
  const text = readFileSync(join(root, path), "utf8");
  const blocks = [...text.matchAll(/^```(js|cjs)\n(.*?)^```$/gms)];
  return blocks.map(([, type, code = ""], at) => {
    const line = text.slice(0, text.indexOf(code)).split("\n").length;
    const file = `${path.replace(/\W/g, "-")}-${at}.${type === "cjs" ? "cjs" : "mjs"}`;
    return { title: `${path}:${line}`, file, code };
  });
});

describe("the scripts in the documentation", () => {
  it("are found", () => {
    expect(snippets.length).toBeGreaterThan(15);
  });

  it.each(snippets)("$title", async ({ file, code }) => {
    const path = join(folder, file);
    writeFileSync(path, code);
    const { stderr } = await promisify(execFile)(process.execPath, [path], { cwd: folder });
    expect(stderr).toBe("");
  });
});
