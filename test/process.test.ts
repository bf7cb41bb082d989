/** The package in programs of their own: it resolves, and does not keep the process alive. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const root = new URL("..", import.meta.url);
const run = (...args: string[]) => promisify(execFile)(process.execPath, args, { cwd: root, timeout: 20_000 });

const WORK = `nearestNeighbors([[0, 0], [3, 4], [9, 9]]).then(({ k }) => console.log("k", k))`;

it.each([
  ["import", ["--input-type=module", "--eval", `import { nearestNeighbors } from "umap-wasm"; await ${WORK}`]],
  ["require", ["--input-type=commonjs", "--eval", `const { nearestNeighbors } = require("umap-wasm"); ${WORK}`]],
])("%s works and the process ends by itself", async (_, args) => {
  const { stdout, stderr } = await run(...args);
  expect(stdout).toMatch(/^k \d+\n$/);
  expect(stderr).toBe("");
});

it("the process ends by itself after a failure", async () => {
  const program = `import "umap-wasm"; import { provoke } from "./dist/testing.js"; await provoke("panic-in-pool", 2).catch((e) => console.log(e.code));`;
  expect((await run("--input-type=module", "--eval", program)).stdout).toBe("panic\n");
});

it("the process ends by itself when nobody goes on with frames", async () => {
  const program = `import { UMAP } from "umap-wasm";
    const data = new Float32Array(2000 * 16).map((_, at) => at % 37);
    const frames = new UMAP({ nThreads: 2 }).frames({ data, rows: 2000, cols: 16 }, { every: 1 });
    console.log((await frames.next()).value.epoch);`;
  expect((await run("--input-type=module", "--eval", program)).stdout).toBe("1\n");
});

it("many calls that share a signal, or none, warn of nothing", async () => {
  const program = `import { NeighborIndex, nearestNeighbors } from "umap-wasm";
    const rows = Array.from({ length: 200 }, (_, i) => [i, i % 7]);
    const { signal } = new AbortController();
    const index = await NeighborIndex.build(rows);
    await Promise.all(rows.slice(0, 40).flatMap((row) => [
      index.query([row]), index.query([row], { signal }), nearestNeighbors(rows, { signal }),
    ]));
    console.log("done");`;
  const { stdout, stderr } = await run("--input-type=module", "--eval", program);
  expect({ stdout, stderr }).toEqual({ stdout: "done\n", stderr: "" });
});

it.each([
  ["without WebAssembly", ["--jitless"], "no WebAssembly"],
  ["that may start no workers", ["--experimental-permission", "--allow-fs-read=*"], "could not be started"],
])("a process %s is told by a UmapError", async (_, flags, message) => {
  const program = `import { nearestNeighbors } from "umap-wasm";
    await nearestNeighbors([[0, 0], [3, 4]]).catch((e) => console.log(e.name, e.code, e.message));`;
  const { stdout } = await run(...flags, "--input-type=module", "--eval", program);
  expect(stdout).toMatch(new RegExp(`^UmapError worker-start .*${message}`));
});

it("the process stays alive while a call runs that nobody awaits", async () => {
  const program = `import { nearestNeighbors } from "umap-wasm";
    const data = new Float32Array(6000 * 64);
    nearestNeighbors({ data, rows: 6000, cols: 64 }).then(() => console.log("done"));`;
  expect((await run("--input-type=module", "--eval", program)).stdout).toBe("done\n");
});
