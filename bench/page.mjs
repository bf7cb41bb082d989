// A fit in a page of Chromium, and what becomes of the page meanwhile.
import { readFileSync } from "node:fs";
import { openChromium } from "../plot/chromium.mjs";

/** Whatever this name is: nothing leaves the browser. */
const ORIGIN = "http://bench.localhost/";

/**
 * Starts Chromium, for pages that can load `files` (paths by name). `fit(script, shape)` runs `fitAsync` of the class that
 * `script` leaves as `window.UMAP` on the bytes in `points`.
 */
export async function openPages(files) {
  const browser = await openChromium();
  const fit = async (script, { rows, cols }) => {
    const page = await browser.newPage();
    await page.route(`${ORIGIN}**`, (route) => {
      const file = files[new URL(route.request().url()).pathname.slice(1)];
      if (file === undefined)
        return route.fulfill({ contentType: "text/html", body: "<!doctype html><title>bench</title>" });
      const contentType = file.endsWith("js") ? "text/javascript" : "application/octet-stream";
      return route.fulfill({ contentType, body: readFileSync(file) });
    });
    await page.goto(ORIGIN);
    await page.addScriptTag(script);
    await page.waitForFunction("window.UMAP !== undefined");
    const found = await page.evaluate(fitInPage, { rows, cols });
    await page.close();
    return found;
  };
  return { fit, version: browser.version(), close: () => browser.close() };
}

/** Runs in the page: what it refers to is there. Long tasks are those of more than 50 ms that Chromium reports. */
async function fitInPage({ rows, cols }) {
  const bytes = new Uint8Array(await (await fetch("points")).arrayBuffer());
  const nested = Array.from({ length: rows }, (_, row) => Array.from(bytes.subarray(row * cols, (row + 1) * cols)));
  const long = [];
  const observer = new PerformanceObserver((list) => long.push(...list.getEntries().map(({ duration }) => duration)));
  observer.observe({ type: "longtask" });
  // What came before does not count, and what counts is reported a little later.
  const settle = () => new Promise((resolve) => setTimeout(resolve, 300));
  await settle();
  long.length = 0;
  const frames = [];
  const frame = (time) => {
    frames.push(time);
    next = requestAnimationFrame(frame);
  };
  let next = requestAnimationFrame(frame);
  const started = performance.now();
  // umap-js leaves a namespace.
  const UMAP = window.UMAP.UMAP ?? window.UMAP;
  await new UMAP().fitAsync(nested);
  const seconds = (performance.now() - started) / 1000;
  cancelAnimationFrame(next);
  await settle();
  const gaps = [started, ...frames, started + 1000 * seconds].map((time, at, all) => time - (all[at - 1] ?? time));
  return {
    seconds,
    longTasks: long.length,
    longestTask: Math.max(0, ...long),
    framesPerSecond: frames.length / seconds,
    longestGap: Math.max(...gaps),
  };
}
