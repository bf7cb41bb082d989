// What the scatter page shows, and what the mouse and the legend do.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { high, inked, installed, openPlot, wide } from "./open.js";

const cluster = (corner) =>
  Array.from({ length: 50 }, (_, at) => [corner + (at % 10) / 10, corner + Math.floor(at / 10) / 10]).flat();
/** Two clusters far apart, a row that is not finite, and texts that would break out of a careless page. */
const plot = {
  title: "</script><b>$& title",
  positions: [...[0, 20].flatMap(cluster), Number.NaN, 1],
  labels: [...Array.from({ length: 100 }, (_, row) => (row < 50 ? 0 : 1)), 1],
  classes: ["<i>left", "right"],
  facts: [["Points", "101"]],
};

describe.skipIf(!installed)(
  "scatter page",
  () => {
    let opened;
    let page;
    let canvas;

    beforeAll(async () => {
      opened = await openPlot(plot, { viewport: { width: 1000, height: 600 } });
      page = opened.page;
      canvas = await page.locator("#canvas").boundingBox();
    }, 60_000);
    beforeEach(() => opened.load());
    afterAll(() => opened?.close());

    test("shows texts as they are", async () => {
      expect(await page.title()).toBe(plot.title);
      expect(await page.locator("h1").textContent()).toBe(plot.title);
      expect(await page.locator("#facts").innerText()).toMatch(/Points\s+101/);
    });

    test("counts the drawn points of each class", async () => {
      expect(await page.locator("#legend .name").allInnerTexts()).toEqual(plot.classes);
      expect(await page.locator("#legend .count").allInnerTexts()).toEqual(["50", "50"]);
    });

    test("the hint and the reset button are beside the points, not over them", async () => {
      const tools = await page.locator("#tools").boundingBox();
      expect(tools.y).toBeGreaterThanOrEqual(canvas.y + canvas.height);
      expect(await page.locator("#hint").innerText()).toMatch(/scroll to zoom/);
      expect(await page.locator("#tools").innerText()).not.toMatch(/pinch|\btap\b/);
    });

    test("hovering names the point", async () => {
      await page.mouse.move(...left());
      await expect.poll(tooltip).toMatch(/<i>left\s+row \d+/);
    });

    test("a hidden class is not there to hover", async () => {
      await page.locator("#legend .class").first().click();
      await page.mouse.move(...left());
      await page.mouse.move(...right());
      await expect.poll(tooltip).toMatch(/^right/);
      await page.mouse.move(...left());
      await expect.poll(tooltip).toBe(undefined);
      await page.locator("#all").click();
      expect(await page.locator("#legend .class[aria-pressed=false]").count()).toBe(0);
    });

    test("a selection fades the other points, and a click elsewhere ends it", async () => {
      const all = await inked(page);
      await page.keyboard.down("Shift");
      await page.mouse.move(left()[0] - 40, left()[1] - 40);
      await page.mouse.down();
      for (const [x, y] of [
        [40, -40],
        [40, 25],
        [-40, 25],
        [-40, -35],
      ])
        await page.mouse.move(left()[0] + x, left()[1] + y, { steps: 5 });
      await page.mouse.up();
      await page.keyboard.up("Shift");
      await expect.poll(() => page.locator("#selection").innerText()).toMatch(/^50 selected; click/);
      await expect.poll(async () => wide(await inked(page))).toBeLessThan(wide(all) / 4);
      await page.mouse.click(canvas.x + canvas.width / 2, canvas.y + 20);
      await expect.poll(() => page.locator("#selection").isVisible()).toBe(false);
      await expect.poll(() => inked(page)).toEqual(all);
    });

    test("a class alone fades the others and fills the view; reset goes back", async () => {
      const all = await inked(page);
      const only = page.locator("#legend .only").nth(1);
      await only.click();
      expect(await only.getAttribute("aria-pressed")).toBe("true");
      await expect.poll(async () => wide(await inked(page))).toBeGreaterThan(0.5);
      await page.mouse.move(canvas.x + canvas.width / 2, canvas.y + canvas.height / 2);
      await page.mouse.wheel(0, 2400);
      // From far away both clusters are in view, a quarter of its height apart; one of them is faded.
      await expect.poll(async () => high(await inked(page))).toBeLessThan(0.1);
      await page.mouse.move(1, 1);
      await page.locator("#reset").click();
      expect(await only.getAttribute("aria-pressed")).toBe("false");
      await expect.poll(() => inked(page)).toEqual(all);
    });

    test("a drag moves the points, a wheel zooms", async () => {
      const all = await inked(page);
      await page.mouse.move(canvas.x + canvas.width / 2, canvas.y + canvas.height / 2);
      await page.mouse.wheel(0, 200);
      await expect.poll(async () => wide(all) / wide(await inked(page))).toBeGreaterThan(1.2);
      await page.locator("#reset").click();
      await expect.poll(() => inked(page)).toEqual(all);
      await page.mouse.move(canvas.x + canvas.width / 2, canvas.y + 100);
      await page.mouse.down();
      await page.mouse.move(canvas.x + canvas.width / 2 + 70, canvas.y + 100, { steps: 5 });
      await page.mouse.up();
      await expect.poll(async () => (await inked(page)).left - all.left).toBeCloseTo(70 / canvas.width, 2);
      expect(await page.locator("#selection").isVisible()).toBe(false);
    });

    test("all of this without the network and without errors", () => {
      expect(opened.requests.filter((url) => !/^(file|data|blob):/.test(url))).toEqual([]);
      expect(opened.errors).toEqual([]);
    });

    /** Where a cluster's middle is: the points are about as high as wide and take 0.95 of the height. */
    const place = (side) => {
      const scale = (0.95 * canvas.height) / 20.4;
      return [canvas.x + canvas.width / 2 + side * 10 * scale, canvas.y + canvas.height / 2 - side * 10 * scale];
    };
    const left = () => place(-1);
    const right = () => place(1);

    async function tooltip() {
      const element = page.locator("#tooltip");
      return (await element.isVisible()) ? element.innerText() : undefined;
    }
  },
  60_000,
);
