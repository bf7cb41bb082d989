// The scatter page on a phone, at other sizes, and by keys alone.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { high, inked, installed, openPlot, PHONE, wide } from "./open.js";

/** Wider than high. */
const places = { west: [-4, 0], middle: [0, 0], east: [4, 0], north: [0, 1], south: [0, -1] };
const cross = {
  title: "Cross",
  positions: Object.values(places).flat(),
  names: Object.keys(places),
  labels: [0, 1, 2, 1, 1],
  classes: ["red", "green", "blue"],
  colours: ["#d02030", "#10b020", "#2030d0"],
  facts: Array.from({ length: 13 }, (_, at) => [`Fact ${at}`, "1 s"]),
};
/** The same, higher than wide. */
const upright = { ...cross, positions: Object.values(places).flatMap(([x, y]) => [y, x]) };

describe.skipIf(!installed)(
  "scatter page at any size",
  () => {
    const sizes = [
      [390, 844],
      [844, 390],
      [1280, 800],
      [320, 480],
    ].map(([width, height]) => ({ width, height }));

    test.each([
      ["wide", cross],
      ["high", upright],
    ])("all of a %s cloud is in view, after a change of the size, too", async (_, plot) => {
      const { page, close } = await openPlot(plot, PHONE);
      for (const size of sizes) {
        await page.setViewportSize(size);
        await expect.poll(async () => Math.max(wide(await inked(page)), high(await inked(page)))).toBeGreaterThan(0.9);
        const { left, right, top, bottom } = await inked(page);
        expect(Math.min(left, top, 1 - right, 1 - bottom)).toBeGreaterThan(0);
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(size.width);
      }
      await close();
    });
  },
  60_000,
);

describe.skipIf(!installed)(
  "scatter page on a phone",
  () => {
    let opened;
    let page;
    let fingers;

    beforeAll(async () => {
      opened = await openPlot(cross, PHONE);
      page = opened.page;
      fingers = await page.context().newCDPSession(page);
    }, 60_000);
    beforeEach(() => opened.load());
    afterAll(() => opened?.close());

    test("picture, legend, facts: in this order, and the facts are folded up", async () => {
      const [canvas, legend, about, reset] = await Promise.all(
        ["#canvas", "#legend", "#about", "#reset"].map((id) => page.locator(id).boundingBox()),
      );
      expect(legend.y).toBeGreaterThan(canvas.y + canvas.height);
      expect(legend.y).toBeLessThan(844);
      expect(about.y).toBeGreaterThan(legend.y + legend.height);
      expect(await page.locator("#facts").isVisible()).toBe(false);
      expect(reset.height).toBeLessThan(40);
    });

    test("speaks of fingers, not of a mouse", async () => {
      const text = await page.locator("body").innerText();
      expect(text).toMatch(/pinch to zoom, tap a point/);
      expect(text).not.toMatch(/click|scroll|shift/i);
    });

    test("a tap shows and selects a point, a tap elsewhere ends that", async () => {
      const { x, y, width, height } = await page.locator("#canvas").boundingBox();
      // A finger is not exact.
      await page.touchscreen.tap(x + width / 2 + 9, y + height / 2 + 9);
      await expect.poll(() => page.locator("#tooltip").innerText()).toMatch(/green\s+middle/);
      await expect.poll(() => page.locator("#selection").innerText()).toMatch(/^1 selected; tap/);
      await page.touchscreen.tap(x + width / 2, y + 20);
      await expect.poll(() => page.locator("#tooltip").isVisible()).toBe(false);
      expect(await page.locator("#selection").isVisible()).toBe(false);
    });

    test("one finger moves the picture and not the page", async () => {
      const before = await inked(page);
      const { x, y, width } = await page.locator("#canvas").boundingBox();
      const path = Array.from({ length: 6 }, (_, step) => [[x + width / 2, y + 200 - 10 * step]]);
      await touch(path);
      await expect.poll(async () => before.top - (await inked(page)).top).toBeGreaterThan(0.05);
      expect(await page.evaluate(() => scrollY)).toBe(0);
    });

    test("two fingers zoom", async () => {
      const before = await inked(page);
      const { x, y, width, height } = await page.locator("#canvas").boundingBox();
      const path = Array.from({ length: 6 }, (_, step) =>
        [-1, 1].map((side) => [x + width / 2, y + height / 2 + side * (40 + 10 * step)]),
      );
      await touch(path);
      await expect.poll(async () => high(await inked(page)) / high(before)).toBeGreaterThan(1.8);
      expect(await page.evaluate(() => visualViewport.scale)).toBe(1);
    });

    test("beside the picture the page scrolls", async () => {
      await page.setViewportSize({ width: 390, height: 500 });
      const { x, y } = await page.locator("#hint").boundingBox();
      await touch(Array.from({ length: 8 }, (_, step) => [[x + 20, y - 20 * step]]));
      await expect.poll(() => page.evaluate(() => scrollY)).toBeGreaterThan(50);
      await page.setViewportSize(PHONE.viewport);
    });

    /** Fingers that go along places together. */
    async function touch(path) {
      for (const [step, places] of path.entries()) {
        const touchPoints = places.map(([x, y], id) => ({ x, y, id }));
        await fingers.send("Input.dispatchTouchEvent", { type: step === 0 ? "touchStart" : "touchMove", touchPoints });
      }
      await fingers.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
    }
  },
  60_000,
);

