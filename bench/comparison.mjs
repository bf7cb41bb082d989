// What compare.mjs and neighbors.mjs share: flags, the course of a comparison, and its report.
import { main } from "../scripts/run.mjs";
import { counts, flags, oneOf, someOf, wholeNumber } from "./flags.mjs";
import { buildFirst, chosenDataset, interleaved, pointsOnDisk, scored } from "./measure.mjs";
import { ready } from "./programs.mjs";
import { python } from "./python.mjs";
import { circumstances, header, save, saved } from "./record.mjs";
import { tables } from "./table.mjs";

const FLAGS = {
  dataset: "mnist",
  rows: "",
  metric: "",
  repeats: "3",
  "repeats-of": "",
  threads: "2",
  sample: "10000",
  limit: "3600",
  only: "",
  rescore: false,
  "no-build": false,
};

/**
 * `registry`: the programs there are; `defaults`: further flags; `choose(given)`: `{ programs, suffix }` for the flags that
 * were given, the suffix for the names of the results; `notes`: lines of the report.
 */
export function comparison({ registry, defaults = {}, choose, notes }) {
  return main(async () => {
    const wanted = options(registry, { ...FLAGS, ...defaults }, choose);
    const ours = wanted.programs.some((program) => program.startsWith("umap-wasm"));
    // What is missing is found before anything long starts.
    python();
    if (!wanted.rescore) await buildFirst(ours && !wanted["no-build"]);
    const keep = (record) => save(wanted.name, record, report(record, notes));
    const record = wanted.rescore ? saved(wanted.name) : measured(wanted, registry, keep);
    record.runs = scored(record.input, record.runs, wanted.sample);
    keep(record);
    console.log(report(record, notes));
  });
}

function options(registry, defaults, choose) {
  const given = flags(defaults);
  const all = Object.keys(registry);
  const { programs, suffix } = choose(given);
  const chosen = given.only ? someOf("only", given.only, all) : programs;
  const repeats = wholeNumber("repeats", given.repeats);
  // A table of some of the programs does not take the place of the whole one.
  const parts = [given.dataset, given.rows, suffix, given.only && chosen.join("+")];
  return {
    ...given,
    programs: chosen,
    name: parts.filter(Boolean).join("-"),
    threads: wholeNumber("threads", given.threads),
    sample: wholeNumber("sample", given.sample),
    limit: wholeNumber("limit", given.limit),
    repeats: {
      ...Object.fromEntries(chosen.map((name) => [name, repeats])),
      ...counts("repeats-of", given["repeats-of"], all),
    },
  };
}

function measured(wanted, registry, keep) {
  const chosen = ready(registry, wanted.programs);
  const { data, labels, ...dataset } = chosenDataset(wanted.dataset, wanted.rows);
  if (wanted.metric) dataset.metric = oneOf("metric", wanted.metric, ["euclidean", "cosine"]);
  const { name, rows, cols, metric } = dataset;
  const { programs, threads, repeats, limit } = wanted;
  const input = pointsOnDisk(wanted.name, { ...dataset, data, labels });
  const record = { circumstances: circumstances(), dataset: { name, rows, cols, metric }, threads, programs, input };
  const values = { ...input.points, threads };
  interleaved({ programs: chosen, repeats, values, folder: input.folder, limit }, (runs) => {
    record.runs = runs;
    keep(record);
  });
  return record;
}

function report({ circumstances, dataset, threads, programs, runs }, notes) {
  const { name, rows, cols, metric } = dataset;
  const versions = new Set(runs.flatMap((run) => run.versions ?? []));
  const rowsOf = (field) => runs.find((run) => run[field])?.[field];
  const samples = [
    [rowsOf("recall_rows"), "rows for recall"],
    [rowsOf("rows_scored"), "rows for the rest"],
  ].filter(([count]) => count);
  const quality = samples.map(([count, what]) => `${count} ${what}`).join(", ");
  return [
    `# ${name}: ${rows} x ${cols}, ${metric}, ${threads} threads`,
    "",
    ...header(circumstances),
    `- ${[...versions].join("; ")}`,
    ...notes.map((note) => `- ${note}`),
    "- Memory: peak of the whole process; input: the points as 32-bit floats. Load: the machine's 1-minute average at the start.",
    `- Quality at k = 15, the point itself counted: the same ${quality || "rows"} for all programs, against all rows.`,
    "- Times and memory are medians, quality is the mean ± half the range.",
    "",
    tables(programs, runs, (rows * cols * 4) / 2 ** 20),
  ].join("\n");
}
