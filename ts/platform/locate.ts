/** Where the worker's script and the modules are: as set by `configure`, otherwise where the entry point has them. */
import { configuration } from "../configure.js";
import { UmapError } from "../errors.js";
import type { Build } from "../protocol.js";
import { type ModuleSource, packageFiles, platform } from "./platform.js";

export function workerUrl(): URL {
  const { workerFile } = platform();
  return configured(configuration.workerUrl, workerFile) ?? own(workerFile, packageFiles().worker);
}

export function moduleSource(build: Build): ModuleSource {
  const file = `umap_wasm_${build.replace("-", "_")}.wasm`;
  return configured(configuration.wasmUrl?.[build], file) ?? own(file, packageFiles().modules[build]);
}

function configured(setting: string | URL | undefined, file: string): URL | undefined {
  const { baseUrl } = configuration;
  if (setting !== undefined) return platform().resolve(setting);
  if (baseUrl === undefined) return undefined;
  const folder = platform().resolve(baseUrl);
  return new URL(file, folder.href.endsWith("/") ? folder : `${folder}/`);
}

function own<T>(file: string, source: (() => T) | undefined): T {
  try {
    if (source) return source();
  } catch (cause) {
    const message = `${file} of umap-wasm cannot be found: this bundle does not know where it is (${cause}). ${platform().advice()}`;
    throw new UmapError("worker-start", message, { cause });
  }
  throw new UmapError("worker-start", `${file} is not part of this entry point of umap-wasm`);
}
