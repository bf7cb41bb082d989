/** A worker of either role; the first message says which. */
import * as comlink from "comlink";
import type { PoolReady, Start, StartHost, StartPool } from "../protocol.js";
import * as single from "../wasm/single/umap_wasm.js";
import * as threads from "../wasm/threads/umap_wasm.js";
import { createHost, type Wasm } from "./host.js";
import { causeOfDeath } from "./last-words.js";
import type { WorkerScope } from "./scope.js";
import { onPoolNeeded } from "./start-workers.js";

export function serve(scope: WorkerScope): void {
  scope.listen((data) => {
    const message = data as Start;
    if (message.type === "start-host") void startHost(scope, message);
    if (message.type === "start-pool") startPool(scope, message);
  });
}

async function startHost(scope: WorkerScope, { backend, module, memory, threads: count }: StartHost) {
  if (backend === "threads") {
    onPoolNeeded((receiver) => {
      scope.post({ type: "need-pool", receiver });
      return poolReady(scope);
    });
    await serveJobs(scope, threads, threads.initSync({ module, memory }).memory, () => threads.initThreadPool(count));
  } else {
    await serveJobs(scope, single, single.initSync({ module }).memory);
  }
}

/** The calls of the two builds are the same, but for the pool. */
async function serveJobs(
  scope: WorkerScope,
  wasm: Wasm,
  memory: WebAssembly.Memory,
  startThreads?: () => Promise<void>,
) {
  const trapped = (thrown: unknown) => scope.post({ type: "trap", error: causeOfDeath(thrown, memory) });
  try {
    wasm.initialize();
    await startThreads?.();
    comlink.expose(createHost(wasm, scope, trapped), scope.endpoint);
    scope.post({ type: "ready" });
  } catch (thrown) {
    trapped(thrown);
  }
}

function poolReady(scope: WorkerScope): Promise<void> {
  return new Promise((resolve) => {
    scope.listen((data) => {
      if ((data as PoolReady).type === "pool-ready") resolve();
    });
  });
}

/** Works for rayon until the worker is terminated; returns only by a trap. */
function startPool(scope: WorkerScope, { module, memory, receiver }: StartPool) {
  try {
    threads.initSync({ module, memory });
    scope.post({ type: "ready" });
    threads.wbg_rayon_start_worker(receiver);
  } catch (thrown) {
    scope.post({ type: "trap", error: causeOfDeath(thrown, memory) });
  }
}
