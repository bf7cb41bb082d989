/** Pages of memory that the threaded module asks for at least; the build reads it from the module. */
declare const INITIAL_PAGES: number;

declare module "comlink/dist/esm/node-adapter.mjs" {
  import type { MessagePort, Worker } from "node:worker_threads";
  /** Makes a Node port or worker speak like the browser's. */
  export default function nodeEndpoint(port: MessagePort | Worker): import("comlink").Endpoint;
}
