/** A worker of either role; the first message decides which. */
import type { StartHost, StartPool } from "../protocol.js";
import { answerCalls } from "./answers.js";
import { type Glue, SINGLE, THREADED } from "./glue.js";
import { createHost } from "./host.js";
import { causeOfDeath } from "./last-words.js";
import type { WorkerScope } from "./scope.js";
import { onPoolNeeded } from "./start-workers.js";

export function serve(scope: WorkerScope): void {
  scope.listen((message) => {
    if (message.type === "start-host") void startHost(scope, message);
    if (message.type === "start-pool") startPool(scope, message);
  });
}

async function startHost(scope: WorkerScope, { build, module, memory, threads }: StartHost) {
  const [threaded, single] = [THREADED[build], SINGLE[build]];
  if (threaded) {
    onPoolNeeded((receiver) => {
      scope.post({ type: "need-pool", receiver });
      return poolReady(scope);
    });
    await serveJobs(scope, threaded, threaded.initSync({ module, memory }).memory, () =>
      threaded.initThreadPool(threads),
    );
  } else if (single) {
    await serveJobs(scope, single, single.initSync({ module }).memory);
  }
}

/** The calls of the two builds are the same, but for the pool. */
async function serveJobs(
  scope: WorkerScope,
  glue: Glue,
  memory: WebAssembly.Memory,
  startThreads?: () => Promise<void>,
) {
  const trapped = (thrown: unknown) => scope.post({ type: "trap", error: causeOfDeath(thrown, memory) });
  try {
    glue.initialize();
    await startThreads?.();
    answerCalls(scope, createHost(glue, scope), trapped);
    scope.post({ type: "ready" });
  } catch (thrown) {
    trapped(thrown);
  }
}

function poolReady(scope: WorkerScope): Promise<void> {
  return new Promise((resolve) => {
    scope.listen(({ type }) => {
      if (type === "pool-ready") resolve();
    });
  });
}

/** Works for rayon until the worker is terminated; returns only by a trap. */
function startPool(scope: WorkerScope, { build, module, memory, receiver }: StartPool) {
  try {
    const threaded = THREADED[build];
    threaded?.initSync({ module, memory });
    scope.post({ type: "ready" });
    threaded?.wbg_rayon_start_worker(receiver);
  } catch (thrown) {
    scope.post({ type: "trap", error: causeOfDeath(thrown, memory) });
  }
}
