/** Chromium as Debian has it, without what it would load from elsewhere. */
import { chromium } from "playwright-core";

export const CHROMIUM = "/usr/bin/chromium";

export function openChromium() {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}
