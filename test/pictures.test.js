// The pictures of README and docs.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { boundsOf } from "../plot/picture.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const pages = ["README.md", ...readdirSync(join(root, "docs")).map((name) => `docs/${name}`)].filter((name) =>
  name.endsWith(".md"),
);
const shown = pages.flatMap((page) =>
  Array.from(readFileSync(join(root, page), "utf8").matchAll(/!\[[^\]]+\]\(([^)]+)\)/g), ([, file]) =>
    join(dirname(page), file),
  ),
);
const kept = readdirSync(join(root, "docs"))
  .filter((name) => !name.endsWith(".md"))
  .map((name) => `docs/${name}`);

test("every picture that is shown is there, and every one that is there is shown", () => {
  expect(shown.filter((file) => !existsSync(join(root, file)))).toEqual([]);
  expect(kept.filter((file) => !shown.includes(file))).toEqual([]);
});

test.each(kept)("%s is no JPEG, which blurs letters, and is small", (file) => {
  const bytes = readFileSync(join(root, file));
  expect(bytes.toString("latin1", 8, 12)).toBe("WEBP");
  expect(bytes.length).toBeLessThan(200_000);
});

test("no point of several embeddings is cut off by their common bounds", () => {
  const [one, other] = [
    [0, 5, -2, Number.NaN],
    [7, -1, Infinity, 3],
  ];
  expect(boundsOf(Float32Array.from(one), Float32Array.from(other))).toEqual([-2, 7, -1, 5]);
});
