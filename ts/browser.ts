/** The package in browsers. */
import { browser } from "./platform/browser.js";
import { installPlatform } from "./platform/platform.js";

installPlatform(browser);

export * from "./index.js";
