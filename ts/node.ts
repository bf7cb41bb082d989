/** The package in Node. */
import { node } from "./platform/node.js";
import { installPlatform } from "./platform/platform.js";

installPlatform(node);

export * from "./index.js";
