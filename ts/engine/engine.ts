/**
 * One instance of the module with its workers: a host that runs the jobs and, in the threaded build, a pool. The
 * thread that holds the engine supervises: it started every worker, never blocks, and so hears of every failure.
 */
import { configuration } from "../configure.js";
import { UmapError } from "../errors.js";
import type { ErrorCode } from "../generated/index.js";
import { workerUrl } from "../platform/locate.js";
import { platform, type WorkerHandle } from "../platform/platform.js";
import type { Backend, Build, Capability, FromWorker, Host, JobMessage, Returned, StartPool } from "../protocol.js";
import { Calls } from "./calls.js";
import { sharedMemory } from "./memory.js";
import { buildFor, compiled } from "./modules.js";

export class Engine {
  readonly backend: Backend;
  readonly capability: Capability;
  /** The module that runs. */
  readonly build: Build;
  readonly threads: number;
  /** What lives in the module between calls, by number: see resident.ts. */
  readonly residents = new Set<number>();
  /** Settles when calls can be made. */
  readonly ready: Promise<void>;
  private readonly workers: WorkerHandle[] = [];
  private readonly pending = new Set<(error: UmapError) => void>();
  private readonly listeners = new Map<number, (message: JobMessage) => void>();
  private host: Calls | undefined;
  private users = 0;
  private death: UmapError | undefined;

  constructor(backend: Backend, capability: Capability, threads: number) {
    this.backend = backend;
    this.capability = capability;
    this.build = buildFor(backend, capability);
    this.threads = threads;
    this.ready = this.untilDeath(this.start().catch(startFailure));
    // An engine that did not start is not to be found again.
    this.ready.catch(({ message }) => this.end("worker-start", message));
  }

  get alive(): boolean {
    return this.death === undefined;
  }

  /** Whether nobody needs it. */
  get unused(): boolean {
    return this.users === 0 && this.residents.size === 0;
  }

  /** While it is in use the engine keeps the process alive. */
  enter(): void {
    this.users += 1;
    for (const worker of this.workers) worker.keepAlive(true);
  }

  leave(): void {
    this.users -= 1;
    if (this.users === 0) for (const worker of this.workers) worker.keepAlive(false);
  }

  /** Calls a method of the host; memory in `moved` goes there. An error that it answers is thrown. */
  call<Method extends keyof Host>(
    method: Method,
    values: Parameters<Host[Method]>,
    moved?: ArrayBuffer[],
  ): Promise<Returned<Method>> {
    const notStarted = () => Promise.reject(this.death ?? new UmapError("worker-start", "the engine is not started"));
    return this.untilDeath(this.host?.call(method, values, moved) ?? notStarted());
  }

  /** Hands what a job tells to a listener until it is called without one. */
  listen(job: number, listener?: (message: JobMessage) => void): void {
    if (listener) this.listeners.set(job, listener);
    else this.listeners.delete(job);
  }

  /** Ends every worker and rejects every call that waits. */
  end(code: ErrorCode, message: string): void {
    if (this.death) return;
    this.death = new UmapError(code, message);
    for (const worker of this.workers) worker.terminate();
    for (const reject of this.pending) reject(new UmapError(code, message));
    this.pending.clear();
  }

  private untilDeath<T>(promise: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.death) return reject(this.death);
      this.pending.add(reject);
      promise.then(resolve, reject).finally(() => this.pending.delete(reject));
    });
  }

  private async start(): Promise<void> {
    const { startTimeout } = configuration;
    const script = workerUrl();
    const limit = setTimeout(() => {
      this.end("worker-start", `the workers did not start within ${startTimeout} ms; tried ${place(script)}`);
    }, startTimeout);
    try {
      // All scripts load while the module compiles.
      const host = this.spawn(script);
      const pool = Array.from({ length: this.backend === "threads" ? this.threads : 0 }, () => this.spawn(script));
      const module = await compiled(this.build);
      if (this.alive) await this.startHost(host, pool, module);
    } finally {
      clearTimeout(limit);
    }
  }

  private async startHost(host: WorkerHandle, pool: WorkerHandle[], module: WebAssembly.Module): Promise<void> {
    const memory = this.backend === "threads" ? sharedMemory() : undefined;
    const calls = new Calls(host);
    const ready = new Promise<void>((resolve) => {
      host.listen(async (message) => {
        if (message.type === "ready") resolve();
        if (message.type === "answer") calls.settle(message);
        if (message.type === "progress" || message.type === "question") this.listeners.get(message.job)?.(message);
        if (message.type === "need-pool" && memory) {
          const start = { type: "start-pool", build: this.build, module, memory, receiver: message.receiver } as const;
          await Promise.all(pool.map((worker) => startPoolWorker(worker, start)));
          host.post({ type: "pool-ready" });
        }
      });
    });
    host.post({ type: "start-host", build: this.build, module, memory, threads: this.threads });
    await ready;
    this.host = calls;
  }

  private spawn(url: URL): WorkerHandle {
    const worker = spawned(url);
    this.workers.push(worker);
    worker.listen((message) => {
      if (message.type === "trap") this.end(message.error.code, message.error.message);
    });
    worker.onFailure((reason) => {
      const message = `a worker of umap-wasm failed: ${reason}; its script is ${place(url)}`;
      if (this.host === undefined) this.end("worker-start", `${message}. ${platform().advice()}`);
      else this.end("instance-lost", message);
    });
    return worker;
  }
}

/** Resolves when the worker waits for work. */
function startPoolWorker(worker: WorkerHandle, start: StartPool): Promise<void> {
  return new Promise((resolve) => {
    worker.listen(({ type }: FromWorker) => {
      if (type === "ready") resolve();
    });
    worker.post(start);
  });
}

/** Whatever the platform throws: processes and pages may be forbidden much. */
function startFailure(cause: unknown): never {
  if (cause instanceof UmapError) throw cause;
  throw new UmapError("worker-start", `the workers could not be started: ${cause}`, { cause });
}

function spawned(url: URL): WorkerHandle {
  try {
    return platform().spawn(url);
  } catch (cause) {
    const message = `a worker of umap-wasm could not be started: ${cause}; its script is ${place(url)}`;
    throw new UmapError("worker-start", `${message}. ${platform().advice()}`, { cause });
  }
}

/** For messages: an inlined script is its own address. */
function place({ href }: URL): string {
  return href.startsWith("data:") ? "inlined" : href;
}
