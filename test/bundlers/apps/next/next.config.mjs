import { fileURLToPath } from "node:url";

export default {
  serverExternalPackages: ["umap-wasm"],
  // Not that of the checkout around it.
  turbopack: { root: fileURLToPath(new URL("..", import.meta.url)) },
};
