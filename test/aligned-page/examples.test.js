// The examples of AlignedUMAP, as users run them: they must run through, and the pages must show what was fitted.
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterAll, describe, expect, test } from "vitest";
import { CHROMIUM, openChromium } from "../../plot/chromium.mjs";

describe.skipIf(!existsSync(CHROMIUM))("example", () => {
  const cwd = mkdtempSync(join(tmpdir(), "aligned-examples-"));
  afterAll(() => rmSync(cwd, { recursive: true }));

  test.each([
    { name: "aligned-digits", pictures: ["aligned-digits.webp", "aligned-updates.webp"], points: 1750 },
    { name: "aligned-parameters", pictures: ["aligned-parameters.webp"], points: 1797 },
  ])(
    "$name",
    async ({ name, pictures, points }) => {
      const script = fileURLToPath(new URL(`../../examples/${name}.mjs`, import.meta.url));
      const { stdout } = await promisify(execFile)(process.execPath, [script], { cwd });
      expect(stdout).toMatch(/^fit of 10 /m);
      for (const picture of pictures) {
        const { size } = statSync(join(cwd, "demo-output", picture));
        expect(size).toBeGreaterThan(20_000);
        expect(size).toBeLessThan(150_000);
      }
      const shown = await look(join(cwd, "demo-output", `${name}.html`));
      expect(shown).toEqual({ errors: [], slices: 10, points });
    },
    180_000,
  );

  /** What the page of an example says. */
  async function look(file) {
    const browser = await openChromium();
    try {
      const page = await browser.newPage();
      const errors = [];
      page.on("pageerror", (error) => errors.push(error.message));
      page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
      await page.goto(pathToFileURL(file).href);
      await page.locator("#message").waitFor({ state: "hidden" });
      const counts = await page.locator("#legend .count").allTextContents();
      return {
        errors,
        slices: await page.locator("#ticks button").count(),
        points: counts.reduce((sum, count) => sum + Number(count), 0),
      };
    } finally {
      await browser.close();
    }
  }
});
