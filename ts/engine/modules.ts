import { configuration } from "../configure.js";
import { UmapError } from "../errors.js";
import { platform } from "../platform/platform.js";
import type { Backend } from "../protocol.js";

const modules = new Map<string, Promise<WebAssembly.Module>>();

/** The compiled module of a build; compiled once for all engines. */
export function compiled(backend: Backend): Promise<WebAssembly.Module> {
  const beside = platform().wasmUrl[backend];
  const url = new URL(configuration.wasmUrl?.[backend] ?? beside, beside);
  let module = modules.get(url.href);
  if (module === undefined) {
    module = platform()
      .compile(url)
      .catch((cause) => {
        modules.delete(url.href);
        throw new UmapError("worker-start", `the WebAssembly module ${url} could not be loaded: ${cause}`, { cause });
      });
    modules.set(url.href, module);
  }
  return module;
}
