// Charts side by side, drawn by Observable Plot in Chromium.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { openChromium } from "../test/browser/chromium.mjs";

/**
 * Writes a picture (JPEG) of charts, some to a row.
 * @param {string} file
 * @param {object} picture
 * @param {string} picture.title
 * @param {number} picture.perRow charts in a row
 * @param {{ caption: string, draw: (Plot: any, data: any) => Element, data: unknown }[]} picture.charts `draw` runs in the
 * page: it may use nothing but its arguments
 */
export async function writeCharts(file, { title, perRow, charts }) {
  const plot = await build({
    stdin: { contents: 'export * from "@observablehq/plot"', resolveDir: fileURLToPath(new URL(".", import.meta.url)) },
    bundle: true,
    minify: true,
    format: "iife",
    globalName: "Plot",
    write: false,
  });
  const browser = await openChromium();
  try {
    const page = await browser.newPage();
    await page.setViewportSize({ width: perRow * 616 + 16, height: 400 });
    await page.setContent(composed(title, perRow, charts));
    await page.addScriptTag({ content: plot.outputFiles[0].text });
    for (const [at, { draw, data }] of charts.entries()) {
      const script = `(data) => document.querySelectorAll("figure")[${at}].append((${draw})(Plot, data))`;
      await page.evaluate(`(${script})(${JSON.stringify(data)})`);
    }
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, await page.screenshot({ type: "jpeg", quality: 75, fullPage: true }));
  } finally {
    await browser.close();
  }
}

function composed(title, perRow, charts) {
  const figures = charts.map(({ caption }) => `<figure><figcaption>${caption}</figcaption></figure>`);
  return `<!doctype html><style>
    body { margin: 0; padding: 12px 16px; font: 15px system-ui, sans-serif; color: #1c2027; background: #fff }
    h1 { font-size: 19px; margin: 0 0 10px }
    main { display: grid; grid-template-columns: repeat(${perRow}, 600px); gap: 12px 16px }
    figure { margin: 0 } figcaption { margin-bottom: 4px }
    </style><h1>${title}</h1><main>${figures.join("")}</main>`;
}
