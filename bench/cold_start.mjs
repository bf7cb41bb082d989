// From import to embedding in a process of its own: `node bench/cold_start.mjs [runs]`, 500 x 64 at the defaults.
import { spawnSync } from "node:child_process";
import { availableParallelism } from "node:os";

const program = `
  const started = performance.now();
  const { UMAP } = await import("umap-wasm");
  const data = Float32Array.from({ length: 500 * 64 }, (_, i) => (Math.imul(i, 2654435761) >>> 8) / 2 ** 24);
  const umap = new UMAP();
  await umap.fit({ data, rows: 500, cols: 64 });
  console.log(JSON.stringify({ total: performance.now() - started, ...Object.fromEntries(umap.diagnostics.stageMs) }));
`;

const runs = Array.from({ length: Number(process.argv[2] ?? 9) }, () => {
  const child = spawnSync(process.execPath, ["--input-type=module", "--eval", program], { cwd: import.meta.dirname });
  if (child.status !== 0) throw new Error(String(child.stderr));
  return JSON.parse(String(child.stdout));
});
const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];
console.log(
  `Node ${process.versions.node}, ${availableParallelism()} processors, ${runs.length} runs, median milliseconds:`,
);
for (const stage of Object.keys(runs[0])) {
  console.log(
    `${stage.padEnd(10)}${median(runs.map((run) => run[stage]))
      .toFixed(0)
      .padStart(6)}`,
  );
}
