// Writes embeddings of an AlignedUMAP as one HTML file: the ways of the points through the slices in three dimensions, and
// beside them the embedding at one place between the slices, which plays and scrubs.
//
// Why three.js draws it: it is MIT, released every month or two, and has what curves in space need (cameras, controls for
// mouse and touch, lines of any width). Bundled and gzipped: this page with three.js 0.187 152 KB, deck.gl 9.4 238 KB (made
// for maps), plotly.js 4.1 for three dimensions 558 KB. regl-scatterplot, which draws the scatter page, has two.
import { fileURLToPath } from "node:url";
import { bundlePage, packed, withData } from "../self-contained.mjs";

const here = (name) => fileURLToPath(new URL(name, import.meta.url));

/** The page without points: a string that fillTemplate completes. */
export const bundleTemplate = () =>
  bundlePage({
    template: here("template.html"),
    styles: [here("../scatter/style.css"), here("../scatter/aside.css"), here("style.css")],
    client: here("client.js"),
  });

/**
 * Puts embeddings into the page.
 * @param {string} template what bundleTemplate returned
 * @param {object} plot
 * @param {string} plot.title
 * @param {string} plot.axis what the slices differ in
 * @param {{ name: string, facts: [name: string, value: string][], positions: ArrayLike<number>, points?: ArrayLike<number> }[]} plot.slices
 *   two or more. `name` says where the slice is on the axis, `facts` are shown while it is; `positions` are x, y of each of its
 *   rows in turn; `points` says which point each row is: row i is point i otherwise
 * @param {number} plot.count of all points. Those that a slice lacks are not drawn there
 * @param {ArrayLike<number>} plot.labels the class of each point: an index into `classes`
 * @param {string[]} plot.classes names of the classes
 * @param {[name: string, value: string][]} [plot.facts] shown beside the plot, in this order
 * @param {{ data: Uint8Array, width: number, height: number }} [plot.images] a grey image (0..255) of each point, shown on hover
 */
export function fillTemplate(template, { title, axis, slices, count, labels, classes, facts = [], images }) {
  return withData(template, {
    title,
    axis,
    facts,
    classes,
    slices: slices.map(({ name, facts }) => ({ name, facts })),
    positions: packed(byPoint(slices, count)),
    labels: packed(Uint16Array.from(labels)),
    images: images && { ...images, data: packed(images.data) },
  });
}

/** Places of all points in all slices; NaN where a slice lacks a point. */
function byPoint(slices, count) {
  const places = new Float32Array(slices.length * count * 2).fill(Number.NaN);
  for (const [slice, { positions, points }] of slices.entries()) {
    for (let row = 0; 2 * row < positions.length; row++) {
      const at = 2 * (slice * count + (points?.[row] ?? row));
      places[at] = positions[2 * row];
      places[at + 1] = positions[2 * row + 1];
    }
  }
  return places;
}
