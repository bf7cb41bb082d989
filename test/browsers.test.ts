/** The module that ships in real browsers, in a page that is cross-origin isolated and in one that is not. */

import { nearestNeighbors } from "umap-wasm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { browsers } from "./browser/launch.js";
import { serve } from "./browser/server.js";
import { bits, points } from "./data.js";
import { expectScenario, type Found } from "./expect-scenario.js";

const reference = await nearestNeighbors(points(600, 40), { nThreads: 2 }).then((n) => bits(n.indices, n.distances));

describe.each(Object.entries(browsers))("in %s", (_, { installed, launch }) => {
  // On a contributor's machine a browser may be missing; CI has both.
  const test = installed || process.env.CI ? it : it.skip;
  let browser: Awaited<ReturnType<typeof launch>> | undefined;
  beforeAll(async () => {
    if (installed) browser = await launch();
  }, 60_000);
  afterAll(() => browser?.close());

  test.each([
    ["isolated, so with threads", true],
    ["not isolated, so in the single-threaded build", false],
  ])(
    "a page that is %s",
    async (_name, isolated) => {
      const server = await serve(isolated);
      try {
        await browser?.page.goto(`${server.origin}/test/browser/page.html`);
        const found = (await browser?.page.evaluate("window.found")) as Found & {
          isolated: boolean;
          relaxedSimd: boolean;
        };
        expect(found.isolated).toBe(isolated);
        // Both browsers have relaxed SIMD, which is in the threaded build alone: the same bits must come of it.
        expect(found.relaxedSimd).toBe(isolated);
        expectScenario(found, reference);
      } finally {
        server.close();
      }
    },
    120_000,
  );
});