describe.skipIf(!installed)(
  "scatter page by keys",
  () => {
    let opened;
    let page;

    beforeAll(async () => {
      opened = await openPlot(cross, { viewport: { width: 1000, height: 600 } });
      page = opened.page;
    }, 60_000);
    beforeEach(async () => {
      await opened.load();
      await page.locator("body").press("Tab");
    });
    afterAll(() => opened?.close());

    const press = (...keys) =>
      keys.reduce((before, key) => before.then(() => page.keyboard.press(key)), Promise.resolve());
    const said = () => page.locator("#said").textContent();

    test("the picture is the first stop, has a ring, and says its keys", async () => {
      expect(await page.evaluate(() => document.activeElement.id)).toBe("canvas");
      expect(await page.locator("#canvas").evaluate((canvas) => getComputedStyle(canvas).outlineStyle)).toBe("solid");
      expect(await page.locator("#keys").isVisible()).toBe(true);
      expect(await page.locator("#hint").isVisible()).toBe(false);
    });

    test("arrows go from point to point, and say which", async () => {
      const heard = [];
      for (const key of ["Right", "Right", "Left", "Up", "Up", "Down", "Down", "Left"]) {
        await press(`Arrow${key}`);
        heard.push((await said()).split(", ")[1]);
      }
      expect(heard).toEqual(["middle", "east", "middle", "north", "north", "middle", "south", "west"]);
      await expect.poll(() => page.locator("#tooltip").innerText()).toMatch(/red\s+west/);
    });

    test("Enter and Space select, Escape clears", async () => {
      for (const key of ["Enter", " "]) {
        await press("ArrowRight", key);
        await expect.poll(() => page.locator("#selection").isVisible()).toBe(true);
        await press("Escape");
        await expect.poll(() => page.locator("#selection").isVisible()).toBe(false);
        expect(await said()).toBe("");
      }
    });

    test("+ and - zoom around the point, 0 goes back", async () => {
      const all = await inked(page);
      await press("ArrowRight", "-");
      await expect.poll(async () => wide(all) / wide(await inked(page))).toBeCloseTo(1.5, 1);
      await press("Escape", "0");
      await expect.poll(() => inked(page)).toEqual(all);
      await press("ArrowRight", "+", "+", "ArrowRight");
      // It was outside.
      await expect.poll(() => page.locator("#tooltip").innerText()).toMatch(/blue\s+east/);
    });

    test("hidden points are passed over, in a class alone the others are", async () => {
      await page.locator("#legend .class").nth(1).press("Enter");
      await page.locator("#canvas").focus();
      await press("ArrowLeft");
      expect(await said()).toMatch(/west|east/);
      await page.locator("#all").press("Enter");
      await page.locator("#legend .only").nth(2).press(" ");
      expect(await page.locator("#legend .only").nth(2).getAttribute("aria-pressed")).toBe("true");
      await page.locator("#canvas").focus();
      for (let time = 0; time < 2; time++) {
        await press("ArrowLeft");
        expect(await said()).toBe("blue, east");
      }
      await press("Escape");
      expect(await page.locator("#legend .only").nth(2).getAttribute("aria-pressed")).toBe("false");
    });
  },
  60_000,
);
