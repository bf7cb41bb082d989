// A model of one's own as the encoder of ParametricUMAP: a hidden layer and Adam in plain JavaScript learn where the digits
// of scikit-learn go; then it places those that were held out.
//
//   npm run build && node examples/own-encoder.mjs
import { evaluate } from "umap-wasm";
import { ParametricUMAP } from "umap-wasm/parametric";
import { loadDataset } from "./helpers.mjs";

/** From `inputs` numbers over `units` relus to `outputs` numbers: weights, then what Adam remembers of each. */
class Perceptron {
  constructor(inputs, units, outputs, random) {
    const layer = (rows, cols) => {
      const limit = Math.sqrt(6 / (rows + cols));
      const values = Float32Array.from({ length: (rows + 1) * cols }, (_, at) =>
        at < rows * cols ? limit * (2 * random() - 1) : 0,
      );
      return { rows, cols, values, slopes: values.slice(), mean: values.map(() => 0), square: values.map(() => 0) };
    };
    this.layers = [layer(inputs, units), layer(units, outputs)];
    this.steps = 0;
  }

  forward({ data, rows, training }) {
    const hidden = product(data, rows, this.layers[0]).map((value) => Math.max(0, value));
    if (training) this.batch = { rows, data, hidden };
    return product(hidden, rows, this.layers[1]);
  }

  backward({ data: gradient }) {
    const { rows, data, hidden } = this.batch;
    const back = slopes(hidden, rows, this.layers[1], gradient);
    slopes(
      data,
      rows,
      this.layers[0],
      back.map((value, at) => (hidden[at] > 0 ? value : 0)),
    );
    this.steps += 1;
    for (const layer of this.layers) adam(layer, this.steps);
  }
}

/** Rows times the weights, plus the biases, which follow the weights. */
function product(x, count, { rows, cols, values }) {
  const y = new Float32Array(count * cols);
  for (let i = 0; i < count; i++) {
    const into = y.subarray(i * cols, (i + 1) * cols);
    into.set(values.subarray(rows * cols));
    for (let k = 0; k < rows; k++) {
      const factor = x[i * rows + k];
      if (factor === 0) continue;
      for (let j = 0; j < cols; j++) into[j] += factor * values[k * cols + j];
    }
  }
  return y;
}

/** Sets the derivatives of a layer's weights; returns those of its input. */
function slopes(x, count, { rows, cols, values, slopes: all }, gradient) {
  all.fill(0);
  const back = new Float32Array(count * rows);
  for (let i = 0; i < count; i++) {
    const of = gradient.subarray(i * cols, (i + 1) * cols);
    for (let j = 0; j < cols; j++) all[rows * cols + j] += of[j];
    for (let k = 0; k < rows; k++) {
      const factor = x[i * rows + k];
      let sum = 0;
      for (let j = 0; j < cols; j++) {
        all[k * cols + j] += factor * of[j];
        sum += values[k * cols + j] * of[j];
      }
      back[i * rows + k] = sum;
    }
  }
  return back;
}

function adam({ values, slopes, mean, square }, step) {
  const rate = (0.005 * Math.sqrt(1 - 0.999 ** step)) / (1 - 0.9 ** step);
  for (let at = 0; at < values.length; at++) {
    mean[at] += 0.1 * (slopes[at] - mean[at]);
    square[at] += 0.001 * (slopes[at] ** 2 - square[at]);
    values[at] -= (rate * mean[at]) / (Math.sqrt(square[at]) + 1e-7);
  }
}

/** Numbers from 0 to 1 that are the same each time (a linear congruential generator). */
function generator(state) {
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const { data, rows, cols, labels } = loadDataset("digits");
// Grey values of 0 to 16, to 0 to 1.
const part = (from, to) => ({
  data: Float32Array.from(data.subarray(from * cols, to * cols), (value) => value / 16),
  rows: to - from,
  cols,
});
const known = Math.round(0.7 * rows);

const encoder = new Perceptron(cols, 64, 2, generator(1));
const umap = new ParametricUMAP({ encoder, trainingSteps: 1500, batchSize: 500 });
const report = (found) => console.log(`step ${found.step}: loss ${found.loss.toFixed(3)}`);
const embedding = await umap.fitTransform(part(0, known));
umap.history.forEach(report);

const others = part(known, rows);
const places = await umap.transform(others);
for (const [what, points, found, its] of [
  ["it learned from", part(0, known), embedding, labels.slice(0, known)],
  ["that it has not seen", others, places, labels.slice(known)],
]) {
  const { labelAccuracy } = await evaluate(points, found, { k: 15, labels: its });
  console.log(`${found.rows} digits ${what}: accuracy of 15-NN ${labelAccuracy.toFixed(3)}`);
}
await umap.dispose();
