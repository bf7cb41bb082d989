// ParametricUMAP that learns on: images of a new digit come, and what was there before is to stay where it was. The
// experiment of umap-learn's documentation, "Transforming New Data with Parametric UMAP".
//
//   npm run build && node examples/parametric-retraining.mjs
//
// Writes demo-output/parametric-retraining.webp (embeddings before and after) and demo-output/parametric-landmarks.webp (how
// far landmarks moved, with and without their loss, and the losses of both trainings); says how far all images moved, and how
// good the places of images are that no training has seen.
import { NeighborIndex, UMAP } from "umap-wasm";
import { ParametricUMAP } from "umap-wasm/parametric";
import { boundsOf, legendOf, palette, timed, writeCharts, writePicture } from "./helpers.mjs";
import { halves, NEW_DIGIT } from "./mnist-halves.mjs";

const { classes, first, second, unseenOld, unseenNew } = halves;
const colours = palette(classes.length).with(NEW_DIGIT, "#111");

const umap = new UMAP();
const umapFirst = await timed("UMAP of the first half", umap.fitTransform(first));
const umapSecond = await timed("  the second half placed", umap.transform(second));

const before = new ParametricUMAP({ lossReportFrequency: 40 });
await timed("ParametricUMAP of the first half", before.fit(first));
const secondBefore = await timed("  the second half placed", before.transform(second));
console.log(`  accuracy of unseen images, old digits: ${(await accuracy(before, first, unseenOld)).toFixed(3)}`);
const file = await before.save({ optimizer: true });

// A hundredth of the first half, which is in random order.
const landmarks = Array.from({ length: Math.floor(first.rows / 100) }, (_, at) => 100 * at);
const kept = await retrained("with landmarks", 0.01);
const drifted = await retrained("the same without their loss", 0);

/** Two panels side by side, which show the same part of the plane. */
function pair([caption, ofFirst], [otherCaption, ofSecond]) {
  const bounds = boundsOf(ofFirst.data, ofSecond.data);
  return [
    { caption, positions: ofFirst.data, labels: first.labels, bounds },
    { caption: otherCaption, positions: ofSecond.data, labels: second.labels, bounds },
  ];
}
await writePicture("demo-output/parametric-retraining.webp", {
  title: `A digit that comes later: half of MNIST has no ${NEW_DIGIT}, the other half has`,
  classes,
  colours,
  perRow: 2,
  side: 380,
  panels: [
    ...pair(["UMAP of the first half", umapFirst], ["The second half, placed by that UMAP", umapSecond]),
    ...pair(
      ["A network trained on the first half", before.embedding],
      ["The second half, placed by that network", secondBefore],
    ),
    ...pair(
      ["The first half, after training on the second", kept.firstAfter],
      ["The second half, after training on it", kept.umap.embedding],
    ),
  ],
});
await writeCharts("demo-output/parametric-landmarks.webp", {
  title: "How far old images move while the network learns the second half, and the loss",
  perRow: 2,
  legend: [
    legendOf(...[classes, colours].map((all) => all.filter((_, digit) => digit !== NEW_DIGIT))),
    "<br>A line leads from the place of an image before the second training to its place after it, the dot.",
    "<br>Dashed: here the second training begins.",
  ].join(""),
  charts: [
    movement(`${landmarks.length} landmarks: pulled to where they were`, kept),
    movement("The same images without that pull", drifted),
    losses("Loss of both trainings, with landmarks", kept),
    losses("Loss of both trainings, without that pull", drifted),
  ],
});

/** The first networks, trained on with the second half and a hundredth of the first. */
async function retrained(how, landmarkLossWeight) {
  const umap = await ParametricUMAP.load(file);
  await umap.addLandmarks(first, { rows: landmarks });
  const training = umap.partialFit(second, { options: { landmarkLossWeight } });
  await timed(`trained on with the second half, ${how}`, training);
  const firstAfter = await umap.transform(first);
  const [old, novel] = [await accuracy(umap, second, unseenOld), await accuracy(umap, second, unseenNew)];
  console.log(`  accuracy of unseen images, old digits: ${old.toFixed(3)}, the new one: ${novel.toFixed(3)}`);
  console.log(
    `  images of the first half moved by ${medianMove(firstAfter.data).toFixed(3)} of the embedding's radius (median)`,
  );
  return { umap, firstAfter };
}

