import type { Platform, WorkerHandle } from "./platform.js";

export const browser: Platform = {
  workerFile: "worker.js",
  resolve: (setting) => new URL(setting, globalThis.document?.baseURI ?? location.href),
  spawn,
  compile,
  advice,
  noThreads,
  processors: () => navigator.hardwareConcurrency ?? 1,
};

function spawn(url: URL): WorkerHandle {
  const worker = startedWorker(sameOrigin(url));
  return {
    post: (message, moved = []) => worker.postMessage(message, moved),
    listen: (callback) => worker.addEventListener("message", (event) => callback(event.data)),
    onFailure: (callback) => {
      // A script that cannot be loaded is a plain event without a message.
      worker.addEventListener("error", async ({ message }) => callback(message ?? (await whyNotLoaded(url))));
      worker.addEventListener("messageerror", () => callback("a message could not be read"));
    },
    keepAlive: () => {},
    terminate: () => worker.terminate(),
  };
}

interface PolicyFactory {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): URL };
}

let policy: ReturnType<PolicyFactory["createPolicy"]> | undefined;

function startedWorker(url: URL | string): Worker {
  const options = { type: "module", name: "umap-wasm" } as const;
  try {
    return new Worker(url, options);
  } catch (error) {
    const { trustedTypes } = globalThis as { trustedTypes?: PolicyFactory };
    if (trustedTypes === undefined || !(error instanceof TypeError)) throw error;
    // The page demands Trusted Types (`require-trusted-types-for 'script'`): it has to allow this policy.
    policy ??= trustedTypes.createPolicy("umap-wasm", { createScriptURL: (url) => url });
    return new Worker(policy.createScriptURL(String(url)), options);
  }
}

/** Browsers start only workers of the page's own origin, which may import scripts of others: a package on a CDN. */
function sameOrigin(url: URL): URL | string {
  // A bundler's URL may be relative, in an object that is not quite a URL.
  const { href, origin, protocol } = new URL(url.href, location.href);
  if (origin === location.origin || protocol === "blob:" || protocol === "data:") return url;
  return URL.createObjectURL(new Blob([`import ${JSON.stringify(href)};`], { type: "text/javascript" }));
}

async function whyNotLoaded(url: URL): Promise<string> {
  try {
    return mistaken(await fetch(url)) ?? "its script could not be loaded";
  } catch (error) {
    return `its script could not be loaded (${error})`;
  }
}

async function compile(url: URL): Promise<WebAssembly.Module> {
  const response = await fetch(url);
  const mistake = mistaken(response);
  if (mistake !== undefined) throw new Error(mistake);
  const retry = response.clone();
  try {
    return await WebAssembly.compileStreaming(response);
  } catch (error) {
    // Servers that do not know `application/wasm`.
    if (!(error instanceof TypeError)) throw error;
    return WebAssembly.compile(await retry.arrayBuffer());
  }
}

/** What is wrong with an answer that should be a file of the package. */
function mistaken({ ok, status, headers }: Response): string | undefined {
  if (!ok) return `the server answered with status ${status}`;
  const isPage = headers.get("Content-Type")?.includes("text/html");
  return isPage ? "the server answered with a page (text/html) instead" : undefined;
}

function advice(): string {
  return 'If a bundler moved umap-wasm without its files, import "umap-wasm/inline" instead, which has them inside, or serve a copy of the package\'s folder dist and call configure({ baseUrl }) with its address; in Vite, add optimizeDeps: { exclude: ["umap-wasm"] } to the configuration.';
}

function noThreads(): string | undefined {
  if (typeof SharedArrayBuffer === "function" && globalThis.crossOriginIsolated) return undefined;
  return "the page is not cross-origin isolated (it needs the headers Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp)";
}
