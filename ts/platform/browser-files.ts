/**
 * The package's files beside its scripts. `new URL` with a literal and `import.meta.url` is what bundlers recognise: they
 * copy the file and put its new address here. The worker's script is complete in itself, so a copy is all it needs.
 */
import type { PackageFiles } from "./platform.js";

export const browserFiles: PackageFiles = {
  worker: () => outsideOfVite(new URL("./worker.js", import.meta.url)),
  modules: {
    threads: () => outsideOfVite(new URL("./umap_wasm_threads.wasm", import.meta.url)),
    relaxed: () => outsideOfVite(new URL("./umap_wasm_relaxed.wasm", import.meta.url)),
    single: () => outsideOfVite(new URL("./umap_wasm_single.wasm", import.meta.url)),
  },
};

/**
 * Vite's development server (also Astro's, SvelteKit's, Vitest's) moves the scripts of packages to node_modules/.vite, without
 * the files beside them. It serves those where they were.
 */
export function outsideOfVite(url: URL): URL {
  const [, modules, file] = /^(.*\/node_modules\/)\.vite\/.*\/([^/]+)$/.exec(url.href) ?? [];
  return file === undefined ? url : new URL(`${modules}umap-wasm/dist/${file}`);
}
