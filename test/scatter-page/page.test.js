// The scatter page in a real Chromium, opened from a file as users do.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bundleTemplate, fillTemplate } from "../../scripts/scatter-page/page.mjs";

const CHROMIUM = "/usr/bin/chromium";
// WebGL without a graphics card.
const FLAGS = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"];

/** Two clusters far apart, a row that is not finite, and texts that would break out of a careless page. */
const plot = {
  title: "</script><b>$& title",
  positions: [...Array.from({ length: 200 }, (_, i) => (i < 100 ? (i % 10) / 10 : 20 + (i % 10) / 10)), Number.NaN, 1],
  labels: [...Array.from({ length: 100 }, (_, row) => (row < 50 ? 0 : 1)), 1],
  classes: ["<i>left", "right"],
  facts: [["Points", "101"]],
};

describe.skipIf(!existsSync(CHROMIUM))(
  "scatter page",
  () => {
    const folder = mkdtempSync(join(tmpdir(), "scatter-page-"));
    const requests = [];
    const errors = [];
    let browser;
    let page;

    beforeAll(async () => {
      const file = join(folder, "page.html");
      writeFileSync(file, fillTemplate(await bundleTemplate(), plot));
      browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
      page = await browser.newPage({ viewport: { width: 1000, height: 600 } });
      page.on("request", (request) => requests.push(request.url()));
      page.on("pageerror", (error) => errors.push(error.message));
      await page.goto(pathToFileURL(file).href);
      await page.locator("#message").waitFor({ state: "hidden" });
    }, 60_000);

    afterAll(async () => {
      await browser?.close();
      rmSync(folder, { recursive: true });
    });

    test("draws without the network and without errors", () => {
      expect(requests.filter((url) => !/^(file|data|blob):/.test(url))).toEqual([]);
      expect(errors).toEqual([]);
    });

    test("shows texts as they are", async () => {
      expect(await page.title()).toBe(plot.title);
      expect(await page.locator("h1").textContent()).toBe(plot.title);
      expect(await page.locator("#facts").innerText()).toMatch(/Points\s+101/);
    });

    test("counts the drawn points of each class", async () => {
      const entries = await page.locator("#legend li").allInnerTexts();
      expect(entries.map((text) => text.split(/\s+/))).toEqual([
        ["<i>left", "50"],
        ["right", "50"],
      ]);
    });

    test("hovering names the point", async () => {
      await sweep();
      expect(await page.locator("#tooltip").innerText()).toMatch(/(<i>left|right)\s+row \d+/);
    });

    test("a hidden class is not there to hover", async () => {
      await page.locator("#legend li button").first().click();
      await sweep();
      expect(await page.locator("#tooltip").innerText()).toMatch(/^right/);
      await page.locator("#all").click();
      expect(await page.locator("#legend [aria-pressed=false]").count()).toBe(0);
    });

    /** Moves the pointer along the diagonal, where the clusters lie, until it meets a point. */
    async function sweep() {
      await page.mouse.move(5, 300);
      for (let step = 0; step <= 150; step++) {
        await page.mouse.move(65 + step * 3.8, 585 - step * 3.8);
        await page.waitForTimeout(15);
        if (await page.locator("#tooltip").isVisible()) return;
      }
      throw new Error("no point met");
    }
  },
  60_000,
);
