// MNIST in two halves, of which the first has no images of one digit: as many of each as in the experiment of umap-learn's
// documentation ("Transforming New Data with Parametric UMAP"), drawn otherwise. And the 10,000 that are in neither.
import { loadDataset, shuffled } from "./helpers.mjs";

export const NEW_DIGIT = 2;
const TRAINING = 60_000;
/** Images of the first half; the second has 30,000. */
const FIRST = 26_995;

const { data, rows, cols, labels, classes } = loadDataset("mnist");
const isNew = (row) => labels[row] === NEW_DIGIT;

function taken(wanted) {
  const images = new Uint8Array(wanted.length * cols);
  for (const [at, row] of wanted.entries()) images.set(data.subarray(row * cols, (row + 1) * cols), at * cols);
  return { data: images, rows: wanted.length, cols, labels: wanted.map((row) => labels[row]) };
}

const order = shuffled(Array.from({ length: TRAINING }, (_, row) => row));
const [old, novel] = [order.filter((row) => !isNew(row)), order.filter(isNew)];
const unseen = Array.from({ length: rows - TRAINING }, (_, at) => TRAINING + at);

/** Each with its `labels`. */
export const halves = {
  classes,
  first: taken(old.slice(0, FIRST)),
  second: taken(shuffled([...old.slice(FIRST), ...novel.slice(0, TRAINING / 2 - (old.length - FIRST))])),
  unseenOld: taken(unseen.filter((row) => !isNew(row))),
  unseenNew: taken(unseen.filter(isNew)),
};
