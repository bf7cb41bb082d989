// The page of aligned embeddings in a real Chromium, opened from a file as users do.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { bundleTemplate, fillTemplate } from "../../plot/aligned/page.mjs";
import { CHROMIUM, openChromium } from "../../plot/chromium.mjs";

/** Two points in the corners, which change places; one in the middle, which the first slice lacks. */
const plot = {
  title: "</script><b>$& title",
  axis: "steps & more",
  slices: [
    { name: "<i>one", facts: [["Step", "1"]], positions: [-1, -1, 1, 1], points: [0, 1] },
    { name: "two", facts: [["Step", "2"]], positions: [-1, 1, 1, -1, 0, 0] },
    { name: "three", facts: [["Step", "3"]], positions: [1, 1, -1, -1, 0, 0] },
  ],
  count: 3,
  labels: [0, 1, 1],
  classes: ["left", "right"],
  facts: [["Points", "3"]],
  images: { data: new Uint8Array(3 * 4), width: 2, height: 2 },
};

describe.skipIf(!existsSync(CHROMIUM))(
  "page of aligned embeddings",
  () => {
    const folder = mkdtempSync(join(tmpdir(), "aligned-page-"));
    const file = join(folder, "page.html");
    const requests = [];
    const errors = [];
    let browser;
    let page;

    beforeAll(async () => {
      writeFileSync(file, fillTemplate(await bundleTemplate(), plot));
      browser = await openChromium();
      page = await browser.newPage({ viewport: { width: 1300, height: 600 } });
      page.on("request", (request) => requests.push(request.url()));
      page.on("pageerror", (error) => errors.push(error.message));
      page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
    }, 60_000);

    beforeEach(async () => {
      await page.goto(pathToFileURL(file).href);
      await page.locator("#message").waitFor({ state: "hidden" });
    });

    afterAll(async () => {
      await browser?.close();
      rmSync(folder, { recursive: true });
    });

    test("shows texts as they are", async () => {
      expect(await page.title()).toBe(plot.title);
      expect(await page.locator("h1").textContent()).toBe(plot.title);
      expect(await page.locator("#axis").textContent()).toBe(plot.axis);
      expect(await page.locator("#ticks button").allTextContents()).toEqual(["<i>one", "two", "three"]);
      expect(await page.locator("#labels span").allTextContents()).toEqual(["<i>one", "two", "three"]);
    });

    test("points are where the slice has them, and are there to hover", async () => {
      await expect.poll(() => hovered(-1, -1)).toBe("leftrow 0");
      await expect.poll(() => hovered(1, 1)).toBe("rightrow 1");
      await expect.poll(() => hovered(0, 0)).toBe(undefined);
      await page.locator("#ticks button").nth(1).click();
      expect(await now()).toBe("Step2");
      await expect.poll(() => hovered(-1, 1)).toBe("leftrow 0");
      await expect.poll(() => hovered(0, 0)).toBe("rightrow 2");
      expect(await page.locator("#top .ring").isVisible()).toBe(true);
      expect(await page.locator("#side .ring").isVisible()).toBe(true);
    });

    test("scrubbing moves points along curves, keys go from slice to slice", async () => {
      await page.locator("#slider").fill("1.5");
      await expect.poll(() => hovered(0, 1)).toBe(undefined);
      expect(await now()).toBe("Step3");
      await page.locator("#slider").press("ArrowLeft");
      expect(await now()).toBe("Step2");
      await expect.poll(() => hovered(-1, 1)).toBe("leftrow 0");
      await page.locator("#slider").press("ArrowRight");
      await expect.poll(() => hovered(1, 1)).toBe("leftrow 0");
    });

    test("plays to the end, pauses, and starts again", async () => {
      const [play, time] = [page.locator("#play"), async () => Number(await page.locator("#slider").inputValue())];
      await play.click();
      await expect.poll(time, { timeout: 20_000 }).toBeGreaterThan(0.1);
      await play.click();
      const paused = await time();
      await page.waitForTimeout(300);
      expect(await time()).toBe(paused);
      expect(paused).toBeLessThan(2);
      await play.click();
      await expect.poll(() => play.textContent(), { timeout: 20_000 }).toBe("Play");
      expect(await time()).toBe(2);
      await play.click();
      expect(await play.textContent()).toBe("Pause");
      await expect.poll(time, { timeout: 20_000 }).toBeLessThan(1);
    });

    test("a hidden class is neither drawn nor there to hover", async () => {
      const pictures = () => Promise.all(["#side", "#top"].map((id) => page.locator(id).screenshot()));
      const all = await pictures();
      await page.locator("#legend li button").first().click();
      await expect.poll(() => hovered(-1, -1)).toBe(undefined);
      await page.mouse.move(1, 1);
      for (const [at, picture] of (await pictures()).entries()) expect(picture.equals(all[at])).toBe(false);
    });

    test("turns with the mouse, and back", async () => {
      const label = () =>
        page
          .locator("#labels span")
          .first()
          .evaluate((span) => span.style.transform);
      const usual = await label();
      const { x, y, width, height } = await page.locator("#side").boundingBox();
      await page.mouse.move(x + width / 2, y + height / 2);
      await page.mouse.down();
      await page.mouse.move(x + width / 2 + 40, y + height / 2, { steps: 3 });
      await page.mouse.up();
      await expect.poll(label).not.toBe(usual);
      await page.locator("#reset").click();
      await expect.poll(label).toBe(usual);
    });

    test.each([
      [400, 800],
      [900, 900],
      [900, 500],
    ])("nothing is cut off in a window of %s x %s", async (width, height) => {
      await page.setViewportSize({ width, height });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
      const { x, y, width: wide, height: high } = await page.locator("#top").boundingBox();
      expect(Math.min(wide, high)).toBeGreaterThan(200);
      expect(y + high).toBeLessThan((await page.locator("#timeline").boundingBox()).y + 1);
      expect(x + wide).toBeLessThanOrEqual(width);
      await expect.poll(() => hovered(1, 1)).toBe("rightrow 1");
      await page.setViewportSize({ width: 1300, height: 600 });
    });

    test("all of this without the network and without errors", () => {
      expect(requests.filter((url) => !/^(file|data|blob):/.test(url))).toEqual([]);
      expect(errors).toEqual([]);
    });

    /** What the page says of the point at a place of the embedding. */
    async function hovered(horizontal, vertical) {
      const { x, y, width, height } = await page.locator("#top").boundingBox();
      // As the page: the longer direction of the embedding takes 1.9 of the 2.1 that the shorter side shows.
      const scale = (Math.min(width, height) / 2.1) * 0.95;
      await page.mouse.move(1, 1);
      await page.mouse.move(x + width / 2 + scale * horizontal, y + height / 2 - scale * vertical);
      const tooltip = page.locator("#tooltip");
      return (await tooltip.isVisible()) ? tooltip.textContent() : undefined;
    }

    const now = () => page.locator("#now").textContent();
  },
  60_000,
);
