import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.{ts,js}"],
    // Two at a time: the tests start pools of threads of their own, but wait for browsers, workers and timers, too.
    maxWorkers: 2,
    testTimeout: 60_000,
    // A page without a graphics card on a busy machine may take seconds for what takes a tenth of one alone.
    expect: { poll: { timeout: 10_000 } },
    reporters: ["default", "./test/slowest.ts"],
    // What is tested is the bundle that ships, as Node loads it.
    server: { deps: { external: [/\/dist\//] } },
  },
});
