// Figures side by side on one page, as a picture.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { openChromium } from "./chromium.mjs";

/** Letters and small dots stay clean, which they do not as JPEG. Ten panels of 400 points: 50 KB, as PNG 118 KB. */
export const FORMAT = { type: "webp", quality: 90 };

/**
 * Writes a picture of what `compose` puts on a page of Chromium.
 * @param {string} file
 * @param {(page: import("playwright-core").Page) => Promise<void>} compose
 */
export async function writePage(file, compose) {
  const browser = await openChromium();
  try {
    const page = await browser.newPage();
    await compose(page);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, await page.screenshot({ ...FORMAT, fullPage: true }));
  } finally {
    await browser.close();
  }
}

/**
 * Shows figures with captions, some to a row.
 * @param {import("playwright-core").Page} page
 * @param {object} figures
 * @param {string} figures.title
 * @param {number} figures.perRow
 * @param {number} figures.side width of a figure, and height of the page before it grows
 * @param {{ caption: string, content?: string }[]} figures.all `content` is HTML
 * @param {string} [figures.legend] HTML below the figures, as legendOf writes it
 * @param {string} [figures.style] more CSS
 */
export async function showFigures(page, { title, perRow, side, all, legend = "", style = "" }) {
  await page.setViewportSize({ width: perRow * (side + 16) + 16, height: side });
  const figures = all.map(
    ({ caption, content = "" }) => `<figure><figcaption>${caption}</figcaption>${content}</figure>`,
  );
  await page.setContent(`<!doctype html><style>
    body { margin: 0; padding: 12px 16px; font: 15px system-ui, sans-serif; color: #1c2027; background: #fff }
    h1 { font-size: 19px; margin: 0 0 10px }
    main { display: grid; grid-template-columns: repeat(${perRow}, ${side}px); gap: 12px 16px }
    figure { margin: 0 } figcaption { margin-bottom: 4px }
    footer { margin-top: 10px; font-size: 14px; line-height: 1.7 }
    footer span { margin-right: 10px; white-space: nowrap }
    footer i { display: inline-block; width: 10px; height: 10px; border-radius: 5px; margin-right: 5px }
    ${style}
    </style><h1>${title}</h1><main>${figures.join("")}</main><footer>${legend}</footer>`);
}

/** What the colours stand for. */
export function legendOf(classes, colours) {
  return classes.map((name, at) => `<span><i style="background:${colours[at]}"></i>${name}</span>`).join(" ");
}
