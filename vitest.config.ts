import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.{ts,js}"],
    // Tool chains that are installed for these tests: see there.
    exclude: process.env.BUNDLERS ? [] : ["test/bundlers/**"],
    // Two at a time: the tests start pools of threads of their own, but wait for browsers, workers and timers, too.
    maxWorkers: 2,
    testTimeout: 60_000,
    // Without a graphics card, and on a busy machine, a page is slow to draw.
    expect: { poll: { timeout: 10_000 } },
    reporters: ["default", "./test/slowest.ts"],
    // What is tested is the bundle that ships, as Node loads it.
    server: { deps: { external: [/\/dist\//] } },
  },
});
