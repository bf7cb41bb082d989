// Writes a scatter plot as one HTML file that needs no server and no network: code, style and points are all inside it.
//
// Why regl-scatterplot draws it: it is MIT, does scatter plots alone (pan, zoom, hover, lasso, filter), is released regularly
// and drew a million points here even without a graphics card. Bundled and gzipped: regl-scatterplot 1.16 77 KB,
// cosmos.gl 3.3 179 KB (made for graphs), deck.gl 9.4 227 KB (made for maps), scatter-gl 0.0.13 318 KB (all of three.js).
// deepscatter 2.15 is CC BY-NC-SA.
import { fileURLToPath } from "node:url";
import { bundlePage, packed, withData } from "../self-contained.mjs";

const here = (name) => fileURLToPath(new URL(name, import.meta.url));

/** The page without points: a string that fillTemplate completes. */
export const bundleTemplate = () =>
  bundlePage({
    template: here("template.html"),
    styles: [here("style.css"), here("aside.css")],
    client: here("client.js"),
  });

/**
 * Puts points into the page.
 * @param {string} template what bundleTemplate returned
 * @param {object} plot
 * @param {string} plot.title
 * @param {ArrayLike<number>} plot.positions x, y of each point in turn; a point that is not finite is left out
 * @param {ArrayLike<number>} [plot.labels] the class of each point: an index into `classes`
 * @param {string[]} [plot.classes] names of the classes
 * @param {string[]} [plot.colours] colours of the classes, as #rrggbb; otherwise chosen to stay apart
 * @param {[left: number, right: number, bottom: number, top: number]} [plot.bounds] what is in view; otherwise all points
 * @param {string[]} [plot.names] what each point is called; its row number otherwise
 * @param {[name: string, value: string][]} [plot.facts] shown beside the plot, in this order
 * @param {{ data: Uint8Array, width: number, height: number }} [plot.images] a grey image (0..255) of each point, shown on hover
 */
export function fillTemplate(
  template,
  { title, positions, labels, classes, colours, bounds, names, facts = [], images },
) {
  return withData(template, {
    title,
    facts,
    classes,
    colours,
    bounds,
    names,
    positions: packed(Float32Array.from(positions)),
    labels: labels && packed(Uint16Array.from(labels)),
    images: images && { ...images, data: packed(images.data) },
  });
}
