// The page of aligned embeddings, as a file and as a picture.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { bundleTemplate, fillTemplate } from "./aligned/page.mjs";
import { openChromium } from "./chromium.mjs";
import { FORMAT } from "./figures.mjs";

/** Writes the page; `plot` is what fillTemplate takes. */
export async function writeAlignedPage(file, plot) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, fillTemplate(await bundleTemplate(), plot));
  console.log(`Open ${pathToFileURL(resolve(file))}`);
}

/** Writes a picture of the page at one slice, without what is beside the views. */
export async function writePageShot(file, page, slice) {
  const browser = await openChromium();
  try {
    const tab = await browser.newPage({ viewport: { width: 1500, height: 700 } });
    await tab.goto(pathToFileURL(resolve(page)).href);
    await tab.locator("#message").waitFor({ state: "hidden" });
    await tab.locator("#ticks button").nth(slice).click();
    await tab.addStyleTag({ content: "#tools { display: none }" });
    await tab.waitForTimeout(300);
    writeFileSync(file, await tab.screenshot(FORMAT));
  } finally {
    await browser.close();
  }
}
