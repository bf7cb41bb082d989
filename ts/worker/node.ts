/** The worker's script in Node. */
import { parentPort } from "node:worker_threads";
import { serve } from "./worker.js";

if (parentPort === null) throw new Error("this file is started as a worker by umap-wasm");
const port = parentPort;

serve({
  post: (message, moved = []) => port.postMessage(message, moved),
  listen: (callback) => port.on("message", callback),
  nextTurn: () => new Promise((resolve) => setImmediate(resolve)),
});
