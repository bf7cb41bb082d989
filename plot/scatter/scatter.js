import createScatterplot from "regl-scatterplot";
import { shuffled } from "./shuffled.js";

/** Point radius and opacity that keep 1,000 points visible and 1,000,000 apart, and how faint they are while others are selected. */
function pointStyle(count) {
  const crowd = Math.log10(Math.max(count, 1000)) - 3; // 0 at a thousand, 3 at a million
  return {
    pointSize: Math.max(1.5, 6 - 1.8 * crowd),
    opacity: Math.max(0.3, 0.85 - 0.15 * crowd),
    // Many that lie on each other are as strong together as a few.
    opacityInactiveScale: Math.max(0.02, 0.13 - 0.035 * crowd),
  };
}

/**
 * Draws the points in shuffled order, so the plot's points and the rows are two numberings.
 * @returns the scatter plot; its `points`: row, place and label of each
 */
export async function drawScatter(canvas, plot, colours) {
  const style = getComputedStyle(document.documentElement);
  const scatterplot = createScatterplot({
    canvas,
    width: "auto",
    height: "auto",
    backgroundColor: style.getPropertyValue("--background").trim(),
    colorBy: "category",
    pointColor: colours,
    pointColorActive: colours,
    pointColorHover: style.getPropertyValue("--text").trim(),
    ...pointStyle(plot.shown.length),
    pointOutlineWidth: 0,
    pointSizeSelected: 0,
    // Pointers and keys are listened to here: the plot knows no fingers.
    cameraIsFixed: true,
    deselectOnDblClick: false,
    deselectOnEscape: false,
  });
  const rows = shuffled(plot.shown);
  const taken = (values) => Float32Array.from(rows, (row) => values[row]);
  const points = { rows, x: taken(plot.x), y: taken(plot.y), labels: taken(plot.labels) };
  await scatterplot.draw({ x: points.x, y: points.y, z: points.labels }, { zDataType: "categorical" });
  return { scatterplot, points };
}
