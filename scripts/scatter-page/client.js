// The script of the page: reads the points out of the page and puts the scatter plot, the legend and the facts together.
import createScatterplot from "regl-scatterplot";
import { listFacts } from "./facts.js";
import { createLegend } from "./legend.js";
import { palette } from "./palette.js";
import { readPlot } from "./plot-data.js";
import { shuffled } from "./shuffled.js";
import { createTooltip } from "./tooltip.js";

const byId = (id) => document.getElementById(id);

/** Point radius and opacity that keep 1,000 points visible and 1,000,000 apart. */
function pointStyle(count) {
  const crowd = Math.log10(Math.max(count, 1000)) - 3; // 0 at a thousand, 3 at a million
  return { pointSize: Math.max(1.5, 6 - 1.8 * crowd), opacity: Math.max(0.3, 0.85 - 0.15 * crowd) };
}

async function drawPlot(plot, colours) {
  const background = getComputedStyle(document.documentElement).getPropertyValue("--background").trim();
  const order = shuffled(plot.shown);
  const scatterplot = createScatterplot({
    canvas: byId("canvas"),
    width: "auto",
    height: "auto",
    backgroundColor: background,
    colorBy: "category",
    pointColor: colours,
    pointColorHover: getComputedStyle(document.documentElement).getPropertyValue("--text").trim(),
    ...pointStyle(plot.shown.length),
    pointOutlineWidth: 1,
    pointSizeSelected: 1,
  });
  // Drawn in shuffled order, so the plot's points and the rows are two numberings.
  const taken = (values) => Float32Array.from(order, (row) => values[row]);
  await scatterplot.draw({ x: taken(plot.x), y: taken(plot.y), z: taken(plot.labels) }, { zDataType: "categorical" });
  return { scatterplot, order };
}

function connectHover(scatterplot, order, tooltip) {
  scatterplot.subscribe("pointOver", (point) => tooltip.show(order[point], scatterplot.getScreenPosition(point)));
  scatterplot.subscribe("pointOut", tooltip.hide);
  scatterplot.subscribe("view", tooltip.hide);
}

function connectSelection(scatterplot) {
  const hint = byId("hint");
  const usual = hint.textContent;
  scatterplot.subscribe("select", ({ points }) => {
    hint.textContent = `${points.length.toLocaleString("en")} selected; double-click beside the points to deselect`;
  });
  scatterplot.subscribe("deselect", () => {
    hint.textContent = usual;
  });
}

async function main() {
  const plot = await readPlot(byId("data").textContent);
  document.title = plot.title;
  byId("title").textContent = plot.title;
  listFacts(byId("facts"), plot.facts);
  if (!document.createElement("canvas").getContext("webgl")) throw new Error("this browser offers no WebGL");
  const colours = plot.colours ?? palette(plot.classes?.length ?? 1);
  const { scatterplot, order } = await drawPlot(plot, colours);
  byId("message").hidden = true;

  connectHover(scatterplot, order, createTooltip(byId("tooltip"), { ...plot, colours }));
  connectSelection(scatterplot);
  byId("reset").addEventListener("click", () => scatterplot.reset());
  if (!plot.classes) return;

  const counts = new Array(plot.classes.length).fill(0);
  for (const row of plot.shown) counts[plot.labels[row]]++;
  createLegend(byId("legend"), { classes: plot.classes, colours, counts }, (hidden) => {
    if (hidden.size === 0) return scatterplot.unfilter();
    const visible = [];
    for (const [point, row] of order.entries()) if (!hidden.has(plot.labels[row])) visible.push(point);
    return scatterplot.filter(visible);
  });
}

main().catch((error) => {
  byId("message").hidden = false;
  byId("message").textContent = `The plot could not be drawn: ${error.message}`;
  throw error;
});