/** Median distance between places before and after, as a part of the root mean square distance to the middle before. */
function medianMove(after) {
  const { data, rows } = before.embedding;
  const coordinate = (axis) => data.filter((_, at) => at % 2 === axis);
  const middle = [0, 1].map((axis) => coordinate(axis).reduce((a, b) => a + b, 0) / rows);
  const distance = (a, b) => (_, row) => Math.hypot(a(row, 0) - b(row, 0), a(row, 1) - b(row, 1));
  const place = (data) => (row, axis) => data[2 * row + axis];
  const all = Array.from({ length: rows });
  const moves = all.map(distance(place(after), place(data)));
  const radii = all.map(distance(place(data), (_, axis) => middle[axis]));
  const radius = Math.sqrt(radii.reduce((sum, radius) => sum + radius ** 2, 0) / rows);
  return moves.sort((a, b) => a - b)[rows >> 1] / radius;
}

/** Share of unseen images whose 15 nearest neighbours among the fitted ones are mostly of their own digit. */
async function accuracy(umap, fitted, unseen) {
  const places = await umap.transform(unseen);
  const index = await NeighborIndex.build(umap.embedding);
  const { indices } = await index.query(places, { k: 15 });
  await index.dispose();
  const digit = (row) => {
    const votes = new Uint8Array(classes.length);
    for (const neighbor of indices.subarray(15 * row, 15 * (row + 1))) votes[fitted.labels[neighbor]]++;
    return votes.indexOf(Math.max(...votes));
  };
  return unseen.labels.filter((label, row) => digit(row) === label).length / unseen.rows;
}

/** Lines from where landmarks were to where they are. */
function movement(caption, { firstAfter }) {
  const place = (data, row) => Array.from(data.subarray(2 * row, 2 * row + 2));
  const lines = landmarks.map((row) => {
    const [[x1, y1], [x2, y2]] = [before.embedding.data, firstAfter.data].map((data) => place(data, row));
    return { x1, y1, x2, y2, colour: colours[first.labels[row]] };
  });
  const draw = (Plot, { lines, bounds: [left, right, bottom, top] }) =>
    Plot.plot({
      width: 600,
      margin: 8,
      aspectRatio: 1,
      axis: null,
      x: { domain: [left, right] },
      y: { domain: [bottom, top] },
      marks: [
        Plot.link(lines, { x1: "x1", y1: "y1", x2: "x2", y2: "y2", stroke: "colour", strokeOpacity: 0.7 }),
        Plot.dot(lines, { x: "x2", y: "y2", r: 2.5, fill: "colour" }),
      ],
    });
  return { caption, draw, data: { lines, bounds: landmarkBounds() } };
}

/** The box around the landmarks before and after both trainings: both charts show it. */
function landmarkBounds() {
  const places = ({ data }) => Float32Array.from(landmarks.flatMap((row) => [...data.subarray(2 * row, 2 * row + 2)]));
  return boundsOf(...[before.embedding, kept.firstAfter, drifted.firstAfter].map(places));
}

function losses(caption, { umap: { history } }) {
  const greatest = Math.max(...[kept, drifted].flatMap(({ umap }) => umap.history.map(({ loss }) => loss)));
  const draw = (Plot, { history, boundary, greatest }) =>
    Plot.plot({
      width: 600,
      height: 260,
      marginLeft: 45,
      x: { label: "training step", zero: true },
      // Room above the first loss, where the curve is steepest.
      y: { grid: true, domain: [0, 1.1 * greatest] },
      marks: [Plot.ruleX([boundary], { strokeDasharray: "4" }), Plot.line(history, { x: "step", y: "loss" })],
    });
  return { caption, draw, data: { history, greatest, boundary: before.history.at(-1).step } };
}
