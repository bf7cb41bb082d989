// The programs that can be measured, each started as a process of its own with the arguments of peers/task.mjs.
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { installed } from "./packages.mjs";
import { python, pythonPackage } from "./python.mjs";

const here = dirname(fileURLToPath(import.meta.url));
export const peer = (name) => join(here, "peers", name);

const ours = (extra = {}) => ({
  command: () => [process.execPath, [peer("umap_wasm.mjs")]],
  extra,
});
const inPython = (file) => ({ command: () => [python(), [peer(file)]] });
// umap-js took 7.3 GB for MNIST.
const inNode = (file, extra) => ({
  command: () => [process.execPath, ["--max-old-space-size=16384", peer(file)]],
  extra: { threads: 1, ...extra },
});
const embeddingAtlas = inNode("embedding_atlas.mjs");

/** `command()` gives the program and its first arguments, `extra` the arguments that differ from the common ones. */
export const PROGRAMS = {
  "umap-wasm": ours(),
  "umap-wasm-1": ours({ threads: 1 }),
  "umap-wasm-f16": ours({ store: "f16" }),
  "umap-wasm-int8": ours({ store: "int8" }),
  "umap-learn": inPython("umap_learn.py"),
  "embedding-atlas": {
    ...embeddingAtlas,
    command: () => {
      installed("embedding-atlas");
      return embeddingAtlas.command();
    },
  },
  "umap-js": inNode("umap_js.mjs"),
};
export const PEERS = ["umap-wasm", "umap-wasm-1", "umap-learn", "embedding-atlas", "umap-js"];
export const STORES = ["umap-wasm", "umap-wasm-f16", "umap-wasm-int8"];

export const KNN_PROGRAMS = {
  "umap-wasm": ours({ "knn-only": true }),
  "umap-wasm-1": ours({ "knn-only": true, threads: 1 }),
  pynndescent: inPython("pynndescent_knn.py"),
};

const EPSILONS = "0,0.05,0.1,0.15,0.2,0.25,0.3,0.35,0.4";
const ourIndex = (threads) => ({
  command: () => [process.execPath, [peer("umap_wasm_index.mjs")]],
  extra: { threads, efforts: EPSILONS },
});
const pynndescent = (threads, neighbors) => ({
  command: () => [python(), [peer("pynndescent_index.py")]],
  extra: { threads, neighbors, efforts: EPSILONS },
});
const hnswlib = (threads) => ({
  command: () => [python(), [peer("hnswlib_index.py"), "--packages", pythonPackage("hnswlib")]],
  extra: { threads, efforts: "10,20,40,60,80,100,150,200,300,400,600,800" },
});

export const INDEX_PROGRAMS = {
  "umap-wasm": ourIndex(2),
  pynndescent: pynndescent(2, 30),
  "pynndescent-15": pynndescent(2, 15),
  hnswlib: hnswlib(2),
  "umap-wasm-1": ourIndex(1),
  "pynndescent-1": pynndescent(1, 30),
  "hnswlib-1": hnswlib(1),
};

const umapJs = (name, method) => inNode("drop_in.mjs", { package: name, method });

export const DROP_IN_PROGRAMS = {
  fit: umapJs("umap-wasm/umap-js", "fit"),
  "fit of umap-js": umapJs("umap-js", "fit"),
  fitAsync: umapJs("umap-wasm/umap-js", "fitAsync"),
  "fitAsync of umap-js": umapJs("umap-js", "fitAsync"),
};

/** Programs by their names, with all that they need installed. */
export const ready = (registry, names) =>
  Object.fromEntries(names.map((name) => [name, { ...registry[name], command: registry[name].command() }]));
