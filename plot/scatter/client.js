// The script of the page: reads the points out of the page and puts the scatter plot, the legend and the facts together.
import { createEmphasis } from "./emphasis.js";
import { showFacts } from "./facts.js";
import { listenToPointers } from "./gestures.js";
import { listenToKeys } from "./keyboard.js";
import { createLegend } from "./legend.js";
import { nearestAside, nearestTo } from "./near.js";
import { palette } from "./palette.js";
import { readPlot } from "./plot-data.js";
import { drawScatter } from "./scatter.js";
import { createTooltip } from "./tooltip.js";
import { createView } from "./view.js";

const byId = (id) => document.getElementById(id);
/** Pixels from a point at which a mouse or a finger still means it. */
const REACH = { mouse: 8, touch: 24 };

const isWithin = ({ clientWidth, clientHeight }, [left, top]) =>
  left >= 0 && top >= 0 && left <= clientWidth && top <= clientHeight;

function showTexts({ title, facts }) {
  document.title = title;
  byId("title").textContent = title;
  showFacts(facts);
}

function showSelection(count) {
  byId("hint").hidden = count > 0;
  byId("selection").hidden = count === 0;
  byId("selection").querySelector("b").textContent = count.toLocaleString("en");
}

function counted({ classes, labels, shown }, colours) {
  const counts = new Array(classes.length).fill(0);
  for (const row of shown) counts[labels[row]]++;
  return { classes, colours, counts };
}

/** Shows the tooltip of the point that is hovered (or gone to with keys), and keeps it at the point. */
function connectTooltip(canvas, scatterplot, points, tooltip) {
  let current;
  const show = () => {
    const place = current === undefined ? undefined : scatterplot.getScreenPosition(current);
    if (place && isWithin(canvas, place)) tooltip.show(points.rows[current], place);
    else tooltip.hide();
  };
  scatterplot.subscribe("pointOver", (point) => {
    current = point;
    show();
  });
  scatterplot.subscribe("pointOut", () => {
    current = undefined;
    show();
  });
  scatterplot.subscribe("view", show);
}

/** What pointers and keys do to points; `current` is the one that keys have come to. */
function connectHands(canvas, { scatterplot, points, view, emphasis, legend, describe, reset }) {
  let current;
  const clear = () => {
    current = undefined;
    byId("said").textContent = "";
    return emphasis.clear();
  };

  listenToPointers(canvas, view, (pixel, isTouch) => {
    const place = view.placeOf(pixel);
    const reach = place.pixel * (isTouch ? REACH.touch : REACH.mouse);
    const point = nearestTo(points, emphasis.isSeen, place, reach);
    if (point === undefined) return clear();
    current = point;
    // The plot itself selects what a mouse clicks.
    if (!isTouch) return;
    scatterplot.hover(point);
    scatterplot.select([point]);
  });
  listenToKeys(canvas, {
    go(direction) {
      const middle = view.placeOf([canvas.clientWidth / 2, canvas.clientHeight / 2]);
      const known = current !== undefined && emphasis.isSeen(current);
      const next = known
        ? nearestAside(points, emphasis.isSeen, current, direction)
        : nearestTo(points, emphasis.isSeen, middle);
      if (next === undefined) return;
      if (!isWithin(canvas, scatterplot.getScreenPosition(next))) view.moveTo(points.x[next], points.y[next]);
      current = next;
      scatterplot.hover(next);
      byId("said").textContent = describe(points.rows[next]);
    },
    choose: () => current !== undefined && scatterplot.select([current]),
    clear: () => clear() || legend?.release(),
    zoom: (factor) => view.zoom(factor, current === undefined ? undefined : scatterplot.getScreenPosition(current)),
    reset,
  });
}

async function main() {
  const plot = await readPlot(byId("data").textContent);
  showTexts(plot);
  if (!document.createElement("canvas").getContext("webgl")) throw new Error("this browser offers no WebGL");
  const colours = plot.colours ?? palette(plot.classes?.length ?? 1);
  const canvas = byId("canvas");
  const { scatterplot, points } = await drawScatter(canvas, plot, colours);
  const view = createView(canvas, scatterplot.zoomToLocation);
  view.frame(plot.box, { glides: false });
  const home = () => view.frame(plot.box);
  byId("message").hidden = true;

  const tooltip = createTooltip(byId("tooltip"), { ...plot, colours });
  connectTooltip(canvas, scatterplot, points, tooltip);
  const emphasis = createEmphasis(scatterplot, points, { view, home, onSelect: showSelection });
  const legend = plot.classes && createLegend(byId("legend"), counted(plot, colours), emphasis.showClasses);
  const reset = () => {
    emphasis.clear();
    legend?.release();
    home();
  };
  byId("reset").addEventListener("click", reset);
  connectHands(canvas, { scatterplot, points, view, emphasis, legend, describe: tooltip.describe, reset });
}

main().catch((error) => {
  byId("message").hidden = false;
  byId("message").textContent = `The plot could not be drawn: ${error.message}`;
  throw error;
});
