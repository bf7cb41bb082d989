// The page of aligned embeddings on a phone, and its names along both axes at any size.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { bundleTemplate, fillTemplate } from "../../plot/aligned/page.mjs";
import { thinned } from "../../plot/aligned/thinned.js";
import { CHROMIUM, openChromium } from "../../plot/chromium.mjs";

const SLICES = 10;
const plot = {
  title: "Ten slices",
  axis: "nNeighbors · minDist",
  slices: Array.from({ length: SLICES }, (_, at) => ({
    name: `${at + 3} · 0.${at}5`,
    facts: [["trustworthiness", "0.9"]],
    positions: [-1, -1, 1, 1, 0, 0],
  })),
  count: 3,
  labels: [0, 1, 1],
  classes: ["left", "right"],
  facts: [["Points", "3"]],
};

test.each([
  [10, 1, "##########"],
  [10, 2, "#.#.#.#..#"],
  [10, 3, "#..#..#..#"],
  [10, 4, "#...#....#"],
  [10, 20, "#........#"],
  [2, 5, "##"],
])("of %i names that need the room of %i, the ends and what fits between them are kept", (count, every, kept) => {
  expect(
    thinned(count, every)
      .map((shown) => (shown ? "#" : "."))
      .join(""),
  ).toBe(kept);
});

describe.skipIf(!existsSync(CHROMIUM))(
  "page of aligned embeddings on a phone",
  () => {
    const folder = mkdtempSync(join(tmpdir(), "aligned-phone-"));
    const file = join(folder, "page.html");
    const viewport = { width: 390, height: 844 };
    let browser;
    let page;

    beforeAll(async () => {
      writeFileSync(file, fillTemplate(await bundleTemplate(), plot));
      browser = await openChromium();
      page = await browser.newPage({ viewport, isMobile: true, hasTouch: true });
    }, 60_000);
    beforeEach(async () => {
      await page.goto(pathToFileURL(file).href);
      await page.locator("#message").waitFor({ state: "hidden" });
    });
    afterAll(async () => {
      await browser?.close();
      rmSync(folder, { recursive: true });
    });

    test.each([
      [390, 844],
      [320, 480],
      [844, 390],
      [1280, 800],
    ])("names neither overlap nor are lost at the ends: %i x %i", async (width, height) => {
      await page.setViewportSize({ width, height });
      for (const slice of [0, 4, SLICES - 1]) {
        await page.locator("#slider").fill(String(slice));
        for (const names of ["#ticks button:not(.mark)", "#labels span"]) {
          await expect.poll(async () => overlapping(await boxes(names))).toEqual([]);
          const shown = await boxes(names);
          for (const { x, right } of shown) expect(x >= 0 && right <= width).toBe(true);
          const texts = shown.map(({ text }) => text);
          expect(texts).toEqual(expect.arrayContaining([plot.slices[slice === 4 ? 0 : slice].name]));
        }
        const ticks = (await boxes("#ticks button:not(.mark)")).map(({ text }) => text);
        expect([ticks[0], ticks.at(-1)]).toEqual([plot.slices[0].name, plot.slices.at(-1).name]);
      }
      await page.setViewportSize(viewport);
    });

    test("says what the curves are, and speaks of fingers", async () => {
      expect(await page.locator("#meaning").isVisible()).toBe(true);
      expect(await page.locator("#meaning").textContent()).toMatch(/^Each curve is one point/);
      expect(await page.locator("body").innerText()).not.toMatch(/click|scroll/i);
    });

    test("texts are beside the points, the legend is below them, the facts are last and folded up", async () => {
      const order = ["#meaning", "#side", "#now", "#top", "#tools", "#timeline", "#legend", "#about"];
      const found = await Promise.all(order.map((id) => page.locator(id).boundingBox()));
      for (const [at, { y }] of found.slice(1).entries())
        expect(y).toBeGreaterThanOrEqual(found[at].y + found[at].height - 1);
      expect(await page.locator("#facts").isVisible()).toBe(false);
    });

    test("a tap shows a point", async () => {
      const { x, y, width, height } = await page.locator("#top").boundingBox();
      await page.touchscreen.tap(x + width / 2 + 9, y + height / 2 + 9);
      await expect.poll(() => page.locator("#tooltip").textContent()).toBe("rightrow 2");
      await page.touchscreen.tap(x + width / 2 - 60, y + height / 2);
      await expect.poll(() => page.locator("#tooltip").isVisible()).toBe(false);
    });

    const boxes = (names) =>
      page.locator(names).evaluateAll((all) =>
        all
          .filter((each) => each.checkVisibility())
          .map((each) => {
            const { x, y, right, bottom } = each.getBoundingClientRect();
            return { text: each.textContent, x, y, right, bottom };
          }),
      );

    function overlapping(all) {
      const apart = (a, b) => a.right <= b.x || b.right <= a.x || a.bottom <= b.y || b.bottom <= a.y;
      return all.flatMap((a, at) => all.slice(at + 1).filter((b) => !apart(a, b)));
    }
  },
  60_000,
);
