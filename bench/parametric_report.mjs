// The report of parametric.mjs: what was asked beside what was measured, then the tables of the parts that there are.
import { asked, count, of, ratio, seconds, threadsText, transforms } from "./parametric_asked.mjs";
import { BATCH } from "./parametric_steps.mjs";
import { header } from "./record.mjs";
import { heading, line, median, spread } from "./table.mjs";

const shown = (values, show) => (values[0] === undefined ? "" : show(values));

/** Parts that hold fits, as rows of a table: a program on some rows. */
function fitRows(parts) {
  return parts.flatMap(({ fitted, asked, runs }) =>
    [...new Set(runs.map(({ program }) => program))].map((program) => ({
      program,
      fitted,
      asked,
      runs: runs.filter((run) => run.program === program),
    })),
  );
}

function askedTable(lines) {
  return lines.length > 0 ? ["", ...heading(["", "asked", "measured"], 1), ...lines.map(line)] : [];
}

function stepTables({ steps, products, rows }) {
  const titles = ["", "threads", "steps per second", "rows of a step", "GFLOP of a step", "GFLOP/s"];
  return [
    "",
    `## Steps on ${count(rows)} rows of MNIST`,
    "",
    `Default network, ${count(BATCH)} edges a step. Medians; ours between two reports of progress of one fit, so without the graph. A row that a step asks for twice goes through our network once (the number is what the graph's weights make expect), and through JAX's as often as asked for.`,
    "",
    ...heading(titles, 1),
    ...steps.map(({ program, threads, speeds, rows: batch, flops }) =>
      line([
        program,
        threads,
        median(speeds).toFixed(1),
        Math.round(batch),
        (flops / 1e9).toFixed(2),
        ((median(speeds) * flops) / 1e9).toFixed(1),
      ]),
    ),
    "",
    ...heading(["f32 matrix products alone", "threads", "GFLOP/s"], 1),
    ...products.map(({ program, threads, speeds }) => line([program, threads, median(speeds).toFixed(1)])),
  ];
}

function fitTable(parts) {
  const row = ({ program, fitted, runs }) => [
    program,
    count(fitted),
    runs.length,
    shown(of(runs, program, "steps"), ([steps]) => count(steps)),
    seconds(of(runs, program, "seconds")),
    shown(of(runs, program, "accuracy"), spread),
  ];
  return [
    "",
    "## Fits of MNIST",
    "",
    `Whole fits from points in memory. Accuracy: 15-NN on the embedding of the model, for ${count(parts[0].asked)} test rows placed by \`transform\` (scikit-learn, the same for all); the mean, ± half the range.`,
    "",
    ...heading(["", "rows", "fits", "steps", "s", "accuracy of new rows"], 1),
    ...fitRows(parts).map((one) => line(row(one))),
  ];
}

function transformTable(record) {
  const { fitted, asked: rows } = record.large;
  return [
    "",
    `## \`transform\` of ${count(rows)} rows by a model of ${count(fitted)}`,
    "",
    "The call as a program makes it, so the copy of the rows is in it; products: as many operations as the network has, at the speed of products alone.",
    "",
    ...heading(["threads", "ms", "products, ms", "ratio"], 0),
    ...transforms(record).map(({ threads, ms, products }) =>
      line([threads, ms.toFixed(1), products ? products.toFixed(1) : "", products ? ratio(ms / products) : ""]),
    ),
  ];
}

function neighborTable(parts) {
  const row = ({ dataset, program, fitted, runs }) => [
    dataset,
    program,
    count(fitted),
    runs.length,
    ...["kept", "trustworthiness", "new_kept"].map((key) => shown(of(runs, program, key), spread)),
  ];
  const titles = ["", "", "rows", "fits", "neighbours kept", "trustworthiness", "kept among new rows"];
  return [
    "",
    "## Neighbours",
    "",
    "Share of the 15 nearest rows that are among the 15 nearest in the embedding, and trustworthiness (`peers/score.py`, the same for all); of new rows among themselves (digits: the last 539).",
    "",
    ...heading(titles, 2),
    ...parts.flatMap(([dataset, part]) => fitRows([part]).map((one) => line(row({ dataset, ...one })))),
  ];
}

export function report(record) {
  const { steps, small, "umap-learn": umapLearn, large } = record;
  const parts = Object.values(record);
  const mnist = [small, umapLearn, large].filter(Boolean);
  const neighbors = [
    ["MNIST", small],
    ["MNIST", umapLearn],
    ["digits", record.digits],
    ["digits", record.split],
  ].filter(([, part]) => part);
  const circumstances = parts.flatMap((part) => [
    ...header(part.circumstances),
    `- ${part.versions}, ${threadsText(part.threads)}`,
  ]);
  return [
    "# ParametricUMAP",
    "",
    ...new Set(circumstances),
    ...askedTable(asked(record)),
    ...(steps ? stepTables(steps) : []),
    ...(mnist.length > 0 ? fitTable(mnist) : []),
    ...(large ? transformTable(record) : []),
    ...(neighbors.length > 0 ? neighborTable(neighbors) : []),
  ].join("\n");
}
