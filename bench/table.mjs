// Markdown of measured runs: every program's medians and means, their ratios, then every run.

export const line = (cells) => `| ${cells.join(" | ")} |`;
export const heading = (titles, texts) => [line(titles), line(titles.map((_, i) => (i < texts ? "---" : "---:")))];

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
export const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const halfRange = (values) => (Math.max(...values) - Math.min(...values)) / 2;

/** Without those of failed runs; the median and the mean of none are NaN. */
const valuesOf = (runs, program, field) =>
  runs.filter((run) => run.program === program && run[field] !== undefined).map((run) => run[field]);

const fixed = (digits) => (value) => value.toFixed(digits);
const middle = (format) => (values) => format(median(values));
export const spread = (values) =>
  `${mean(values).toFixed(4)}${values.length > 1 ? ` ± ${halfRange(values).toFixed(4)}` : ""}`;

const stageTexts = (stages) => Object.entries(stages).map(([name, seconds]) => `${name} ${seconds.toFixed(2)}`);
const stageMedians = (all) =>
  Object.fromEntries(Object.keys(all[0]).map((name) => [name, median(all.map((stages) => stages[name] ?? 0))]));

/** Title, value of a run, text of one value, text of a program's values. Those that no run has are left out. */
const columns = (inputMib) => [
  ["s", (run) => run.seconds, fixed(2), middle(fixed(2))],
  [
    "stages, s",
    (run) => (Object.keys(run.stages ?? {}).length > 0 ? run.stages : undefined),
    (stages) => stageTexts(stages).join(", "),
    (all) => stageTexts(stageMedians(all)).join(", "),
  ],
  ["peak MiB", (run) => run.peak_mib, fixed(0), middle(fixed(0))],
  ["peak / input", (run) => run.peak_mib && run.peak_mib / inputMib, fixed(2), middle(fixed(2))],
  ["WASM MiB", (run) => run.wasm_mib, fixed(0), middle(fixed(0))],
  ["WASM / input", (run) => run.wasm_mib && run.wasm_mib / inputMib, fixed(2), middle(fixed(2))],
  ["recall@15", (run) => run.recall, fixed(4), spread],
  ["its own estimate", (run) => run.recall_estimate ?? undefined, fixed(4), spread],
  ["trustworthiness@15", (run) => run.trustworthiness, fixed(4), spread],
  ["neighbours kept@15", (run) => run.preservation, fixed(4), spread],
  ["label accuracy", (run) => run.label_accuracy, fixed(4), spread],
];

const QUALITY = ["recall", "trustworthiness", "preservation", "label_accuracy"];

function summary(programs, runs, shown) {
  const rows = programs.map((program) => {
    const mine = runs.filter((run) => run.program === program);
    const cells = shown.map(([, value, , together]) => {
      const values = mine.map(value).filter((found) => found !== undefined);
      return values.length > 0 ? together(values) : "-";
    });
    const failed = mine.filter((run) => run.failed).length;
    return line([program, failed > 0 ? `${mine.length} (${failed} failed)` : mine.length, ...cells]);
  });
  return [...heading(["program", "runs", ...shown.map(([title]) => title)], 1), ...rows];
}

function ratios(programs, runs) {
  const ours = ["umap-wasm", "umap-wasm-1"].filter((name) => programs.includes(name));
  const of = (program, field) => median(valuesOf(runs, program, field));
  const ratio = (value) => (Number.isNaN(value) ? "-" : value.toFixed(2));
  const rows = programs.flatMap((program) =>
    ours
      .filter((own) => own !== program && program !== "umap-wasm")
      .map((own) =>
        line([
          `${program} / ${own}`,
          ...["seconds", "peak_mib"].map((field) => ratio(of(program, field) / of(own, field))),
        ]),
      ),
  );
  return rows.length > 0 ? ["", ...heading(["ratio of medians", "time", "peak memory"], 1), ...rows] : [];
}

/** How much better than umap-learn's, or where it did not run the first program's, the means of the quality are. */
function differences(programs, runs) {
  const base = programs.includes("umap-learn") ? "umap-learn" : programs[0];
  const of = (program, field) => mean(valuesOf(runs, program, field));
  const fields = QUALITY.filter((field) => !Number.isNaN(of(base, field)));
  const others = programs.filter(
    (program) => program !== base && fields.some((field) => !Number.isNaN(of(program, field))),
  );
  if (others.length === 0) return [];
  const signed = (value) => (Number.isNaN(value) ? "-" : `${value < 0 ? "" : "+"}${value.toFixed(4)}`);
  const cells = (program) => fields.map((field) => signed(of(program, field) - of(base, field)));
  return [
    "",
    ...heading(["difference of means", ...fields.map((field) => field.replace("_", " "))], 1),
    ...others.map((program) => line([`${program} - ${base}`, ...cells(program)])),
  ];
}

function everyRun(runs, shown) {
  const rows = runs.map((run) => {
    const cells = shown.map(([, value, text]) => (value(run) === undefined ? "-" : text(value(run))));
    if (run.failed) cells[0] = `failed after ${run.failed_after.toFixed(0)} s: ${run.failed}`;
    return line([run.program, run.repeat, run.load.toFixed(2), ...cells]);
  });
  return ["", ...heading(["program", "run", "load", ...shown.map(([title]) => title)], 1), ...rows];
}

/** `inputMib`: the points as 32-bit floats. */
export function tables(programs, runs, inputMib) {
  const shown = columns(inputMib).filter(
    ([title, value]) => title === "s" || runs.some((run) => value(run) !== undefined),
  );
  return [
    ...summary(programs, runs, shown),
    ...ratios(programs, runs),
    ...differences(programs, runs),
    ...everyRun(runs, shown),
  ].join("\n");
}
