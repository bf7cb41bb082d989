/** The drop-in on the thread of a page. That `fitAsync` leaves it free is measured: bench/umap_js.mjs. */
import { UMAP } from "umap-wasm/umap-js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { browsers } from "../browser/launch.js";
import { serve } from "../browser/server.js";
import { nested, points } from "../data.js";

const expected = new UMAP({ nEpochs: 100 }).fit(nested(points(2000, 40)));

describe.each(Object.entries(browsers))("in %s", (_, { installed, launch }) => {
  // On a contributor's machine a browser may be missing; CI has both.
  const test = installed || process.env.CI ? it : it.skip;
  let browser: Awaited<ReturnType<typeof launch>> | undefined;
  let server: Awaited<ReturnType<typeof serve>>;
  beforeAll(async () => {
    server = await serve(false);
    if (installed) browser = await launch();
  }, 60_000);
  afterAll(async () => {
    server.close();
    await browser?.close();
  });

  test.each(["fit", "fitAsync"])("%s gives the bits of Node", async (method) => {
    await browser?.page.goto(`${server.origin}/test/browser/umap-js.html?${method}`);
    expect(await browser?.page.evaluate("window.found")).toEqual(expected);
  });
});
