/** A page in Chromium or Firefox, as Debian has them; both answer `evaluate`. */
import { existsSync } from "node:fs";
import puppeteer from "puppeteer-core";
import { CHROMIUM, openChromium } from "../../plot/chromium.mjs";

interface Page {
  goto(url: string): Promise<unknown>;
  evaluate<T>(expression: string): Promise<T>;
}

interface Browser {
  page: Page;
  close(): Promise<void>;
}

const FIREFOX = "/usr/bin/firefox-esr";

export const browsers: Record<string, { installed: boolean; launch: () => Promise<Browser> }> = {
  Chromium: { installed: existsSync(CHROMIUM), launch: launchChromium },
  Firefox: { installed: existsSync(FIREFOX), launch: launchFirefox },
};

async function launchChromium(): Promise<Browser> {
  const browser = await openChromium();
  const page = await browser.newPage();
  return { page: page as Page, close: () => browser.close() };
}

async function launchFirefox(): Promise<Browser> {
  const browser = await puppeteer.launch({ browser: "firefox", executablePath: FIREFOX, headless: true });
  const page = await browser.newPage();
  return { page: page as unknown as Page, close: () => browser.close() };
}
