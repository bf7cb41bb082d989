// A fit of a hundred slices of 10,000 rows, with as many threads as the argument says: prints a line of JSON.
import { AlignedUMAP } from "../../dist/node/index.js";
import { peakMib } from "./peak.mjs";

const [slices, rows, cols, epochs, clusters] = [100, 10_000, 64, 50, 20];

/** Uniform in (-1, 1), the same at every call (xorshift). */
function generator(seed) {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state / 2 ** 31;
  };
}

/** Clusters that drift from slice to slice. */
const datasets = Array.from({ length: slices }, (_, slice) => {
  const random = generator(slice + 1);
  const centres = generator(12345);
  const center = Float32Array.from({ length: clusters * cols }, () => 5 * centres());
  const drift = Float32Array.from({ length: clusters * cols }, () => 0.02 * slice * centres());
  const data = Float32Array.from({ length: rows * cols }, (_, at) => {
    const of = (Math.floor(at / cols) % clusters) * cols + (at % cols);
    return Number(center[of]) + Number(drift[of]) + random();
  });
  return { data, rows, cols };
});
const same = Int32Array.from({ length: rows }, (_, row) => row);
const started = performance.now();
const aligned = new AlignedUMAP({ nEpochs: epochs, nThreads: Number(process.argv[2]) });
await aligned.fit(datasets, { relations: Array(slices - 1).fill([same, same]) });
const seconds = (performance.now() - started) / 1000;
const wasm_mib = aligned.diagnostics.wasmMemoryBytes / 2 ** 20;
const input_mib = (slices * rows * cols * 4) / 2 ** 20;
console.log(JSON.stringify({ slices, rows, cols, epochs, seconds, peak_mib: peakMib(), wasm_mib, input_mib }));
await aligned.dispose();
