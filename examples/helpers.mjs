/** What the examples share: data, pictures and pages, which are no part of the package. */
export { head, loadDataset } from "../datasets/index.mjs";
export { writeAlignedPage, writePageShot } from "../plot/aligned-page.mjs";
export { writeCharts } from "../plot/charts.mjs";
export { legendOf } from "../plot/figures.mjs";
export { thumbnails } from "../plot/images.mjs";
export { boundsOf, writePicture } from "../plot/picture.mjs";
export { palette } from "../plot/scatter/palette.js";
export { shuffled } from "../plot/scatter/shuffled.js";

/** What `work` gives; says how long it took. */
export async function timed(what, work) {
  const started = performance.now();
  const found = await work;
  console.log(`${what}: ${((performance.now() - started) / 1000).toFixed(2)} s`);
  return found;
}
