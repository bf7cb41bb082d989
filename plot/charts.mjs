// Charts side by side, drawn by Observable Plot in Chromium.
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { showFigures, writePage } from "./figures.mjs";

/**
 * Writes a picture of charts, some to a row.
 * @param {string} file
 * @param {object} picture
 * @param {string} picture.title
 * @param {number} picture.perRow charts in a row
 * @param {string} [picture.legend] HTML below the charts
 * @param {{ caption: string, draw: (Plot: any, data: any) => Element, data: unknown }[]} picture.charts `draw` runs in the
 * page: it may use nothing but its arguments
 */
export async function writeCharts(file, { title, perRow, legend, charts }) {
  const plot = await build({
    stdin: { contents: 'export * from "@observablehq/plot"', resolveDir: fileURLToPath(new URL(".", import.meta.url)) },
    bundle: true,
    minify: true,
    format: "iife",
    globalName: "Plot",
    write: false,
  });
  await writePage(file, async (page) => {
    await showFigures(page, { title, perRow, side: 600, legend, all: charts });
    await page.addScriptTag({ content: plot.outputFiles[0].text });
    for (const [at, { draw, data }] of charts.entries()) {
      const script = `(data) => document.querySelectorAll("figure")[${at}].append((${draw})(Plot, data))`;
      await page.evaluate(`(${script})(${JSON.stringify(data)})`);
    }
  });
}
