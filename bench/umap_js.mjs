/**
 * umap-js and the drop-in for it: the same rows, without options, in turns.
 *
 *   node bench/umap_js.mjs                              all parts
 *   node bench/umap_js.mjs --part large --repeats 1     one of them, in place of what it gave before
 */
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import manifest from "umap-js/package.json" with { type: "json" };
import { flags, someOf, wholeNumber } from "./flags.mjs";
import { buildFirst, chosenDataset, interleaved, pointsOnDisk, scored } from "./measure.mjs";
import { openPages } from "./page.mjs";
import { DROP_IN_PROGRAMS, ready } from "./programs.mjs";
import { circumstances, header, save, savedOr } from "./record.mjs";
import { heading, line, median, tables } from "./table.mjs";

const NAME = "umap-js";
const PAGE_ROWS = "3000";

const inNode = (title, dataset, rows, cols) => ({
  title,
  /** Runs with their scores. */
  measure: async (repeats) => {
    const { folder, ...input } = pointsOnDisk(`${NAME}-${dataset}`, chosenDataset(dataset, rows));
    const programs = ready(DROP_IN_PROGRAMS, Object.keys(DROP_IN_PROGRAMS));
    const each = Object.fromEntries(Object.keys(programs).map((name) => [name, repeats]));
    const setting = { programs, repeats: each, values: { ...input.points, threads: 1 }, folder, limit: 600 };
    return scored(
      input,
      interleaved(setting, () => {}),
      10_000,
    );
  },
  show: (runs) => tables(Object.keys(DROP_IN_PROGRAMS), runs, (rows * cols * 4) / 2 ** 20),
});

const PARTS = {
  large: inNode("10,000 MNIST rows in Node, from import to embedding", "mnist", "10000", 784),
  small: inNode("500 x 50 in Node, from import to embedding: cold starts", "blobs50", "500", 50),
  page: { title: `${PAGE_ROWS} MNIST rows by fitAsync in a page of Chromium`, measure: measurePages, show: showPages },
};

async function measurePages(repeats) {
  const { points } = pointsOnDisk(`${NAME}-page`, chosenDataset("mnist", PAGE_ROWS));
  const root = new URL("..", import.meta.url).pathname;
  const scripts = {
    "umap-wasm/umap-js": {
      type: "module",
      content: 'import { UMAP } from "/drop-in.js"; window.UMAP = UMAP;',
    },
    "umap-js": { path: `${root}node_modules/umap-js/lib/umap-js.min.js` },
  };
  const files = { points: points.points, "drop-in.js": `${root}dist/umap-js.js` };
  const pages = await openPages(files);
  const runs = [];
  for (let repeat = 1; repeat <= repeats; repeat++) {
    for (const [program, script] of Object.entries(scripts)) {
      runs.push({ program, repeat, chromium: pages.version, ...(await pages.fit(script, points)) });
      console.error(`${program} ${repeat}/${repeats} in a page: ${runs.at(-1).seconds.toFixed(2)} s`);
    }
  }
  await pages.close();
  return runs;
}

function showPages(runs) {
  const columns = [
    ["s", "seconds", 2],
    ["long tasks", "longTasks", 0],
    ["longest task, ms", "longestTask", 0],
    ["frames/s", "framesPerSecond", 0],
    ["longest time without a frame, ms", "longestGap", 0],
  ];
  const programs = [...new Set(runs.map(({ program }) => program))];
  const rows = programs.map((program) => {
    const mine = runs.filter((run) => run.program === program);
    const cells = columns.map(([, field, digits]) => median(mine.map((run) => run[field])).toFixed(digits));
    return line([program, mine.length, ...cells]);
  });
  const titles = ["program", "runs", ...columns.map(([title]) => title)];
  return [...heading(titles, 1), ...rows, "", `Medians; Chromium ${runs[0].chromium}.`].join("\n");
}

const {
  part,
  repeats,
  "no-build": noBuild,
} = flags({
  part: Object.keys(PARTS).join(","),
  repeats: "3",
  "no-build": false,
});
await buildFirst(!noBuild);
const record = savedOr(NAME, {});
for (const name of someOf("part", part, Object.keys(PARTS))) {
  const runs = await PARTS[name].measure(wholeNumber("repeats", repeats));
  record[name] = { ...circumstances(), runs };
  save(NAME, record, markdown());
}

function markdown() {
  const bytes = gzipSync(readFileSync(new URL("../dist/umap-js.js", import.meta.url)), { level: 9 }).length;
  const sections = Object.entries(PARTS).filter(([name]) => record[name] !== undefined);
  return [
    `# The drop-in beside umap-js ${manifest.version}`,
    "",
    `- Node ${process.versions.node}; every run is a process, or a page, of its own; no options, so umap-js starts from`,
    "  random places and does 200 epochs for 10,000 rows, the drop-in from the spectral layout, and 500.",
    `- What a page loads for the drop-in: one script, ${(bytes / 1000).toFixed(1)} kB gzipped (gzip -9), the module in it.`,
    ...sections.flatMap(([name, { title, show }]) => [
      "",
      `## ${title}`,
      "",
      ...header(record[name]),
      "",
      show(record[name].runs),
    ]),
  ].join("\n");
}
