// Pictures of embeddings side by side: each panel is drawn by the demo's scatter page in Chromium.

import { legendOf, showFigures, writePage } from "./figures.mjs";
import { bundleTemplate, fillTemplate } from "./scatter/page.mjs";
import { palette } from "./scatter/palette.js";

/** The page has a column beside the plot. */
const COLUMN = 300;

/**
 * Writes a picture of panels, some to a row.
 * @param {string} file
 * @param {object} picture
 * @param {string} picture.title
 * @param {string[]} picture.classes names for the legend; the label of a point is the number of its class
 * @param {string[]} [picture.colours] of the classes
 * @param {number} picture.perRow panels in a row
 * @param {number} [picture.side] pixels of a panel in the picture; it is drawn at twice that
 * @param {{ caption: string, positions: Float32Array, labels: ArrayLike<number>, bounds?: number[] }[]} picture.panels
 */
export async function writePicture(file, picture) {
  const { title, classes, colours = palette(classes.length), perRow, side = 400, panels } = picture;
  const template = await bundleTemplate();
  await writePage(file, async (page) => {
    const all = [];
    for (const { caption, ...plot } of panels) {
      const html = fillTemplate(template, { title: caption, classes, colours, ...plot });
      const image = await panelImage(page, html, side);
      all.push({ caption, content: `<img src="data:image/png;base64,${image}">` });
    }
    await showFigures(page, { title, perRow, side, all, legend: legendOf(classes, colours), style: style(side) });
  });
}

/** The smallest box around all finite points of all embeddings, so that several panels show the same part of the plane. */
export function boundsOf(...embeddings) {
  const bounds = [Infinity, -Infinity, Infinity, -Infinity];
  for (const positions of embeddings) {
    for (const [at, value] of positions.entries()) {
      if (!Number.isFinite(value)) continue;
      const low = 2 * (at % 2);
      bounds[low] = Math.min(bounds[low], value);
      bounds[low + 1] = Math.max(bounds[low + 1], value);
    }
  }
  return bounds;
}

/** The plot of a page without what is beside it. */
async function panelImage(page, html, side) {
  await page.setViewportSize({ width: 2 * side + COLUMN, height: 2 * side });
  await page.setContent(html);
  await page.addStyleTag({ content: "#tools { display: none }" });
  await page.waitForFunction(() => document.getElementById("message").hidden);
  await page.waitForTimeout(300);
  return (await page.locator("#canvas").screenshot()).toString("base64");
}

function style(side) {
  return `img { width: ${side - 2}px; height: ${side - 2}px; border: 1px solid #dfe2e8; display: block }`;
}
