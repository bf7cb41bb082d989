/** The worker's script in browsers. */
import { serve } from "./worker.js";

const scope = globalThis as unknown as DedicatedWorkerGlobalScope;
const turns = new MessageChannel();
const waiting: (() => void)[] = [];
turns.port1.onmessage = () => waiting.shift()?.();

serve({
  post: (message, moved = []) => scope.postMessage(message, moved),
  listen: (callback) => scope.addEventListener("message", (event) => callback(event.data)),
  // Not a timer: browsers hold nested timers back to 4 ms.
  nextTurn: () =>
    new Promise((resolve) => {
      waiting.push(resolve);
      turns.port2.postMessage(undefined);
    }),
});
