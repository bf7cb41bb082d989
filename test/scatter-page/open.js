// A scatter page in a real Chromium, opened from a file as users do.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { CHROMIUM } from "../../plot/chromium.mjs";
import { bundleTemplate, fillTemplate } from "../../plot/scatter/page.mjs";

export const installed = existsSync(CHROMIUM);
export const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
// WebGL without a graphics card.
const FLAGS = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"];

/** Opens the page of a plot; `context` is what playwright takes. */
export async function openPlot(plot, context) {
  const folder = mkdtempSync(join(tmpdir(), "scatter-page-"));
  const file = join(folder, "page.html");
  writeFileSync(file, fillTemplate(await bundleTemplate(), plot));
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  const page = await browser.newPage(context);
  const [requests, errors] = [[], []];
  page.on("request", (request) => requests.push(request.url()));
  page.on("pageerror", (error) => errors.push(error.message));
  const load = async () => {
    await page.goto(pathToFileURL(file).href);
    await page.locator("#message").waitFor({ state: "hidden" });
  };
  const close = async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  };
  await load();
  return { page, requests, errors, load, close };
}

/** The box around all points that are drawn strongly, in parts of the canvas: the left and the upper edge are 0. */
export function inked(page) {
  return page.locator("#canvas").evaluate((canvas) => {
    const { width, height } = canvas;
    const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
    const box = { left: 1, right: 0, top: 1, bottom: 0 };
    for (let at = 0; at < width * height; at++) {
      const [red, green, blue, alpha] = data.subarray(4 * at, 4 * at + 4);
      const strength = ((Math.max(red, green, blue) - Math.min(red, green, blue)) * alpha) / 255;
      if (strength < 100) continue;
      const [x, y] = [(at % width) / width, Math.floor(at / width) / height];
      box.left = Math.min(box.left, x);
      box.right = Math.max(box.right, x);
      box.top = Math.min(box.top, y);
      box.bottom = Math.max(box.bottom, y);
    }
    return box;
  });
}

export const wide = ({ left, right }) => right - left;
export const high = ({ top, bottom }) => bottom - top;
