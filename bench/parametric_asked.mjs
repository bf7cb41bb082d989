// What was asked of ParametricUMAP, beside what was measured.
import { flopsOfRow } from "./parametric_steps.mjs";
import { mean, median, spread } from "./table.mjs";

export const count = (number) => number.toLocaleString("en");
export const ratio = (value) => value.toFixed(2);
export const seconds = (values) => median(values).toFixed(1);
export const threadsText = (threads) => `${threads} ${threads === 1 ? "thread" : "threads"}`;

/** A fact of every run of a program. */
export const of = (runs, program, key) => runs.filter((run) => run.program === program).map((run) => run[key]);
const ours = (part, key) => of(part.runs, "ParametricUMAP", key);

/** The median speed of a program's steps or products. */
const speedOf = (entries, start, threads) => {
  const found = entries.find((entry) => entry.program.startsWith(start) && entry.threads === threads);
  return found && median(found.speeds);
};

/** Of each number of threads: a transform, and its products at the speed of products alone. */
export function transforms({ large, steps }) {
  const flops = large.asked * flopsOfRow(large.cols);
  return large.runs[0].transforms.map(({ threads }) => {
    const ms = median(large.runs.map((run) => run.transforms.find((one) => one.threads === threads).ms));
    const speed = steps && speedOf(steps.products, "umap-wasm", threads);
    return { threads, ms, products: speed && flops / speed / 1e6 };
  });
}

/** Lines of [what, asked, measured], each where its parts were measured. */
export const asked = (record) => [stepsAsked, fitsAsked, transformsAsked, neighborsAsked].flatMap((of) => of(record));

function stepsAsked({ steps }) {
  if (!steps) return [];
  return [...new Set([1, steps.threads])].flatMap((threads) => {
    const jax = speedOf(steps.steps, "JAX", threads);
    if (!jax) return [];
    const found = ["all columns", "principal components"].map(
      (kind) => `${ratio(speedOf(steps.steps, `umap-wasm, ${kind}`, threads) / jax)} (${kind})`,
    );
    return [[`steps per second, as a part of JAX's (${threadsText(threads)})`, "at least 0.3", found.join(", ")]];
  });
}

function fitsAsked({ small, "umap-learn": umapLearn, large }) {
  const lines = [];
  if (small && umapLearn) {
    const share = median(ours(small, "seconds")) / umapLearn.runs[0].seconds;
    lines.push([`fit of ${count(small.fitted)}, as a part of umap-learn's time`, "at most 0.2", share.toFixed(3)]);
  }
  const accuracy = (part, least) => [
    `accuracy of new rows, model of ${count(part.fitted)}`,
    `at least ${least}`,
    spread(ours(part, "accuracy")),
  ];
  if (small) lines.push(accuracy(small, 0.88));
  if (large) {
    lines.push([`fit of ${count(large.fitted)}, s`, "at most 300", seconds(ours(large, "seconds"))]);
    lines.push(accuracy(large, 0.93));
  }
  return lines;
}

function transformsAsked(record) {
  if (!record.large || !record.steps) return [];
  return transforms(record)
    .filter(({ products }) => products)
    .map(({ threads, ms, products }) => [
      `\`transform\`, as a multiple of its products (${threadsText(threads)})`,
      "at most 2",
      ratio(ms / products),
    ]);
}

function neighborsAsked({ small, digits, split }) {
  const compared = (part, key, what) => {
    if (part?.runs[0][key] === undefined) return [];
    const [own, other] = ["ParametricUMAP", "UMAP"].map((program) => mean(of(part.runs, program, key)));
    const rows = key === "kept" ? `${count(part.fitted)} of ${what}` : `${count(part.asked)} new rows of ${what}`;
    return [[`neighbours kept, as a part of UMAP's: ${rows}`, "at least 0.9", ratio(own / other)]];
  };
  return [
    ...compared(small, "kept", "MNIST"),
    ...compared(small, "new_kept", "MNIST"),
    ...compared(digits, "kept", "the digits"),
    ...compared(split, "kept", "the digits"),
    ...compared(split, "new_kept", "the digits"),
  ];
}
