// The table of compare.mjs: every run, then each program's mean.

const COLUMNS = [
  ["seconds", "s", (value) => value.toFixed(2)],
  ["peak_mib", "peak MiB", (value) => String(Math.round(value))],
  ["trustworthiness", "trustworthiness", (value) => value.toFixed(4)],
  ["preservation", "neighbours kept", (value) => value.toFixed(4)],
  ["label_accuracy", "label accuracy", (value) => value.toFixed(4)],
];

export function markdownTable(programs, runs) {
  const columns = COLUMNS.filter(([field]) => runs.every((run) => run[field] !== undefined));
  const line = (cells) => `| ${cells.join(" | ")} |`;
  const cells = (values) => columns.map(([field, , format]) => format(values[field]));
  return [
    line(["program", "run", "load", ...columns.map(([, title]) => title)]),
    line(["---", "---", ...columns.map(() => "---:"), "---:"]),
    ...runs.map((run) => line([run.program, run.repeat, run.load, ...cells(run)])),
    ...programs.map((program) =>
      line([
        `**${program}**`,
        "mean",
        "",
        ...cells(
          mean(
            columns,
            runs.filter((run) => run.program === program),
          ),
        ),
      ]),
    ),
  ].join("\n");
}

const mean = (columns, runs) =>
  Object.fromEntries(columns.map(([field]) => [field, runs.reduce((sum, run) => sum + run[field], 0) / runs.length]));
